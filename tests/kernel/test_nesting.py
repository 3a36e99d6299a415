"""Executions that begin in steps of executions."""

import collections

import pytest
from kernel.workflows import workflow

import flowrt
from flowrt import MemoryStore, Runtime
from flowrt.errors import ExecutionFailedError, NestedTooDeepError

pytestmark = pytest.mark.anyio


def runs_itself(runtime, depth):
    async def again(record):
        return {"depth": 0} if record["n"] == depth else await runtime.run(flow, {"n": record["n"] + 1})

    flow = workflow({"again": again})
    return flow


async def test_a_workflow_may_run_itself():
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        assert (await runtime.run(runs_itself(runtime, 90), {"n": 0}))["depth"] == 0
    rows = await store.log.executions(limit=1000)
    assert len(rows) == 91
    assert len({row.parent_id for row in rows}) == 91


async def test_a_workflow_that_runs_itself_without_end_fails_and_nobody_else_does():
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        with pytest.raises(ExecutionFailedError) as raised:
            await runtime.run(runs_itself(runtime, -1), {"n": 0})
        assert await runtime.run(workflow({"a": lambda _record: {"x": 1}}), {}) == {"x": 1}
    assert len(str(raised.value)) < 5000
    cause = raised.value
    while isinstance(cause, ExecutionFailedError):
        cause = cause.__cause__
    assert isinstance(cause, NestedTooDeepError)
    rows = await store.log.executions(limit=1000)
    assert collections.Counter(row.status for row in rows) == {"failed": 101, "completed": 1}


async def test_an_exception_with_a_broken_message_fails_its_execution():
    class BrokenError(Exception):
        def __str__(self):
            raise RuntimeError

    @flowrt.step(retry=flowrt.Retry(max_attempts=2, delay_seconds=0))
    def breaks(x: int) -> int:
        raise BrokenError

    @flowrt.workflow
    def flow(x: int) -> int:
        return breaks(x)

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="whose message raised RuntimeError"):
            await runtime.run(flow, {"x": 1})
