"""What the nodes of the workloads do: next to nothing (`def`, `async def`), sleep (`async def`), or compute (`def`)."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import anyio

SLEEP_SECONDS = 0.01
BUSY_SECONDS = 0.001


class Nodes(NamedTuple):
    """The node functions of one colour, by the number of their inputs."""

    source: Callable[[], Any]
    one: Callable[[int], Any]
    two: Callable[[int, int], Any]
    three: Callable[[int, int, int], Any]
    total: Callable[[list[int]], Any]
    pause: Callable[[], Awaitable[None]] | None = None
    """What the nodes wait for before they return."""
    is_async: bool = True


def source() -> int:
    return 1


def one(a: int) -> int:
    return a + 1


def two(a: int, b: int) -> int:
    return a + b


def three(a: int, b: int, c: int) -> int:
    return a + b + c


def total(values: list[int]) -> int:
    return sum(values)


async def async_source() -> int:
    return 1


async def async_one(a: int) -> int:
    return a + 1


async def async_two(a: int, b: int) -> int:
    return a + b


async def async_three(a: int, b: int, c: int) -> int:
    return a + b + c


async def async_total(values: list[int]) -> int:
    return sum(values)


async def pause() -> None:
    await anyio.sleep(SLEEP_SECONDS)


async def slow_source() -> int:
    await pause()
    return 1


async def slow_one(a: int) -> int:
    await pause()
    return a + 1


async def slow_two(a: int, b: int) -> int:
    await pause()
    return a + b


async def slow_three(a: int, b: int, c: int) -> int:
    await pause()
    return a + b + c


async def slow_total(values: list[int]) -> int:
    await pause()
    return sum(values)


def be_busy() -> None:
    ends = time.perf_counter() + BUSY_SECONDS
    while time.perf_counter() < ends:
        pass


def busy_source() -> int:
    be_busy()
    return 1


def busy_one(a: int) -> int:
    be_busy()
    return a + 1


DEF = Nodes(source, one, two, three, total, is_async=False)
ASYNC = Nodes(async_source, async_one, async_two, async_three, async_total)
SLEEPING = Nodes(slow_source, slow_one, slow_two, slow_three, slow_total, pause)
BUSY = Nodes(busy_source, busy_one, two, three, total, is_async=False)
"""For chains."""
