"""The rules that keep the kernel sound: each was a bug in a prototype."""

import signal
import time
from contextvars import ContextVar

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import side_by_side, timed, workflow

from flowrt.errors import (
    ExecutionCancelledError,
    ExecutionFailedError,
    StepExitedError,
)
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio


def nothing(_record):
    return {}


async def yields(_record):
    await anyio.lowlevel.checkpoint()
    return {}


async def records_of(store, execution_id):
    return {(row.node, row.attempt): row for row in await store.log.nodes(execution_id)}


MILLISECOND = 1_000_000
MOST_BETWEEN_PINGS = 12 * MILLISECOND
"""The budgets of two turns, each with the step that used it up: trio shuffles the tasks of a turn."""


class WorkingClock:
    """A clock that only steps move on, so that what they cost is known."""

    def __init__(self):
        self.now = 0

    def time_ns(self):
        return self.now

    def monotonic_ns(self):
        return self.now

    async def sleep_until(self, monotonic_ns):
        await anyio.lowlevel.checkpoint()
        self.now = max(self.now, monotonic_ns)

    def works(self, _record):
        self.now += MILLISECOND
        return {}


class TestRuleA:
    """A spent scope is never lent again."""

    async def test_a_deadline_that_passes_with_the_wake_up_does_not_hit_the_next_firing(self):
        woken = anyio.Event()

        async def wait(_record):
            await woken.wait()
            return {"first": True}

        async def go_on(_record):
            await anyio.sleep(0.01)
            return {"second": True}

        store = MemoryStore()
        async with Runtime(store=store) as runtime:
            handle = await runtime.start(workflow({"a": wait, "b": go_on}, policies={"a": timed(0.02)}), {})
            await anyio.lowlevel.checkpoint()
            await anyio.lowlevel.checkpoint()
            busy_until = time.monotonic() + 0.03
            while time.monotonic() < busy_until:  # the loop stands still past the deadline
                pass
            woken.set()
            assert await handle.result() == {"first": True, "second": True}
        rows = await records_of(store, handle.execution_id)
        assert rows["a", 1].status == "completed"

    async def test_a_value_that_arrives_with_a_cancel_wins_and_is_recorded_so(self):
        woken = anyio.Event()

        async def wait(_record):
            await woken.wait()
            return {"x": 1}

        store = MemoryStore()
        async with Runtime(store=store) as runtime:
            handle = await runtime.start(workflow({"a": wait, "b": nothing}), {})
            await anyio.sleep(0.01)
            woken.set()
            handle.cancel("too late for this step")
            with pytest.raises(ExecutionCancelledError):
                await handle.result()
        rows = await records_of(store, handle.execution_id)
        assert (rows["a", 1].status, rows["a", 1].note) == ("completed", "finished anyway")
        assert ("b", 1) not in rows

    async def test_a_cancel_that_comes_with_the_wake_up_does_not_hit_another_execution(self):
        woken = anyio.Event()

        async def wait(_record):
            await woken.wait()
            return {}

        async def slow(_record):
            await anyio.sleep(0.02)
            return {"alive": True}

        async with Runtime() as runtime:
            first = await runtime.start(workflow({"a": wait}), {})
            await anyio.sleep(0.01)
            woken.set()
            first.cancel()
            others = [await runtime.start(workflow({"b": slow}), {}) for _ in range(5)]
            assert [await other.result() for other in others] == [{"alive": True}] * 5


class TestRuleB:
    """Each firing has its own context."""

    async def test_what_a_step_sets_is_seen_by_nobody_else(self):
        var = ContextVar("var", default="outside")
        seen = []

        async def sets(_record):
            var.set("leaked")
            await anyio.lowlevel.checkpoint()
            var.set("leaked later")
            return {}

        def sets_at_once(_record):
            var.set("leaked at once")
            return {}

        def reads(_record):
            seen.append(var.get())
            return {}

        async with Runtime() as runtime:
            var.set("caller")
            await runtime.run(workflow({"a": sets, "b": sets_at_once, "c": reads}), {})
        assert (seen, var.get()) == (["caller"], "caller")

    async def test_a_variable_can_be_reset_across_an_await(self):
        var = ContextVar("var", default=0)

        async def span(_record):
            token = var.set(1)
            await anyio.lowlevel.checkpoint()
            assert var.get() == 1
            var.reset(token)
            return {"value": var.get()}

        async with Runtime() as runtime:
            assert await runtime.run(workflow({"a": span}), {}) == {"value": 0}

    async def test_a_nested_run_works_and_sees_what_its_step_set(self):
        var = ContextVar("var", default=0)
        async with Runtime() as runtime:

            async def inner(_record):
                await anyio.lowlevel.checkpoint()
                return {"seen": var.get()}

            async def outer(_record):
                var.set(7)
                return await runtime.run(workflow({"i": inner}), {})

            assert await runtime.run(workflow({"o": outer}), {}) == {"seen": 7}


