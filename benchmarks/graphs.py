"""The shapes of the workloads: for each node, in topological order, the places of the nodes that feed it."""

from random import Random
from typing import TypeAlias

Graph: TypeAlias = tuple[tuple[int, ...], ...]


def chain(length: int) -> Graph:
    """Nodes in a line."""
    return tuple((index - 1,) if index else () for index in range(length))


def one_many_one(width: int) -> Graph:
    """One node that feeds many, which feed one."""
    return ((), *[(0,)] * width, tuple(range(1, width + 1)))


def layered(layers: int, width: int, inputs: int = 3) -> Graph:
    """Layers of nodes, each fed by random ones of the layer before (the same in every process), and one at the end."""
    random = Random(0)
    nodes: list[tuple[int, ...]] = [()] * width
    for layer in range(1, layers):
        above = range((layer - 1) * width, layer * width)
        nodes.extend(tuple(random.sample(above, inputs)) for _ in range(width))
    return (*nodes, tuple(range((layers - 1) * width, layers * width)))


def ten_nodes() -> Graph:
    """A small workflow as a service has them: it branches out, comes together and goes on in two lines."""
    return ((), (0,), (0,), (0,), (1, 2), (2, 3), (4,), (5,), (6, 7), (8,))
