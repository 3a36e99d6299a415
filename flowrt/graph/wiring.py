"""Where the edges of a definition lead, as numbers: a plan is made from these, without an object for each edge."""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import le, lt
from typing import NamedTuple

from flowrt.definition.model import Edge, Node
from flowrt.graph.ordering import topological_order
from flowrt.graph.plan import SUCCESS
from flowrt.graph.rows import Rows, grouped, numbers_of

MAX_BYTE = 255


class Wiring(NamedTuple):
    """The edges between nodes that have numbers, in topological order; ports have the numbers after those."""

    order: Sequence[int]
    """The places of the nodes in the definition."""
    numbers: dict[str, int]
    """By id: the number of a node."""
    sources: "array[int]"
    """By edge: the number of the node or port at which it begins."""
    targets: "array[int]"
    """By edge: the number of the node at which it ends."""
    special: Sequence[int]
    """The edges that have a condition or a handle, or begin at a port."""
    ports: Sequence[tuple[int, str]]
    """By port: the number of its node, and at what end of that its edges carry a value."""
    following: Rows
    """By node or port: the targets of its edges."""
    missing: bytearray | list[int]
    """By node: how many edges lead to it."""

    def node_of(self, number: int) -> int:
        """Return the number of a node, or of the node that has the port of that number."""
        count = len(self.order)
        return number if number < count else self.ports[number - count][0]

    def first(self) -> list[int]:
        """Return the numbers of the nodes to which no edge leads."""
        return [number for number, count in enumerate(self.missing) if not count]

    def last(self) -> list[int]:
        """Return the numbers of the nodes at which no `success` edge begins."""
        starts = self.following.starts
        return [number for number in range(len(self.order)) if starts[number] == starts[number + 1]]

    def feeding(self) -> Rows:
        """Return the nodes and ports at which the edges begin that end at a node, by its number."""
        if all(map(le, self.targets, self.targets[1:])):
            return Rows(self.sources, numbers_of(accumulate(self.missing, initial=0)))
        return grouped(self.targets, self.sources, self.missing)


def wire(nodes: Sequence[Node], edges: Sequence[Edge]) -> Wiring:
    """Number nodes, and find what their edges lead to.

    Args:
        nodes: The nodes of a sound definition.
        edges: Its edges.
    """
    order: Sequence[int] = range(len(nodes))
    numbers = {node.id: place for place, node in enumerate(nodes)}
    sources, targets = _ends(numbers, edges)
    if not all(map(lt, sources, targets)):
        sizes, missing = _sizes(sources, targets, len(nodes), 0)
        order = topological_order(missing, grouped(sources, targets, sizes))
        numbers = {nodes[place].id: number for number, place in enumerate(order)}
        sources, targets = _ends(numbers, edges)
    special = [
        index
        for index, edge in enumerate(edges)
        if edge.on != SUCCESS or edge.condition is not None or edge.source_handle is not None
    ]
    ports = _begin_at_ports(edges, special, sources, len(nodes))
    sizes, missing = _sizes(sources, targets, len(nodes), len(ports))
    following = grouped(sources, targets, sizes)
    return Wiring(order, numbers, sources, targets, special, ports, following, missing)


def _ends(numbers: dict[str, int], edges: Sequence[Edge]) -> "tuple[array[int], array[int]]":
    return numbers_of([numbers[edge.source] for edge in edges]), numbers_of([numbers[edge.target] for edge in edges])


def _sizes(
    sources: Sequence[int], targets: Sequence[int], nodes: int, ports: int
) -> tuple[list[int], bytearray | list[int]]:
    """Return how many edges begin at each node or port, and how many end at each node; bytes where they suffice."""
    outgoing, incoming = [0] * (nodes + ports), [0] * nodes
    for source, target in zip(sources, targets, strict=True):
        outgoing[source] += 1
        incoming[target] += 1
    return outgoing, bytearray(incoming) if max(incoming, default=0) <= MAX_BYTE else incoming


def _begin_at_ports(
    edges: Sequence[Edge], special: Sequence[int], sources: "array[int]", count: int
) -> list[tuple[int, str]]:
    """Let the `failure` and `always` edges begin at ports; return these."""
    ports: dict[tuple[int, str], int] = {}
    for index in special:
        if edges[index].on != SUCCESS:
            sources[index] = ports.setdefault((sources[index], edges[index].on), count + len(ports))
    return list(ports)