class TestRuleC:
    """The loop stays alive."""

    @pytest.fixture
    def clock(self):
        return WorkingClock()

    @pytest.fixture
    def gaps(self):
        return []

    async def ping(self, clock, gaps):
        last = clock.now
        while True:
            await anyio.lowlevel.checkpoint()
            gaps.append(clock.now - last)
            last = clock.now

    async def test_short_runs_in_a_loop_let_others_run(self, clock, gaps):
        plan = workflow({"a": clock.works, "b": clock.works})
        async with Runtime(clock=clock) as runtime, anyio.create_task_group() as tasks:
            tasks.start_soon(self.ping, clock, gaps)
            for _ in range(100):
                await runtime.run(plan, {})
            tasks.cancel_scope.cancel()
        assert max(gaps) <= MOST_BETWEEN_PINGS

    async def test_short_runs_in_a_loop_can_be_cancelled(self):
        plan = workflow({"a": nothing, "b": nothing})
        async with Runtime() as runtime:
            with anyio.move_on_after(0.05) as limit:
                while True:
                    await runtime.run(plan, {})
        assert limit.cancelled_caught

    async def test_callers_share_a_budget_and_do_not_add_theirs_up(self, clock, gaps):
        plan = side_by_side({f"n{i}": clock.works for i in range(100)})
        async with Runtime(clock=clock) as runtime, anyio.create_task_group() as tasks:
            tasks.start_soon(self.ping, clock, gaps)
            async with anyio.create_task_group() as callers:
                for _ in range(20):
                    callers.start_soon(runtime.run, plan, {})
            tasks.cancel_scope.cancel()
        assert max(gaps) <= MOST_BETWEEN_PINGS

    async def test_a_run_in_a_cancelled_scope_raises_before_the_first_node_and_leaves_no_record(self):
        ran = []
        store = MemoryStore()
        async with Runtime(store=store) as runtime:
            with anyio.CancelScope() as scope:
                scope.cancel()
                await runtime.run(workflow({"a": lambda _record: ran.append(1) or {}}), {})
            assert scope.cancelled_caught
        assert (ran, await store.log.executions()) == ([], [])


class TestRuleD:
    """A BaseException ends the execution."""

    @pytest.fixture
    def ran(self):
        return []

    @pytest.fixture
    def plan(self, ran):
        def boom(_record):
            raise SystemExit(3)

        async def sibling(_record):
            try:
                await anyio.sleep(0.05)
            finally:
                ran.append("sibling ended")
            return {}

        async def bad(record):
            await anyio.sleep(0.01)
            return boom(record)

        def after(_record):
            ran.append("a node ran after the end")
            return {}

        steps = {"bad": bad, "s": sibling, "next": after, "join": after}
        return workflow(steps, ["s>next", "bad>join", "next>join"])

    async def test_system_exit_fails_the_execution_and_nobody_else(self, plan, ran):
        async with Runtime() as runtime:
            with pytest.raises(ExecutionFailedError) as caught:
                await runtime.run(plan, {})
            assert ran == ["sibling ended"]
            assert await runtime.run(workflow({"a": nothing}), {}) == {}
        assert isinstance(caught.value.__cause__, StepExitedError)
        assert isinstance(caught.value.__cause__.__cause__, SystemExit)

    async def test_a_step_that_refuses_to_end_is_abandoned_and_named(self, caplog):
        go = anyio.Event()

        async def refuse(_record):
            with anyio.CancelScope(shield=True):
                await go.wait()
            return {}

        async def hang(_record):  # in the caller's own task, so that a helper runs the other one
            await anyio.sleep_forever()

        store = MemoryStore()
        async with Runtime(store=store, grace_seconds=0.05) as runtime:
            with anyio.move_on_after(0.02):
                await runtime.run(side_by_side({"a": hang, "stuck": refuse}), {})
            (row,) = await store.log.executions()
            go.set()
        assert row.status == "cancelled"
        notes = {node.node: node.note for node in await store.log.nodes(row.id)}
        assert notes["stuck"] == "abandoned: it did not end within 0.05 s"
        assert "node 'stuck' of workflow 'test' did not end within 0.05 s" in caplog.text


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("where", ["caller", "helper", "while waiting"])
def test_rule_d_ctrl_c_ends_the_execution_as_cancelled_and_goes_on_to_the_caller(backend, where):
    ended, store = [], MemoryStore()

    def interrupt(_record):
        signal.raise_signal(signal.SIGINT)
        return {}

    async def interrupt_later(_record):
        await anyio.sleep(0.01)
        return interrupt(_record)

    async def sibling(_record):
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("sibling")

    steps = {
        "caller": {"i": interrupt_later, "s": sibling},
        "helper": {"s": sibling, "i": interrupt_later},
        "while waiting": {"i": interrupt, "s": sibling},
    }[where]

    async def main():
        async with Runtime(store=store) as runtime:
            await runtime.run(side_by_side(steps), {})

    async def read():
        return await store.log.executions()

    with pytest.raises(KeyboardInterrupt):
        anyio.run(main, backend=backend)
    (row,) = anyio.run(read)
    assert row.status == "cancelled"
    assert ended in (["sibling"], [])
