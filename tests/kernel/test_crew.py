"""Whatever is ready finds a worker, whoever is busy meanwhile."""

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import helpers, retried, side_by_side, workflow
from sink.manual_clock import ManualClock

from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio
TURN_NS = 10_000_000
"""More than the budget of a turn: after such a step a worker waits for the next one."""


class BusyClock(ManualClock):
    """A clock that steps move on as well."""

    def works(self, _record):
        self.now_ns += TURN_NS
        return {}


def nothing(_record):
    return {}


async def while_a_caller_works(clock, act, steps=20):
    """Run an execution in its caller's task, turn after turn, and `act` in the midst of it."""
    begun = anyio.Event()

    def begins(record):
        begun.set()
        return clock.works(record)

    line = workflow({f"n{i}": clock.works if i else begins for i in range(steps)})
    async with Runtime(clock=clock) as runtime, anyio.create_task_group() as tasks:
        tasks.start_soon(runtime.run, line, {})
        await begun.wait()
        await act(runtime)


@pytest.fixture
def clock():
    return BusyClock()


async def test_what_is_started_while_a_caller_waits_for_its_turn_begins(clock):
    async def start(runtime):
        handle = await runtime.start(workflow({"a": nothing}), {})
        with anyio.fail_after(10):
            assert await handle.wait() == "completed"

    await while_a_caller_works(clock, start)


async def test_what_is_mapped_while_a_caller_waits_for_its_turn_begins(clock):
    async def start(runtime):
        with anyio.fail_after(10):
            async with runtime.map(workflow({"a": nothing}), [{}]) as results:
                assert [result.status async for result in results] == ["completed"]

    await while_a_caller_works(clock, start)


async def test_a_retry_that_is_due_while_a_caller_waits_for_its_turn_begins(clock):
    attempts = []

    def flaky(_record):
        attempts.append(True)
        if len(attempts) < 2:
            raise ConnectionError
        return {}

    begun = anyio.Event()

    def works(record):
        begun.set()
        return clock.works(record)

    line = workflow({f"n{i}": works for i in range(40)})
    async with Runtime(clock=clock) as runtime, anyio.create_task_group() as tasks:
        handle = await runtime.start(workflow({"a": flaky}, policies={"a": retried(2, delay_seconds=0.005)}), {})
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(runtime.run, line, {})
        await begun.wait()
        await clock.advance(1)
        with anyio.fail_after(10):
            assert await handle.wait() == "completed"


async def test_a_worker_that_is_cancelled_leaves_what_cleans_up_to_others():
    begun, cleaned = anyio.Event(), anyio.Event()

    async def hangs(_record):
        begun.set()
        await anyio.sleep_forever()

    from semantics.stage import workflow as of_kinds  # noqa: PLC0415

    def cleans(_record):
        cleaned.set()
        return {}

    small = of_kinds({"node": hangs, "cleans": cleans}, ["node>cleans on always"])
    async with Runtime() as runtime, anyio.create_task_group() as tasks:
        tasks.start_soon(runtime.run, small)
        await begun.wait()
        tasks.cancel_scope.cancel()
    assert cleaned.is_set()


async def test_steps_that_never_suspend_wake_few_helpers():
    many = side_by_side({f"n{i}": nothing for i in range(100)})
    async with Runtime() as runtime:
        for _ in range(10):
            await runtime.start(many, {})
        await anyio.wait_all_tasks_blocked()
        kernel = runtime._engine.kernel
        assert not kernel.executions
        assert len(helpers()) <= 2
