"""Random workflows: whatever happens in them, they end, and their history makes sense."""

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel.workflows import workflow

from flowrt.definition.model import Quorum
from flowrt.errors import ExecutionFailedError
from flowrt.policies import Default, NodePolicy, Retry, Timeout
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.typing import Delay


def returns(_record):
    return {"x": 1}


async def yields(_record):
    await anyio.lowlevel.checkpoint()
    return {"y": 1}


async def sleeps(_record):
    await anyio.sleep(0.001)
    return {}


async def hangs(_record):
    await anyio.sleep_forever()


def delays(_record):
    return Delay({"z": 1}, 0.001)


def fails(_record):
    raise LookupError


async def fails_later(_record):
    await anyio.lowlevel.checkpoint()
    raise LookupError


STEPS = [returns, returns, yields, yields, sleeps, delays, fails, fails_later, hangs]
ON_ERROR = [None, None, "skip", "continue", Default({"d": 1}), "fail"]


@st.composite
def workflows(draw):
    count = draw(st.integers(1, 12))
    ids = [f"n{i}" for i in range(count)]
    edges = []
    for target in range(1, count):
        sources = draw(st.lists(st.integers(0, target - 1), max_size=4, unique=True))
        edges += [f"n{source}>n{target}" for source in sources]
    fan_in = {node: sum(edge.endswith(f">{node}") for edge in edges) for node in ids}
    joins, policies, steps = {}, {}, {}
    for node in ids:
        if fan_in[node] > 1:
            quorum = Quorum(draw(st.integers(1, fan_in[node])))
            joins[node] = draw(st.sampled_from(["all", "all", "any", "all_settled", quorum]))
        steps[node] = draw(st.sampled_from(STEPS))
        retry = draw(st.sampled_from([None, Retry(max_attempts=2, delay_seconds=0.001, jitter=0)]))
        timeout = Timeout(attempt=0.002) if steps[node] is hangs else Timeout()
        policies[node] = NodePolicy(retry=retry, timeout=timeout, on_error=draw(st.sampled_from(ON_ERROR)))
    return steps, edges or None, joins, policies


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=workflows())
def test_every_execution_ends_with_a_history_that_makes_sense(backend, plan):
    steps, edges, joins, policies = plan
    store = MemoryStore()

    async def main():
        async with Runtime(store=store) as runtime:
            status = "completed"
            with anyio.fail_after(20):
                try:
                    await runtime.run(workflow(steps, edges, joins=joins, policies=policies), {})
                except ExecutionFailedError:
                    status = "failed"
            kernel = runtime._engine.kernel
            assert not kernel.executions
            assert not len(kernel.timers)
        (execution,) = await store.log.executions()
        assert execution.status == status
        check_history(await store.log.nodes(execution.id), steps, edges or [], status)

    anyio.run(main, backend=backend)


def check_history(rows, steps, edges, status):
    last = {}
    for row in rows:
        assert row.attempt == 0 or row.attempt == last.get(row.node, (0, None))[0] + 1
        last[row.node] = (row.attempt, row.status)
        if row.status == "completed":
            fed_by = [edge.split(">")[0] for edge in edges if edge.endswith(f">{row.node}")]
            assert not fed_by or any(source in last for source in fed_by)
    if status == "completed":
        assert set(last) == set(steps)
    else:
        assert any(row.status == "failed" for row in rows)
