"""Write orders.jsonl: 1,000 orders of a small shop, some of them bad, the same ones every time."""

import json
from pathlib import Path
from random import Random
from typing import Any

COUNT = 1000
PRODUCTS = {
    "LAMP-01": ("Desk lamp", 39.5),
    "CHAIR-02": ("Office chair", 189.0),
    "DESK-07": ("Standing desk", 449.0),
    "MAT-11": ("Desk mat", 24.9),
    "CABLE-30": ("USB-C cable, 2 m", 12.0),
    "HUB-31": ("USB hub, 7 ports", 34.0),
    "CAM-40": ("Webcam", 79.0),
    "MIC-41": ("Microphone", 119.0),
}
CITIES = {
    "DE": ["Berlin", "Hamburg", "Leipzig"],
    "FR": ["Paris", "Lyon", "Nantes"],
    "NL": ["Utrecht", "Rotterdam"],
    "ES": ["Valencia", "Bilbao"],
    "PL": ["Gdansk", "Krakow"],
}
FIRST_NAMES = ["Ada", "Bram", "Carla", "Deniz", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Lena"]
LAST_NAMES = ["Moreau", "Novak", "Okafor", "Petit", "Ruiz", "Schmidt", "Tanaka", "Visser", "Weber", "Zielinski"]


def order(number: int, random: Random) -> dict[str, Any]:
    """Return a good order."""
    country = random.choice(list(CITIES))
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    lines = [
        {"sku": sku, "name": PRODUCTS[sku][0], "quantity": random.randint(1, 4), "unit_price": PRODUCTS[sku][1]}
        for sku in random.sample(list(PRODUCTS), random.randint(1, 4))
    ]
    return {
        "order_id": f"A-{10_000 + number}",
        "placed_at": f"2026-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
        "customer": {
            "name": f"{first} {last}",
            "email": f"{first}.{last}@example.com".lower(),
            "orders_so_far": int(random.expovariate(0.15)),
        },
        "address": {"city": random.choice(CITIES[country]), "country": country},
        "lines": lines,
        "total": round(sum(line["quantity"] * line["unit_price"] for line in lines), 2),
    }


def spoil(good: dict[str, Any], random: Random) -> None:
    """Make a mistake that real orders have."""
    match random.randrange(5):
        case 0:
            del good["customer"]["email"]
        case 1:
            good["lines"][0]["quantity"] = -1
        case 2:
            good["address"]["country"] = "XX"
        case 3:
            good["total"] = round(good["total"] + 10, 2)
        case _:
            good["lines"] = []


def main() -> None:
    random = Random(2026)
    orders = [order(number, random) for number in range(COUNT)]
    for bad in random.sample(orders, 53):
        spoil(bad, random)
    target = Path(__file__).with_name("orders.jsonl")
    target.write_text("".join(json.dumps(made) + "\n" for made in orders), encoding="utf-8")
    print(f"{len(orders)} orders in {target}")


if __name__ == "__main__":
    main()
