"""Workflows that the tests of the test kit run."""

import anyio

import flowrt


@flowrt.step
def start(x: int) -> int:
    return x


@flowrt.step
async def waits(x: int) -> int:
    await anyio.sleep(1)
    return x


@flowrt.step
def quick(x: int) -> int:
    return x


@flowrt.step
def add(values: list[int]) -> int:
    return sum(values)


@flowrt.workflow
def wide(x: int) -> int:
    """Four steps that suspend beside four that don't."""
    begun = start(x)
    return add([*[quick(begun) for _ in range(4)], *[waits(begun) for _ in range(4)]])


@flowrt.step(retry=flowrt.Retry(max_attempts=25, delay_seconds=3600, backoff_multiplier=1, jitter=0))
def charge(x: int) -> int:
    return x


@flowrt.workflow
def payment(x: int) -> int:
    return quick(charge(x))
