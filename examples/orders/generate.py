"""Writes orders.jsonl: 1,000 orders of an online shop, some of them broken. The same ones every time."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

SEED = 20261123
COUNT = 1000
BROKEN = {"missing field": 14, "wrong type": 10, "bad quantity": 11, "unknown country": 8, "wrong total": 9}
"""How many orders are broken, by the reason for which they must be rejected."""

FILE = Path(__file__).with_name("orders.jsonl")

Order = dict[str, Any]

# country: share of the customers, currency, cities with the start of their postal codes, streets
COUNTRIES = {
    "DE": (24, "EUR", [("Berlin", "10"), ("Hamburg", "20"), ("Leipzig", "04")], ["Lindenweg", "Hafenstraße"]),
    "FR": (15, "EUR", [("Lyon", "69"), ("Nantes", "44"), ("Lille", "59")], ["Rue des Lilas", "Avenue Foch"]),
    "GB": (14, "GBP", [("Leeds", "LS"), ("Bristol", "BS")], ["Mill Lane", "Church Road"]),
    "NL": (9, "EUR", [("Utrecht", "35"), ("Delft", "26")], ["Oudegracht", "Molenstraat"]),
    "SE": (8, "SEK", [("Malmö", "211"), ("Uppsala", "753")], ["Storgatan", "Ängsvägen"]),
    "PL": (8, "PLN", [("Gdańsk", "80"), ("Kraków", "30")], ["ulica Długa", "aleja Lipowa"]),
    "ES": (7, "EUR", [("Sevilla", "41"), ("Bilbao", "48")], ["Calle Mayor", "Gran Vía"]),
    "IT": (7, "EUR", [("Torino", "10"), ("Bari", "70")], ["Via Roma", "Corso Garibaldi"]),
    "CH": (4, "CHF", [("Basel", "40"), ("Genève", "12")], ["Seestrasse", "Rue du Lac"]),
    "IE": (4, "EUR", [("Cork", "T1"), ("Galway", "H9")], ["Quay Street", "Main Street"]),
}
EUR_IN = {"EUR": 1.0, "GBP": 0.86, "CHF": 0.94, "SEK": 11.2, "PLN": 4.3}
# sku: title, price in EUR, weight in grams
GOODS = {
    "LMP-104": ("Desk lamp, brass", 64.9, 1400),
    "CHR-220": ("Oak chair", 189.0, 4900),
    "TBL-301": ("Dining table", 649.0, 29500),
    "MUG-012": ("Mug, 350 ml", 12.5, 380),
    "RUG-077": ("Wool rug, 2 x 3 m", 319.0, 5400),
    "CSH-045": ("Cushion, linen", 29.9, 650),
    "SHF-118": ("Wall shelf", 79.0, 2300),
    "VAS-009": ("Vase, blue glass", 44.0, 1100),
    "BLK-063": ("Blanket, merino", 119.0, 1500),
    "CLK-031": ("Wall clock", 54.5, 900),
    "PLT-150": ("Plant pot, 24 cm", 22.0, 1600),
    "FRM-088": ("Picture frame, A3", 18.9, 1200),
}
FIRST = ["Ada", "Bruno", "Chiara", "Dilan", "Elif", "Finn", "Grażyna", "Hugo", "Inês", "Jonas", "Katarzyna", "Liam"]
LAST = [
    "Andersson",
    "Brown",
    "Conti",
    "Dubois",
    "Fischer",
    "García",
    "Hughes",
    "Jansen",
    "Kowalska",
    "Meier",
    "O'Neill",
]


def main() -> None:
    lines = [json.dumps(order, ensure_ascii=False, separators=(",", ":")) for order in make_orders()]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} orders, {sum(BROKEN.values())} of them broken, in {FILE}")


def make_orders() -> list[Order]:
    """Return all orders in the order in which they came in, those of `BROKEN` spread among them."""
    random = Random(SEED)
    customers = [make_customer(random, number) for number in range(1, 281)]
    orders = [make_order(random, number, random.choice(customers)) for number in range(1, COUNT + 1)]
    kinds = [kind for kind, count in BROKEN.items() for _ in range(count)]
    for kind, order in zip(kinds, random.sample(orders, len(kinds)), strict=True):
        BREAKERS[kind](random, order)
    return orders


def make_customer(random: Random, number: int) -> Order:
    country = random.choices(list(COUNTRIES), [share for share, *_ in COUNTRIES.values()])[0]
    _, currency, cities, streets = COUNTRIES[country]
    first, last = random.choice(FIRST), random.choice(LAST)
    city, postal_start = random.choice(cities)
    return {
        "customer": {
            "id": f"C-{number:04}",
            "name": f"{first} {last}",
            "email": f"customer{number:04}@mail.example",
            "since": f"{random.randint(2012, 2026)}-{random.randint(1, 10):02}-{random.randint(1, 28):02}",
            "orders_before": int(random.paretovariate(0.9)) - 1,
        },
        "address": {
            "street": f"{random.choice(streets)} {random.randint(1, 140)}",
            "postal_code": f"{postal_start}{random.randint(100, 999)}",
            "city": city,
            "country": country,
        },
        "currency": currency,
    }


def make_order(random: Random, number: int, customer: Order) -> Order:
    rate = EUR_IN[customer["currency"]]
    lines: list[Order] = []
    for sku in random.sample(list(GOODS), random.choices([1, 2, 3, 4, 6], [40, 28, 17, 10, 5])[0]):
        title, price, grams = GOODS[sku]
        quantity = random.choices([1, 2, 3, 4, 6, 12], [66, 20, 6, 5, 2, 1])[0]
        unit_price = round(price * rate, 2)
        lines.append(
            {"sku": sku, "title": title, "quantity": quantity, "unit_price": unit_price, "weight_grams": grams}
        )
    order: Order = {
        "order_id": f"O-{50_000 + number}",
        "placed_at": f"2026-11-23T{number // 60:02}:{number % 60:02}:{random.randint(0, 59):02}Z",
        "customer": dict(customer["customer"]),
        "lines": lines,
        "currency": customer["currency"],
        "shipping_address": dict(customer["address"]),
        "express": random.random() < 0.15,
        "total": round(sum(round(line["quantity"] * line["unit_price"] * 100) for line in lines) / 100, 2),
    }
    if random.random() < 0.1:
        order["note"] = random.choice(
            ["Please ring twice.", "Leave it with the neighbour.", "It's a gift: no invoice!"]
        )
    return order


def drop_a_field(random: Random, order: Order) -> None:
    holder, field = random.choice(
        [
            (order, "lines"),
            (order, "currency"),
            (order, "shipping_address"),
            (order["customer"], "email"),
            (order["shipping_address"], "postal_code"),
            (order["lines"][0], "unit_price"),
        ]
    )
    del holder[field]


def change_a_type(random: Random, order: Order) -> None:
    line = random.choice(order["lines"])
    changes: list[tuple[Order, str, Any]] = [
        (order, "total", f"{order['total']} {order['currency']}"),
        (order, "lines", {"0": line}),
        (line, "quantity", "two"),
        (order["shipping_address"], "country", 49),
        (order["customer"], "email", None),
    ]
    holder, field, value = random.choice(changes)
    holder[field] = value


def spoil_a_quantity(random: Random, order: Order) -> None:
    random.choice(order["lines"])["quantity"] = random.choice([0, -1, -2, -12])


def send_it_nowhere(random: Random, order: Order) -> None:
    order["shipping_address"]["country"] = random.choice(["XX", "Germany", "ZZ", "UK"])


def miscount_the_total(random: Random, order: Order) -> None:
    order["total"] = round(order["total"] + random.choice([-10, -0.01, 0.01, 9, 100]), 2)


BREAKERS: dict[str, Callable[[Random, Order], None]] = {
    "missing field": drop_a_field,
    "wrong type": change_a_type,
    "bad quantity": spoil_a_quantity,
    "unknown country": send_it_nowhere,
    "wrong total": miscount_the_total,
}


if __name__ == "__main__":
    main()
