"""The rules that keep the kernel sound: each was a bug in a prototype."""

import asyncio
from contextlib import suppress

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from kernel.workflows import workflow

from flowrt.errors import (
    DefinitionError,
    ExecutionCancelledError,
    ExecutionFailedError,
    StepCancelledItselfError,
    StepLeakedScopeError,
)
from flowrt.runtime import Runtime
from flowrt.steps.registry import StepRegistry
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio


async def yields(_record):
    await anyio.lowlevel.checkpoint()
    return {}


class TestRuleE:
    """Not every CancelledError is a cancel."""

    @pytest.fixture(autouse=True)
    def _asyncio_only(self, anyio_backend):
        if anyio_backend != "asyncio":
            pytest.skip("on trio only a scope can cancel, and again at every checkpoint")

    async def test_a_cancelled_error_that_nobody_asked_for_is_a_failure(self):
        async def awaits_a_cancelled_task(_record):
            task = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            task.cancel()
            await task

        async with Runtime() as runtime:
            with pytest.raises(ExecutionFailedError) as caught:
                await runtime.run(workflow({"a": awaits_a_cancelled_task}), {})
            assert await runtime.run(workflow({"a": yields}), {}) == {}
        assert isinstance(caught.value.__cause__, StepCancelledItselfError)

    async def test_a_cancel_that_a_step_swallows_still_cancels_the_execution(self):
        ran = []

        async def swallow(_record):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(10)
            return {}

        store = MemoryStore()
        async with Runtime(store=store) as runtime:
            plan = workflow({"a": swallow, "b": lambda _record: ran.append(1) or {}})
            task = asyncio.create_task(runtime.run(plan, {}))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            (row,) = await store.log.executions()
        assert (ran, row.status) == ([], "cancelled")

    async def cancels_its_task(self, _record):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
        return {}

    def cancels_its_task_and_returns(self, _record):
        asyncio.current_task().cancel()
        return {}

    async def cancels_its_task_for_later(self, _record):
        asyncio.get_running_loop().call_later(0.005, asyncio.current_task().cancel)
        await asyncio.sleep(0)
        return {}

    @pytest.mark.parametrize("name", ["cancels_its_task", "cancels_its_task_and_returns", "cancels_its_task_for_later"])
    async def test_a_step_that_cancels_the_task_of_a_helper_hurts_no_other_execution(self, name):
        alone = workflow({"a": getattr(self, name)})
        async with Runtime() as runtime:
            handles = [await runtime.start(workflow({"a": yields, "b": yields}), {}) for _ in range(3)]
            hurt = await runtime.start(alone, {})
            handles += [await runtime.start(workflow({"a": yields, "b": yields}), {}) for _ in range(3)]
            assert [await handle.wait() for handle in handles] == ["completed"] * 6
            assert await hurt.wait() in ("cancelled", "completed")
            await asyncio.sleep(0.01)
            handle = await runtime.start(workflow({"a": yields}), {})
            async with asyncio.timeout(10):
                assert await handle.wait() == "completed"

    @pytest.mark.parametrize("name", ["cancels_its_task", "cancels_its_task_and_returns"])
    async def test_a_step_that_cancels_the_task_of_a_call_from_a_thread_hurts_no_other_execution(self, name):
        small = workflow({"a": getattr(self, name)}, name="cancels itself")
        async with Runtime() as runtime:
            handle = await runtime.start(workflow({"a": yields, "b": yields}), {})
            with pytest.raises(ExecutionCancelledError) as caught:
                await anyio.to_thread.run_sync(runtime.run_from_thread, small, {})
            assert await handle.wait() == "completed"
        assert (caught.value.workflow, bool(caught.value.execution_id)) == ("cancels itself", True)

    async def test_a_step_may_use_asyncios_own_tools(self):
        async def tools(_record):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await asyncio.sleep(1)
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(0.001))
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.sleep(1), 0.005)
            await asyncio.shield(asyncio.sleep(0.001))
            return {"done": True}

        async with Runtime() as runtime:
            assert await runtime.run(workflow({"a": tools, "b": tools}), {}) == {"done": True}


async def test_rule_e_a_cancel_by_somebody_else_reaches_the_caller_by_name():
    async def hang(_record):
        await anyio.sleep_forever()

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hang}), {})
        async with anyio.create_task_group() as tasks:

            async def wait():
                with pytest.raises(ExecutionCancelledError):
                    await handle.result()

            tasks.start_soon(wait)
            await anyio.sleep(0.01)
            handle.cancel()


