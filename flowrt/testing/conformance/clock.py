"""Whether a clock keeps its promises."""

from contextlib import AsyncExitStack

import anyio
from anyio.lowlevel import checkpoint

from flowrt.clock import NANOSECONDS
from flowrt.testing.conformance.expectation import breach, expect_equal, shown
from flowrt.typing import Clock

READINGS = 1000
PAUSE_NS = 200_000
TRIES = 6
"""How often a sleep is tried that let nobody else go on, each time for four times as long: the machine may be busy."""
FIRST_NS = 946_684_800 * NANOSECONDS
"""The beginning of the year 2000: no count of milliseconds, and no time since a machine's start, comes near it."""
FAR_NS = 3600 * NANOSECONDS


async def check_clock(clock: Clock) -> None:
    """Check that a clock keeps every promise of `flowrt.typing.Clock`, on the event loop that runs.

    It waits for less than a millisecond. A clock that stands still unless somebody moves it must be moved meanwhile, as
    a `Simulation` does with its own.

    Raises:
        AssertionError: The first promise that is not kept.
    """
    check_times_are_nanoseconds(clock)
    check_monotonic_time_never_goes_back(clock)
    await check_sleep_waits_until_its_time(clock)
    await check_sleep_lets_others_go_on(clock)
    await check_a_cancelled_sleep_leaves_nothing(clock)


def check_times_are_nanoseconds(clock: Clock) -> None:
    """Both times are integers, and the wall time is not earlier than the year 2000.

    Raises:
        AssertionError: They are not.
    """
    times: dict[str, object] = {"time_ns()": clock.time_ns(), "monotonic_ns()": clock.monotonic_ns()}
    for name, found in times.items():
        if not isinstance(found, int) or isinstance(found, bool):
            raise breach(name, shown(found), "an integer", "return nanoseconds; floats lose the last digits")
    if clock.time_ns() < FIRST_NS:
        advice = "count nanoseconds, since 1970-01-01 UTC"
        raise breach("time_ns()", str(clock.time_ns()), f"{FIRST_NS} or more, the year 2000", advice)


def check_monotonic_time_never_goes_back(clock: Clock) -> None:
    """Of many readings each is as great as the one before.

    Raises:
        AssertionError: One is smaller.
    """
    readings = [clock.monotonic_ns() for _ in range(READINGS)]
    expect_equal("monotonic_ns(), read again and again", readings, sorted(readings), "never go back")


async def check_sleep_waits_until_its_time(clock: Clock) -> None:
    """It ends at its time or later, for two at once; with a time that is over it ends too.

    Raises:
        AssertionError: It ends too early.
    """
    now_ns = clock.monotonic_ns()
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(anyio.create_task_group())
        early: list[int] = []

        async def sleep(due_ns: int) -> None:
            await clock.sleep_until(due_ns)
            if (left := due_ns - clock.monotonic_ns()) > 0:
                early.append(left)

        for pause_ns in (2 * PAUSE_NS, PAUSE_NS, 0, -PAUSE_NS):
            tasks.start_soon(sleep, now_ns + pause_ns)
    if early:
        advice = "look at the clock again after waiting, and wait for the rest"
        raise breach("sleep_until", f"an end {early[0]} ns too early", "none", advice)


async def check_sleep_lets_others_go_on(clock: Clock) -> None:
    """It does not hold the event loop.

    Raises:
        AssertionError: Nobody else goes on meanwhile.
    """
    for number in range(TRIES):
        if await _goes_on_beside_a_sleep(clock, PAUSE_NS * 4**number):
            return
    raise breach("sleep_until", "a wait that holds the event loop", "one that others go on in", "await; do not block")


async def _goes_on_beside_a_sleep(clock: Clock, pause_ns: int) -> bool:
    asleep, went_on = False, False

    async def sleep() -> None:
        nonlocal asleep
        due_ns = clock.monotonic_ns() + pause_ns
        asleep = True
        await clock.sleep_until(due_ns)
        asleep = False

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sleep)
        for _ in range(3):
            await checkpoint()
            went_on = went_on or asleep
    return went_on


async def check_a_cancelled_sleep_leaves_nothing(clock: Clock) -> None:
    """It ends with the cancel, at once, and no task of it stays.

    Raises:
        AssertionError: It goes on, returns, or leaves a task.
    """
    before, now_ns = _task_ids(), clock.monotonic_ns()
    has_returned = False

    async def sleep() -> None:
        nonlocal has_returned
        await clock.sleep_until(now_ns + FAR_NS)
        has_returned = True

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sleep)
        await checkpoint()
        tasks.cancel_scope.cancel()
    if has_returned:
        raise breach("a cancelled sleep_until", "a return", "the cancel", "let the cancel pass")
    await checkpoint()
    left = len(_task_ids() - before)
    expect_equal("the tasks that a cancelled sleep_until left", left, 0, "start none, or end them with the sleep")


def _task_ids() -> set[int]:
    return {task.id for task in anyio.get_running_tasks()}
