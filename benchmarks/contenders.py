"""Who takes part in a workload: flowrt in several ways, and the baselines that it is held against."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, NamedTuple, TypeAlias

from benchmarks.backends import BACKENDS, Backend
from benchmarks.baselines import Run, asyncio_tasks, plain_calls, trio_tasks
from benchmarks.graphs import Graph
from benchmarks.nodes import Nodes
from benchmarks.programs import (
    INPUT,
    Program,
    expected_record,
    expected_result,
    program_of_records,
    program_of_values,
)
from benchmarks.streams import stream_actors
from benchmarks.workflows import json_workflow, python_workflow
from flowrt import Runtime

Payload: TypeAlias = Literal["values", "records"]


class Contender(NamedTuple):
    """One way to run a workload's graph."""

    name: str
    backend: Backend
    colour: str
    """What its nodes are: `def` or `async`."""
    payload: Payload
    """What its nodes pass on; it is held against the baselines that pass on the same."""
    open: Callable[[], AbstractAsyncContextManager[Run]]
    expected: Any
    """The right result."""
    slowness: int = 1
    """So many times fewer runs are timed of it than of the others, since each takes so much longer."""

    @property
    def is_flowrt(self) -> bool:
        """It is one of ours."""
        return self.name.startswith("flowrt")


def contenders(graph: Graph, nodes: Nodes) -> list[Contender]:
    """Return the ways to run a graph of such nodes, all doing the same."""
    values, records = expected_result(graph), expected_record(graph)
    colour = "async" if nodes.is_async else "def"
    python = python_workflow(graph, nodes)
    nothing, key = (json_workflow(graph, nodes, node_type) for node_type in ("nothing", "key"))
    found = _baselines(program_of_values(graph, nodes), colour, "values", values)
    found += _baselines(program_of_records(graph, nodes), colour, "records", records)
    found += _stream_actors(program_of_values(graph, nodes), colour, values)
    for backend in BACKENDS:
        found += [
            Contender("flowrt, Python", backend, colour, "values", opener(python, {}), values),
            Contender("flowrt, JSON", backend, colour, "values", opener(nothing, INPUT), INPUT),
            Contender("flowrt, JSON with keys", backend, colour, "records", opener(key, INPUT), records),
        ]
    # plain calls of nodes that sleep only add the sleeps up
    return [contender for contender in found if contender.name != "b0" or nodes.pause is None]


def _baselines(program: Program, colour: str, payload: Payload, expected: Any) -> list[Contender]:
    baselines: tuple[tuple[str, Backend, Callable[[Program], Run]], ...] = (
        ("b0", "asyncio", plain_calls),
        *(("b1", backend, asyncio_tasks) for backend in BACKENDS if backend != "trio"),
        ("b2", "trio", trio_tasks),
    )
    return [
        Contender(name, backend, colour, payload, _given(made(program)), expected) for name, backend, made in baselines
    ]


def _stream_actors(program: Program, colour: str, expected: Any) -> list[Contender]:
    open_run, slowness = _given(stream_actors(program)), 10
    return [
        Contender("b4", backend, colour, "values", open_run, expected, slowness)
        for backend in BACKENDS
        if backend != "uvloop"
    ]


def _given(run: Run) -> Callable[[], AbstractAsyncContextManager[Run]]:
    @asynccontextmanager
    async def opened() -> AsyncGenerator[Run]:
        yield run

    return opened


def opener(workflow: Any, given: dict[str, Any], **options: Any) -> Callable[[], AbstractAsyncContextManager[Run]]:
    """Return what opens a runtime with these options and gives a function that runs a workflow in it."""

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Run]:
        async with Runtime(**options) as runtime:

            def run() -> Awaitable[Any]:
                return runtime.run(workflow, given)

            yield run

    return opened
