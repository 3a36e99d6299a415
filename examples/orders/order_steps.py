"""The steps of the orders workflow: plain functions, called by the `python` nodes of orders.json."""

from collections import Counter
from typing import Any
from zlib import crc32

import anyio

TAX_RATES = {"DE": 0.19, "FR": 0.20, "NL": 0.21, "ES": 0.21, "PL": 0.23}
_reservations: Counter[str] = Counter()


def find_problems(record: dict[str, Any]) -> list[str]:
    """Return what is wrong with an order."""
    problems = []
    if "email" not in record.get("customer", {}):
        problems.append("no e-mail address")
    if not record.get("lines"):
        problems.append("no lines")
    if any(line["quantity"] < 1 for line in record["lines"]):
        problems.append("a quantity below 1")
    if record["address"]["country"] not in TAX_RATES:
        problems.append("a country that we do not ship to")
    if abs(sum(line["quantity"] * line["unit_price"] for line in record["lines"]) - record["total"]) > 0.01:
        problems.append("a total that does not add up")
    return problems


def customer_tier(customer: dict[str, Any]) -> str:
    """Return the customer's tier, from what was ordered so far."""
    count = customer["orders_so_far"]
    return "gold" if count >= 15 else "silver" if count >= 5 else "new"


async def tax_rate(address: dict[str, Any]) -> float:
    """Ask the tax service; it takes a moment."""
    await anyio.sleep(0.003)
    return TAX_RATES[address["country"]]


async def shipping_cost(address: dict[str, Any], lines: list[dict[str, Any]]) -> float:
    """Ask the carrier; it takes a moment, too."""
    await anyio.sleep(0.004)
    pieces = sum(line["quantity"] for line in lines)
    return round(4.9 + 0.6 * pieces + (0 if address["country"] == "DE" else 5), 2)


def reserve_stock(order_id: str) -> str:
    """Reserve the stock in a warehouse that refuses about every fifth order once, and every fiftieth twice."""
    _reservations[order_id] += 1
    fate = crc32(order_id.encode()) % 50
    if _reservations[order_id] <= (2 if fate == 0 else 1 if fate < 10 else 0):
        raise ConnectionError(f"the warehouse did not answer for {order_id}")
    return f"R-{order_id}"
