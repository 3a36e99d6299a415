"""The same graphs as flowrt workflows, made in the ways that users make them."""

from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks.graphs import Graph
from benchmarks.nodes import Nodes
from benchmarks.programs import Record, key_of
from flowrt import LoadedDefinition, StepRegistry, load_definition, step, workflow


def python_workflow(graph: Graph, nodes: Nodes) -> Any:
    """Return a workflow of Python nodes that pass values."""
    by_inputs: dict[int, Callable[..., Any]] = {0: nodes.source, 1: nodes.one, 2: nodes.two, 3: nodes.three}
    steps: dict[int, Callable[..., Any]] = {count: step(function) for count, function in by_inputs.items()}
    total = step(nodes.total)

    @workflow(name="python")
    def recorded() -> Any:
        results: list[Any] = []
        for upstream in graph:
            given = [results[index] for index in upstream]
            results.append(steps[len(given)](*given) if len(given) in steps else total(given))
        return results[-1]

    return recorded


class KeyData(msgspec.Struct):
    """The data of a node that produces a key."""

    key: str


def registry(nodes: Nodes) -> StepRegistry:
    """Return a registry with a type that produces nothing and one that produces one key."""
    steps = StepRegistry()
    wait = nodes.pause

    def nothing(record: Record) -> Record:  # noqa: ARG001 - what a step is given
        return {}

    def key(record: Record, data: KeyData) -> Record:  # noqa: ARG001 - what a step is given
        return {data.key: 1}

    async def nothing_later(record: Record) -> Record:  # noqa: ARG001 - what a step is given
        if wait is not None:
            await wait()
        return {}

    async def key_later(record: Record, data: KeyData) -> Record:  # noqa: ARG001 - what a step is given
        if wait is not None:
            await wait()
        return {data.key: 1}

    steps.step("nothing", description="Produces nothing.")(nothing_later if nodes.is_async else nothing)
    steps.step("key", description="Produces one key.", data=KeyData)(key_later if nodes.is_async else key)
    return steps


def json_workflow(graph: Graph, nodes: Nodes, node_type: str) -> LoadedDefinition:
    """Return a workflow of JSON nodes of one type, `nothing` or `key`."""
    document = {
        "name": node_type,
        "nodes": [{"id": f"n{i}", "type": node_type, "data": {"key": key_of(i)}} for i in range(len(graph))],
        "edges": [{"source": f"n{s}", "target": f"n{i}"} for i, upstream in enumerate(graph) for s in upstream],
        "result": f"n{len(graph) - 1}",
    }
    return load_definition(document, registry(nodes))
