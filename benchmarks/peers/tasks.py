"""What a peer is asked to run. Imported by the scripts as well, so it needs nothing but Python."""

from typing import Any, NamedTuple

from benchmarks import graphs
from benchmarks.graphs import Graph


class Task(NamedTuple):
    """A graph that runs some times; a sequence of simple values, so that it can be handed over as JSON."""

    workload: str
    shape: str
    """The name of a function of `benchmarks.graphs`."""
    arguments: tuple[int, ...]
    runs: int
    """How often it runs in one repetition."""
    at_once: int = 1
    """How many of the runs may be under way."""

    @property
    def graph(self) -> Graph:
        """The graph."""
        found: Graph = getattr(graphs, self.shape)(*self.arguments)
        return found


def expected(graph: Graph) -> int:
    """Return what the last node of a graph gives."""
    results: list[Any] = []
    for upstream in graph:
        results.append(function_of(upstream)(*[results[place] for place in upstream]))
    return int(results[-1])


def source() -> int:
    """Return 1: a node that nothing feeds."""
    return 1


def one(value: int) -> int:
    """Return the next number: a node that one feeds."""
    return value + 1


def total(*values: int) -> int:
    """Return the sum: a node that several feed."""
    return sum(values)


def function_of(upstream: tuple[int, ...]) -> Any:
    """Return what a node does that these feed."""
    return (source, one)[len(upstream)] if len(upstream) < 2 else total  # noqa: PLR2004 - none or one
