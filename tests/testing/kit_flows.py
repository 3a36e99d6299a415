"""Workflows that the tests of the pytest plugin run: those that wait, fail, and end late."""

import anyio

import flowrt
from flowrt.typing import Delay

__all__ = ["failing", "half_stubborn", "hour", "later", "pair", "quick", "stubborn"]

order: list[str] = []


@flowrt.step
async def waits(x: int) -> int:
    await anyio.sleep(3600)
    return x


@flowrt.step
def doubles(x: int) -> int:
    return 2 * x


@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=60))
def fails(x: int) -> int:
    raise LookupError


@flowrt.step
def delays(x: int) -> int:
    return Delay(x, 60)


@flowrt.step
async def refuses(x: int) -> int:
    with anyio.CancelScope(shield=True):
        await anyio.sleep(1000)
    return x


@flowrt.step
def left(x: int) -> str:
    order.append("left")
    return "left"


@flowrt.step
def right(x: int) -> str:
    order.append("right")
    return "right"


@flowrt.step
def first(a: str, b: str) -> str:
    found = order[0]
    order.clear()
    return found


@flowrt.workflow
def hour(x: int) -> int:
    """Takes an hour."""
    return doubles(waits(x))


@flowrt.workflow
def quick(x: int) -> int:
    """Takes no time."""
    return doubles(x)


@flowrt.workflow
def failing(x: int) -> int:
    """Fails for two minutes."""
    return fails(x)


@flowrt.workflow
def later(x: int) -> int:
    """Waits as a record."""
    return delays(x)


@flowrt.workflow
def stubborn(x: int) -> int:
    """Can't be cancelled."""
    return refuses(x)


@flowrt.workflow
def half_stubborn(x: int) -> None:
    """A step that can be cancelled beside one that can't."""
    waits(x)
    refuses(x)


@flowrt.workflow
def pair(x: int) -> str:
    """Tells which of two nodes fired first."""
    return first(left(x), right(x))
