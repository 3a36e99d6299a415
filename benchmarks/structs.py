"""Workflows too large to be recorded in a benchmark: the parts are made at once, without being read and checked."""

from collections.abc import Callable
from typing import Any

from benchmarks.graphs import Graph
from benchmarks.nodes import Nodes
from flowrt import LoadedDefinition
from flowrt.definition import Definition, Edge, FromNode, ListOf, Node
from flowrt.typing import BoundStep


def python_structs(graph: Graph, nodes: Nodes) -> LoadedDefinition:
    """Return what recording a Python workflow of this graph comes to."""
    calls: tuple[Callable[..., Any], ...] = (nodes.source, nodes.one, nodes.two, nodes.three)
    ids = [f"n{place}" for place in range(len(graph))]

    def bound(upstream: tuple[int, ...]) -> BoundStep:
        given = [FromNode(ids[place]) for place in upstream]
        if len(given) < len(calls):
            return BoundStep(calls[len(given)], arguments=dict(zip("abc", given, strict=False)))
        return BoundStep(nodes.total, arguments={"values": ListOf(tuple(given))})

    definition = Definition(
        name="structs",
        nodes=tuple([Node(id=node_id, type="python") for node_id in ids]),
        edges=tuple([Edge(source=ids[s], target=ids[t]) for t, upstream in enumerate(graph) for s in upstream]),
        result=ids[-1],
    )
    return LoadedDefinition(definition, tuple([bound(upstream) for upstream in graph]))
