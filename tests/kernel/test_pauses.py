"""Executions and runtimes that are paused, resumed and drained."""

import anyio
import pytest
from semantics.stage import Held, delays, fails, gives, workflow
from sink.manual_clock import ManualClock

from flowrt import MemoryStore, Runtime, RuntimeDrainingError

pytestmark = pytest.mark.anyio


def two_steps(first):
    """A workflow of a node and one after it, and a list of who began."""
    ran = []

    def after(_record):
        ran.append("after")
        return {"after": True}

    return workflow({"first": first, "after": after}, ["first>after"]), ran


async def test_a_paused_execution_starts_no_firing_until_it_is_resumed():
    held = Held()
    small, ran = two_steps(held.step)
    async with Runtime() as runtime:
        handle = await runtime.start(small)
        await held.begun.wait()
        handle.pause()
        held.told.set()
        await anyio.wait_all_tasks_blocked()
        assert (ran, handle.status, handle.is_paused) == ([], "running", True)
        handle.resume()
        assert await handle.result() == {"after": True}
    assert (ran, handle.is_paused) == (["after"], False)


async def test_what_a_paused_execution_waits_for_may_end_meanwhile():
    clock = ManualClock()
    small, ran = two_steps(delays(5))
    async with Runtime(clock=clock) as runtime:
        handle = await runtime.start(small)
        await anyio.wait_all_tasks_blocked()
        handle.pause()
        await clock.advance(60)
        assert ran == []
        handle.resume()
        assert await handle.result() == {"after": True}


async def test_a_paused_execution_can_be_cancelled():
    async with Runtime() as runtime:
        runtime.pause()
        handle = await runtime.start(workflow({"node": gives}))
        handle.cancel()
        assert await handle.wait() == "cancelled"


async def test_a_paused_runtime_holds_every_execution_and_new_ones():
    held = Held()
    small, ran = two_steps(held.step)
    async with Runtime() as runtime:
        old = await runtime.start(small)
        await held.begun.wait()
        runtime.pause()
        new = await runtime.start(workflow({"node": gives}))
        held.told.set()
        await anyio.wait_all_tasks_blocked()
        assert (ran, old.status, new.status, new.is_paused) == ([], "running", "running", True)
        runtime.resume()
        assert [await old.wait(), await new.wait()] == ["completed", "completed"]


async def test_a_paused_execution_does_not_hold_others():
    async with Runtime() as runtime:
        held = Held()
        paused = await runtime.start(workflow({"node": held.step, "next": gives}, ["node>next"]))
        paused.pause()
        assert await runtime.run(workflow({"node": gives}), {"x": 1}) == {"x": 1}
        paused.cancel()


async def test_a_runtime_that_is_drained_waits_for_what_runs_and_takes_nothing_new():
    held, reports = Held(), []
    async with Runtime() as runtime, anyio.create_task_group() as tasks:
        handle = await runtime.start(workflow({"node": held.step}))
        await held.begun.wait()

        async def drain():
            reports.append(await runtime.drain(timeout_seconds=60))

        tasks.start_soon(drain)
        await anyio.wait_all_tasks_blocked()
        for call in (runtime.run, runtime.start):
            with pytest.raises(RuntimeDrainingError):
                await call(workflow({"node": gives}))
        assert reports == []
        held.told.set()
        assert await handle.wait() == "completed"
    [report] = reports
    assert (report.ended, report.cancelled) == (1, ())


async def test_draining_cancels_what_has_not_ended_in_its_time_and_lets_it_clean_up():
    held, store = Held(), MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(workflow({"node": held.step, "cleans": gives}, ["node>cleans on always"]))
        await held.begun.wait()
        report = await runtime.drain(timeout_seconds=0)
        assert (report.ended, report.cancelled) == (0, (handle.execution_id,))
        row = await store.log.execution(handle.execution_id)
        assert (row.status, row.reason) == (
            "cancelled",
            "the runtime was drained, and it did not end within 0 s",
        )
        ended = {node.node: node.status for node in await store.log.nodes(row.id)}
        assert ended == {"node": "cancelled", "cleans": "completed"}


async def test_a_step_may_still_run_workflows_while_the_runtime_is_drained():
    held = Held()
    async with Runtime() as runtime, anyio.create_task_group() as tasks:

        async def nests(record):
            await held.step(record)
            return await runtime.run(workflow({"inner": lambda _record: {"inner": True}}))

        handle = await runtime.start(workflow({"node": nests}))
        await held.begun.wait()
        tasks.start_soon(runtime.drain, 60)
        await anyio.wait_all_tasks_blocked()
        held.told.set()
        assert await handle.result() == {"inner": True}


@pytest.mark.parametrize("ends", ["cancel", "fail"])
async def test_the_time_of_what_cleans_up_goes_on_when_a_paused_execution_ends(ends):
    clock, held, cleaning = ManualClock(), Held(fails), Held()
    steps = {"fails": fails, "cleans": cleaning.step, "works": held.step}
    policies = {"cleans": {"timeout": {"total": 10}}}
    async with Runtime(clock=clock) as runtime:
        handle = await runtime.start(workflow(steps, ["fails>cleans on failure"], policies=policies))
        await cleaning.begun.wait()
        handle.pause()
        if ends == "cancel":
            handle.cancel()
        else:
            held.told.set()
        await anyio.wait_all_tasks_blocked()
        assert handle.status == "running"
        await clock.advance(10)
        assert await handle.wait() in ("cancelled", "failed")
    assert clock.waits_seconds == []


async def test_draining_waits_for_what_steps_start_meanwhile_too():
    outer, inner = Held(), Held()
    reports = []
    async with Runtime() as runtime, anyio.create_task_group() as tasks:

        async def starts(record):
            await outer.step(record)
            await runtime.start(workflow({"inner": inner.step}))
            return {}

        handle = await runtime.start(workflow({"node": starts}))
        await outer.begun.wait()

        async def drain():
            reports.append(await runtime.drain(timeout_seconds=60))

        tasks.start_soon(drain)
        await anyio.wait_all_tasks_blocked()
        outer.told.set()
        assert await handle.wait() == "completed"
        await anyio.wait_all_tasks_blocked()
        assert reports == []
        inner.told.set()
    [report] = reports
    assert (report.ended, report.cancelled) == (2, ())


async def test_the_time_of_a_node_that_pauses_its_own_execution_stands_still():
    clock, held, handles = ManualClock(), Held(), []

    async def pauses(record):
        handles[0].pause()
        return await held.step(record)

    small = workflow({"node": pauses}, policies={"node": {"timeout": {"total": 10}}})
    async with Runtime(clock=clock) as runtime:
        handles.append(await runtime.start(small))
        await held.begun.wait()
        await clock.advance(60)
        handles[0].resume()
        await clock.advance(9)
        assert handles[0].status == "running"
        await clock.advance(2)
        assert await handles[0].wait() == "failed"
