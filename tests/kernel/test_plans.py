"""A runtime keeps the plans of the workflows that were used last."""

import gc
from weakref import ref

import anyio
import pytest
from kernel.workflows import workflow

from flowrt import plans
from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio


def line(nodes):
    return workflow({f"n{number}": lambda _record: {} for number in range(nodes)})


def alive(references):
    gc.collect()
    return [reference() is not None for reference in references]


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        ({"MAX_PLANS": 2}, [False, False, True, True]),
        ({"MAX_NODES": 25, "LEAST_PLANS": 1}, [False, False, True, True]),
        ({"MAX_NODES": 5, "LEAST_PLANS": 1}, [False, False, False, True]),
        ({"MAX_NODES": 5, "LEAST_PLANS": 3}, [False, True, True, True]),
        ({}, [True, True, True, True]),
    ],
)
async def test_workflows_that_were_dropped_are_let_go_of(monkeypatch, most, expected):
    for name, value in most.items():
        monkeypatch.setattr(plans, name, value)
    references = []
    async with Runtime() as runtime:
        for _ in range(4):
            flow = line(10)
            references.append(ref(flow.steps[0].call))
            await runtime.run(flow)
        del flow
        assert alive(references) == expected
        last = line(10)
        for _ in range(3):
            await runtime.run(last)
        assert sum(alive(references)) == (4 if not most else sum(expected) - 1)


async def test_a_workflow_that_two_begin_at_once_counts_once(monkeypatch):
    monkeypatch.setattr(plans, "MAX_NODES", 25)
    monkeypatch.setattr(plans, "LEAST_PLANS", 1)
    first, second = line(10), line(10)
    async with Runtime() as runtime:
        kept = runtime._engine.plans
        async with anyio.create_task_group() as tasks:
            for flow in (first, first, second):
                tasks.start_soon(runtime.run, flow)
        assert kept.known(first) is not None
        assert kept.known(second) is not None
