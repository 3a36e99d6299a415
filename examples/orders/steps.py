"""The steps of orders.json: typed functions, which its `python` nodes call with keys of the order by name."""

from collections import Counter
from typing import Annotated, Any
from zlib import crc32

import anyio
import msgspec

TAX_RATES = {
    "CH": 0.081,
    "DE": 0.19,
    "ES": 0.21,
    "FR": 0.20,
    "GB": 0.20,
    "IE": 0.23,
    "IT": 0.22,
    "NL": 0.21,
    "PL": 0.23,
    "SE": 0.25,
}
MAX_PARCEL_GRAMS = 31_500


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    email: str
    orders_before: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    sku: str
    quantity: int
    unit_price: float
    weight_grams: int


class Address(msgspec.Struct, frozen=True, kw_only=True):
    street: str
    postal_code: str
    city: str
    country: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    order_id: str
    customer: Customer
    lines: Annotated[list[Line], msgspec.Meta(min_length=1)]
    currency: str
    shipping_address: Address
    total: float
    express: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order is rejected; nothing if it is good."""

    reason: str | None = None
    detail: str | None = None


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    tier: str
    discount_rate: float


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    tax_rate: float


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str
    shipping_eur: float


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    reservation: str


class TooHeavyError(Exception):
    """No carrier takes such a parcel."""


def check_order(record: dict[str, Any]) -> Verdict:
    """Say what is wrong with an order, as it came: it may be anything."""
    try:
        order = msgspec.convert(record, Order)
    except msgspec.ValidationError as error:
        is_missing = "missing required field" in str(error)
        return Verdict(reason="missing field" if is_missing else "wrong type", detail=str(error))
    for line in order.lines:
        if line.quantity < 1:
            return Verdict(reason="bad quantity", detail=f"{line.quantity} of {line.sku}")
    if order.shipping_address.country not in TAX_RATES:
        return Verdict(reason="unknown country", detail=f"{order.shipping_address.country!r}")
    lines_cents = sum(round(line.quantity * line.unit_price * 100) for line in order.lines)
    if lines_cents != round(order.total * 100):
        return Verdict(reason="wrong total", detail=f"{order.total}, but its lines make {lines_cents / 100}")
    return Verdict()


async def customer_tier(customer: Customer) -> Tier:
    """Ask the customer service."""
    await anyio.sleep(0.002)
    if customer.orders_before >= 20:
        return Tier(tier="gold", discount_rate=0.1)
    if customer.orders_before >= 5:
        return Tier(tier="silver", discount_rate=0.05)
    return Tier(tier="new", discount_rate=0)


def tax_by_country(shipping_address: Address) -> Tax:
    return Tax(tax_rate=TAX_RATES[shipping_address.country])


async def shipping_quote(shipping_address: Address, lines: list[Line], *, express: bool = False) -> Quote:
    """Ask the carrier, who refuses what is too heavy for a parcel."""
    await anyio.sleep(0.004)
    grams = sum(line.quantity * line.weight_grams for line in lines)
    if grams > MAX_PARCEL_GRAMS:
        raise TooHeavyError(f"{grams / 1000} kg, a parcel may have {MAX_PARCEL_GRAMS / 1000}")
    distance = 0 if shipping_address.country == "DE" else 6
    price = (4.9 + distance + 0.4 * grams / 1000) * (2 if express else 1)
    return Quote(carrier="express" if express else "parcel", shipping_eur=round(price, 2))


_calls: Counter[str] = Counter()
"""What the warehouse remembers; it stands in for a network that is away at times."""


async def reserve_stock(order_id: str, lines: list[Line]) -> Reservation:
    """Reserve goods in a warehouse whose connection fails, for some orders, at the first attempts."""
    await anyio.sleep(0.003)
    _calls[order_id] += 1
    if _calls[order_id] <= refusals_of(order_id):
        raise ConnectionError(f"the warehouse did not answer for {order_id}")
    del _calls[order_id]
    return Reservation(reservation=f"R-{order_id[2:]}-{len(lines)}")


def refusals_of(order_id: str) -> int:
    """Return how many attempts fail before one succeeds: one for every eighth order, two for every fortieth."""
    fate = crc32(order_id.encode()) % 40
    return 2 if fate == 0 else 1 if fate <= 5 else 0
