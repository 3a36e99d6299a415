"""The watchdog names who holds the event loop; by a clock that the steps themselves put forward."""

import threading

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import side_by_side, workflow
from placement.watched_log import warnings

from flowrt.clock import SystemClock
from flowrt.policies import NodePolicy
from flowrt.runtime import Runtime
from flowrt.testing import simulate

pytestmark = pytest.mark.anyio


class HandClock(SystemClock):
    """A clock that stands still until a step takes time."""

    def __init__(self):
        self.now_ns = 1

    def monotonic_ns(self):
        return self.now_ns

    def take(self, seconds):
        self.now_ns += round(seconds * 1e9)


@pytest.fixture
def clock():
    return HandClock()


async def run(clock, plan, times=1, **options):
    async with Runtime(clock=clock, **options) as runtime:
        for _ in range(times):
            await runtime.run(plan, {})


async def test_a_def_that_holds_the_event_loop_is_named_once_with_what_to_do(clock, caplog):
    def computes(_record):
        clock.take(0.25)
        return {}

    await run(clock, workflow({"a": lambda _: {}, "b": computes, "c": lambda _: {}}, name="slow"), times=3)
    (warning,) = warnings(caplog)
    assert warning.startswith("node 'b' of workflow 'slow' held the event loop for 250 ms in execution ")
    assert "placement to 'thread' if it blocks, to 'process' if it computes" in warning


async def test_the_last_node_is_looked_at_too(clock, caplog):
    await run(clock, workflow({"a": lambda _record: clock.take(0.2) or {}}))
    assert len(warnings(caplog)) == 1


async def test_an_async_def_is_named_whose_first_stretch_is_too_long(clock, caplog):
    async def computes_and_waits(_record):
        clock.take(0.2)
        await anyio.lowlevel.checkpoint()
        return {}

    await run(clock, workflow({"a": computes_and_waits}))
    (warning,) = warnings(caplog)
    assert "200 ms" in warning
    assert "`await` what it waits for" in warning


@pytest.mark.parametrize("then", ["waits", "returns", "raises"])
async def test_an_async_def_is_named_whose_later_stretch_is_too_long(clock, caplog, then):
    async def waits_and_computes(_record):
        await anyio.lowlevel.checkpoint()
        clock.take(0.2)
        if then == "raises":
            raise ValueError
        if then == "waits":
            await anyio.lowlevel.checkpoint()
        return {}

    await run(clock, workflow({"a": waits_and_computes}, policies={"a": NodePolicy(on_error="skip")}))
    (warning,) = warnings(caplog)
    assert "node 'a'" in warning
    assert "200 ms" in warning


async def test_time_in_which_a_step_waits_is_nobodys_fault(clock, caplog):
    async def waits(_record):
        waiting.set()
        await may_go.wait()
        return {}

    waiting, may_go = anyio.Event(), anyio.Event()
    async with Runtime(clock=clock) as runtime, anyio.create_task_group() as group:
        group.start_soon(runtime.run, workflow({"a": waits, "b": lambda _: {}}), {})
        await waiting.wait()
        clock.take(5)
        may_go.set()
    assert warnings(caplog) == []


async def test_time_that_another_task_takes_is_no_steps_fault(clock, caplog):
    async def waits(_record):
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        return {}

    async def hog():
        for _ in range(8):
            clock.take(1)
            await anyio.lowlevel.checkpoint()

    async with Runtime(clock=clock) as runtime, anyio.create_task_group() as group:
        group.start_soon(hog)
        await runtime.run(side_by_side({"a": waits, "b": waits, "c": waits}), {})
    assert warnings(caplog) == []


async def test_short_steps_that_take_long_together_are_not_named(clock, caplog):
    steps = {f"n{number}": lambda _record: clock.take(0.09) or {} for number in range(20)}
    await run(clock, workflow(steps))
    assert warnings(caplog) == []


async def test_the_limit_can_be_set_and_taken_away(clock, caplog):
    plan = workflow({"a": lambda _record: clock.take(0.25) or {}})
    await run(clock, plan, watchdog_seconds=None)
    await run(clock, plan, watchdog_seconds=0.3)
    assert warnings(caplog) == []
    await run(clock, plan, watchdog_seconds=0.2)
    assert len(warnings(caplog)) == 1


async def test_a_step_in_a_thread_holds_nobody_up(clock, caplog):
    ran = threading.Event()

    def blocks(_record):
        clock.take(3)
        ran.set()
        return {}

    await run(clock, workflow({"a": blocks}, policies={"a": NodePolicy(placement="thread")}))
    assert ran.is_set()
    assert warnings(caplog) == []


def test_in_a_simulation_nothing_is_named(caplog):
    async def sleeps(_record):
        await anyio.sleep(10)
        return {}

    simulate(workflow({"a": sleeps, "b": lambda _: {}}), seed=1)
    assert warnings(caplog) == []
