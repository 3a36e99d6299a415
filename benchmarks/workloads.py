"""What is measured: graphs, and how often they run."""

from typing import NamedTuple

from benchmarks.graphs import Graph, chain, layered, one_many_one, ten_nodes
from benchmarks.nodes import ASYNC, DEF, SLEEPING, Nodes


class Workload(NamedTuple):
    """A graph that runs some times."""

    name: str
    title: str
    graph: Graph
    runs: int
    """How many executions one repetition times."""
    at_once: int = 1
    """How many callers share the runs."""
    colours: tuple[Nodes, ...] = (DEF, ASYNC)
    has_busy_neighbour: bool = False
    """A task beside it uses 1 ms of every turn of the event loop."""


def workloads(size: int = 1000) -> dict[str, Workload]:
    """Return the workloads by name; `size` is about how many nodes, or runs of the small graph, each has."""
    layers = layered(10, max(3, size // 10))
    small, runs = ten_nodes(), max(1, size // 50)
    made = (
        Workload("W1", "a chain", chain(size), runs),
        Workload("W2", "one node, many, one", one_many_one(size), runs),
        Workload("W3", "10 layers, 3 inputs each", layers, runs),
        Workload("W4", "10 nodes, one run after another", small, size),
        Workload("W4c", "10 nodes, 100 runs in flight", small, size, at_once=100),
        Workload("W5", "W3, each node sleeps 10 ms", layers, 1, colours=(SLEEPING,)),
        Workload("W5b", "W5 beside a busy task", layers, 1, colours=(SLEEPING,), has_busy_neighbour=True),
    )
    return {workload.name: workload for workload in made}
