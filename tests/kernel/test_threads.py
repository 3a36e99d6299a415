"""Synchronous ways in."""

from concurrent.futures import ThreadPoolExecutor

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from kernel.workflows import workflow

from flowrt.errors import ExecutionCancelledError, ExecutionFailedError, RuntimeClosedError, WrongThreadError
from flowrt.runtime import Runtime
from flowrt.scripts import run


async def doubles(record):
    await anyio.lowlevel.checkpoint()
    return {"double": 2 * record["n"]}


@pytest.mark.anyio
async def test_fifty_threads_run_workflows_at_once():
    plan = workflow({"a": doubles})
    async with Runtime() as runtime:

        def work():
            with ThreadPoolExecutor(50) as threads:
                return list(threads.map(lambda n: runtime.run_from_thread(plan, {"n": n})["double"], range(500)))

        assert await anyio.to_thread.run_sync(work) == [2 * n for n in range(500)]


@pytest.mark.anyio
async def test_a_thread_gets_the_error_of_its_execution():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="KeyError"):
            await anyio.to_thread.run_sync(runtime.run_from_thread, workflow({"a": doubles}), {})


@pytest.mark.anyio
async def test_threads_that_wait_are_told_when_the_runtime_is_left():
    hangs = anyio.Event()

    async def hang(_record):
        hangs.set()
        await anyio.sleep_forever()

    outcome = []

    async def call(runtime):
        try:
            await anyio.to_thread.run_sync(runtime.run_from_thread, workflow({"a": hang}), {})
        except ExecutionCancelledError as error:
            outcome.append(error.reason)

    async with anyio.create_task_group() as tasks, Runtime() as runtime:
        tasks.start_soon(call, runtime)
        await hangs.wait()
    assert outcome == ["the runtime was left"]
    with pytest.raises(RuntimeClosedError):
        await anyio.to_thread.run_sync(runtime.run_from_thread, workflow({"a": hang}), {})


@pytest.mark.anyio
async def test_the_event_loops_own_thread_is_refused():
    async with Runtime() as runtime:
        with pytest.raises(WrongThreadError):
            runtime.run_from_thread(workflow({"a": doubles}), {"n": 1})
    with pytest.raises(WrongThreadError):
        run(workflow({"a": doubles}), {"n": 1})


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_script_runs_a_workflow_with_one_call(backend):
    assert run(workflow({"a": doubles}), {"n": 4}, backend=backend) == {"n": 4, "double": 8}


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["cancel", "pause", "resume", "wait", "result", "why", "events"])
async def test_a_handle_is_refused_in_another_thread(how):
    may_end = anyio.Event()

    async def waits(_record):
        await may_end.wait()
        return {}

    def use(handle):
        if how in ("wait", "result"):
            anyio.run(getattr(handle, how))
        elif how == "why":
            handle.why("a")
        else:
            getattr(handle, how)()

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": waits}), {})
        with pytest.raises(WrongThreadError):
            await anyio.to_thread.run_sync(use, handle)
        may_end.set()
        assert await handle.wait() == "completed"


@pytest.mark.anyio
async def test_waiting_for_sigterm_needs_an_open_runtime():
    with pytest.raises(RuntimeClosedError):
        await Runtime().drain_on_sigterm(1)
