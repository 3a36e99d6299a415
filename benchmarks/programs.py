"""A graph and its nodes as somebody writes them by hand: which function to call with whose results."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from benchmarks.graphs import Graph
from benchmarks.nodes import Nodes

Record: TypeAlias = dict[str, Any]
INPUT: Record = {"order": 1}


class Call(NamedTuple):
    """One node: the function, which takes the results of the nodes that feed it."""

    function: Callable[..., Any]
    upstream: tuple[int, ...]


class Program(NamedTuple):
    """The nodes of a graph in topological order; the last one's result is the result."""

    calls: tuple[Call, ...]
    is_async: bool


def program_of_values(graph: Graph, nodes: Nodes) -> Program:
    """Return the program whose nodes pass numbers on: what Python nodes do."""
    by_inputs: dict[int, Callable[..., Any]] = {0: nodes.source, 1: nodes.one, 2: nodes.two, 3: nodes.three}

    def many(*values: int) -> Any:
        return nodes.total(list(values))

    calls = tuple(Call(by_inputs.get(len(upstream), many), upstream) for upstream in graph)
    return Program(calls, nodes.is_async)


def program_of_records(graph: Graph, nodes: Nodes) -> Program:
    """Return the program whose nodes pass on all that came before and a key of their own: what JSON nodes do."""
    calls = tuple(Call(_adds_key(key_of(index), nodes), upstream) for index, upstream in enumerate(graph))
    return Program(calls, nodes.is_async)


def key_of(index: int) -> str:
    """Return the key that the node at this place adds."""
    return f"key{index}"


def _adds_key(key: str, nodes: Nodes) -> Callable[..., Any]:
    def add_key(*records: Record) -> Record:
        merged = dict(records[0]) if records else dict(INPUT)
        for record in records[1:]:
            merged.update(record)
        merged[key] = 1
        return merged

    async def add_key_later(*records: Record) -> Record:
        if nodes.pause is not None:
            await nodes.pause()
        return add_key(*records)

    return add_key_later if nodes.is_async else add_key


def expected_result(graph: Graph) -> int:
    """Return what a program of values results in."""
    results: list[int] = []
    for upstream in graph:
        given = sum(results[index] for index in upstream)
        results.append(given + 1 if len(upstream) < 2 else given)  # noqa: PLR2004 - sources and nodes of one input
    return results[-1]


def expected_record(graph: Graph) -> Record:
    """Return what a program of records results in: the keys of all nodes from which a path leads to the last."""
    wanted = {len(graph) - 1}
    for index in reversed(range(len(graph))):
        if index in wanted:
            wanted.update(graph[index])
    return {**INPUT, **{key_of(index): 1 for index in wanted}}