class TestRuleF:
    """A step that leaks a scope or nursery fails by name, and other executions go on."""

    async def leaks_a_scope(self, _record):
        anyio.CancelScope().__enter__()
        return {}

    async def leaks_a_scope_late(self, _record):
        await anyio.lowlevel.checkpoint()
        anyio.CancelScope(deadline=anyio.current_time() + 0.01).__enter__()
        await anyio.lowlevel.checkpoint()
        return {}

    async def leaks_a_nursery(self, _record):
        group = await anyio.create_task_group().__aenter__()
        group.start_soon(anyio.sleep_forever)
        await anyio.lowlevel.checkpoint()
        return {}

    async def leaks_and_fails(self, record):
        await self.leaks_a_nursery(record)
        raise LookupError

    def leaks_from_a_plain_function(self, _record):
        anyio.CancelScope().__enter__()
        return {}

    @pytest.mark.parametrize(
        "name",
        [
            "leaks_a_scope",
            "leaks_a_scope_late",
            "leaks_a_nursery",
            "leaks_and_fails",
            "leaks_from_a_plain_function",
        ],
    )
    async def test_it_fails_by_name_and_others_go_on(self, name):
        step = getattr(self, name)
        async with Runtime() as runtime:
            handle = await runtime.start(workflow({"a": yields, "b": step}), {})
            with pytest.raises(ExecutionFailedError) as caught:
                await handle.result()
            assert isinstance(caught.value.__cause__, StepLeakedScopeError)
            with pytest.raises(ExecutionFailedError) as caught:
                await runtime.run(workflow({"a": step, "b": yields}), {})
            assert isinstance(caught.value.__cause__, StepLeakedScopeError)
            await anyio.sleep(0.02)
            assert await runtime.run(workflow({"a": yields, "b": yields}), {}) == {}

    async def test_what_refuses_to_end_in_a_leaked_nursery_is_left_behind(self, caplog):
        told, ends = anyio.Event(), []

        async def refuses():
            with anyio.CancelScope(shield=True):
                await told.wait()
            ends.append("child")

        async def leaks(_record):
            group = await anyio.create_task_group().__aenter__()
            group.start_soon(refuses)
            await anyio.lowlevel.checkpoint()
            return {}

        async with Runtime(grace_seconds=0.01) as runtime:
            handle = await runtime.start(workflow({"a": leaks, "b": yields}), {})
            with anyio.fail_after(10):
                assert await handle.wait() == "failed"
            with pytest.raises(ExecutionFailedError) as caught:
                await handle.result()
            assert isinstance(caught.value.__cause__, StepLeakedScopeError)
            assert await runtime.run(workflow({"a": yields}), {}) == {}
            assert ends == []
            told.set()
        assert ends == ["child"]
        assert "node 'a' of workflow 'test' did not end within 0.01 s of its cancel" in caplog.text


class TestRuleG:
    """A def step that returns an awaitable is awaited like an async one."""

    async def test_a_coroutine_from_a_plain_function_is_awaited(self):
        async def later():
            await anyio.lowlevel.checkpoint()
            return {"x": 1}

        class Awaitable:
            def __await__(self):
                return later().__await__()

        class Callable:
            async def __call__(self, _record):
                await anyio.lowlevel.checkpoint()
                return {"z": 3}

        async with Runtime() as runtime:
            steps = {"a": lambda _record: later(), "b": lambda _record: Awaitable(), "c": Callable()}
            assert await runtime.run(workflow(steps), {}) == {"x": 1, "z": 3}


class TestRuleH:
    """A run inside a step is a child execution."""

    async def test_the_child_knows_its_parent(self):
        store = MemoryStore()
        async with Runtime(store=store) as runtime, Runtime(store=MemoryStore()) as other:

            async def outer(_record):
                await runtime.run(workflow({"i": yields}, name="inner"), {})
                await other.run(workflow({"o": yields}, name="elsewhere"), {})
                return {}

            await runtime.run(workflow({"o": outer}, name="outer"), {})
            rows = {row.workflow: row for row in await store.log.executions()}
            (elsewhere,) = await other_executions(other)
        assert rows["outer"].parent_id is None
        assert rows["inner"].parent_id == rows["outer"].id
        assert elsewhere.parent_id is None


async def other_executions(runtime):
    return await runtime._engine.settings.store.log.executions()


def test_rule_g_an_async_generator_function_is_refused():
    async def stream(_record):
        yield {}

    with pytest.raises((DefinitionError, TypeError, ValueError), match="async generator"):
        StepRegistry().step("stream")(stream)
