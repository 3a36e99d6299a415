"""The checks of clocks and ids pass for flowrt's own, and notice the ones that break a promise."""

import time
from functools import partial
from itertools import count
from random import Random

import anyio
import pytest
import trio
from anyio.lowlevel import checkpoint

from flowrt.clock import SystemClock, UuidV7Ids
from flowrt.testing import Simulation
from flowrt.testing.conformance import check_clock, check_ids


@pytest.mark.anyio
async def test_the_system_clock_conforms():
    await check_clock(SystemClock())


def test_the_virtual_clock_conforms_and_nothing_waits():
    simulation = Simulation(seed=1)
    simulation.run(partial(check_clock, simulation.clock))
    assert simulation.clock.now_ns < 1_000_000
    assert len(simulation.clock.sleepers) == 0


class FloatClock(SystemClock):
    time_ns = staticmethod(time.time)


class ClockFromZero(SystemClock):
    def time_ns(self):
        return 0


class Microseconds(SystemClock):
    def time_ns(self):
        return time.time_ns() // 1000


class SinceTheStart(SystemClock):
    time_ns = staticmethod(time.monotonic_ns)


class BlockingClock(SystemClock):
    async def sleep_until(self, monotonic_ns):
        time.sleep(max(0, monotonic_ns - time.monotonic_ns()) / 1e9)  # noqa: ASYNC251


class ClockThatGoesBack(SystemClock):
    numbers = count()

    def monotonic_ns(self):
        return time.monotonic_ns() - 10_000_000_000 * (next(self.numbers) % 7)


class HastyClock(SystemClock):
    def monotonic_ns(self):
        return 1

    async def sleep_until(self, monotonic_ns):
        await checkpoint()


class DeafClock(SystemClock):
    async def sleep_until(self, monotonic_ns):
        try:
            await super().sleep_until(monotonic_ns)
        except BaseException as error:
            if not isinstance(error, anyio.get_cancelled_exc_class()):
                raise


class ClockWithTasks(SystemClock):
    async def sleep_until(self, monotonic_ns):
        trio.lowlevel.spawn_system_task(trio.sleep, 0.05)
        await super().sleep_until(monotonic_ns)


@pytest.mark.parametrize(
    ("clock", "what"),
    [
        (FloatClock(), "expected an integer"),
        (ClockFromZero(), "count nanoseconds, since 1970"),
        (Microseconds(), "count nanoseconds, since 1970"),
        (SinceTheStart(), "count nanoseconds, since 1970"),
        (BlockingClock(), "found a wait that holds the event loop"),
        (ClockThatGoesBack(), "never go back"),
        (HastyClock(), "ns too early"),
        (DeafClock(), "found a return, expected the cancel"),
        (ClockWithTasks(), "the tasks that a cancelled sleep_until left: found 1, expected 0"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_clock_is_noticed(clock, what):
    with pytest.raises(AssertionError, match=what):
        anyio.run(check_clock, clock, backend="trio")


def test_uuids_conform_also_while_the_clock_stands_still():
    check_ids(UuidV7Ids(SystemClock(), Random(1)))
    check_ids(UuidV7Ids(Simulation(seed=1).clock, Random(1)))


class Ids:
    def __init__(self, make):
        self._numbers = count()
        self._make = make

    def new_id(self):
        return self._make(next(self._numbers))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (int, "a text that is not empty"),
        (lambda n: "x" * n, "a text that is not empty"),
        (lambda n: f"{n // 2:09}", "never return an id again"),
        (str, "'10' after '9'"),
    ],
)
def test_broken_ids_are_noticed(make, what):
    with pytest.raises(AssertionError, match=what):
        check_ids(Ids(make))
