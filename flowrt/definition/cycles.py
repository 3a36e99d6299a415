"""Finding the cycles of a graph."""

import operator
from collections import deque
from collections.abc import Iterable, Iterator, Sequence


def find_cycles(node_count: int, sources: Sequence[int], targets: Sequence[int]) -> list[list[int]]:
    """Return one cycle per strongly connected component, as the indices of its edges in order.

    Each is a shortest cycle through the component's first node and begins there; an edge from a node to itself is a
    cycle of its own. Takes time and memory in proportion to nodes and edges, and no recursion.

    Args:
        node_count: Nodes are numbered from 0.
        sources: The source of each edge.
        targets: The target of each edge.
    """
    loops = [[edge] for edge, (source, target) in enumerate(zip(sources, targets, strict=True)) if source == target]
    if all(map(operator.le, sources, targets)):
        return loops  # the nodes stand in topological order
    outgoing = _outgoing(node_count, sources, targets)
    remaining = _unordered(outgoing, targets)
    components = _components(remaining, outgoing, targets)
    return loops + [_shortest_cycle(min(members), set(members), outgoing, targets) for members in components]


def _outgoing(node_count: int, sources: Sequence[int], targets: Sequence[int]) -> list[list[int]]:
    outgoing: list[list[int]] = [[] for _ in range(node_count)]
    for edge, source in enumerate(sources):
        if source != targets[edge]:
            outgoing[source].append(edge)
    return outgoing


def _unordered(outgoing: list[list[int]], targets: Sequence[int]) -> list[int]:
    """Return the nodes on cycles or behind them: those that a topological order can't reach (Kahn's algorithm)."""
    missing = [0] * len(outgoing)
    for edges in outgoing:
        for edge in edges:
            missing[targets[edge]] += 1
    free = [node for node, count in enumerate(missing) if not count]
    while free:
        for edge in outgoing[free.pop()]:
            target = targets[edge]
            missing[target] -= 1
            if not missing[target]:
                free.append(target)
    return [node for node, count in enumerate(missing) if count]


def _components(nodes: Iterable[int], outgoing: list[list[int]], targets: Sequence[int]) -> list[list[int]]:
    """Return the strongly connected components of more than one node (Tarjan's algorithm with its own stack)."""
    search = _Tarjan(outgoing, targets)
    for node in nodes:
        if node not in search.order:
            search.visit(node)
    return search.components


class _Tarjan:
    def __init__(self, outgoing: list[list[int]], targets: Sequence[int]) -> None:
        self.components: list[list[int]] = []
        self.order: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._open: list[int] = []
        self._is_open: set[int] = set()
        self._outgoing = outgoing
        self._targets = targets

    def visit(self, root: int) -> None:
        work = [self._enter(root)]
        while work:
            node, edges = work[-1]
            for edge in edges:
                target = self._targets[edge]
                if target not in self.order:
                    work.append(self._enter(target))
                    break
                if target in self._is_open:
                    self._low[node] = min(self._low[node], self.order[target])
            else:
                work.pop()
                self._leave(node)
                if work:
                    parent = work[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[node])

    def _enter(self, node: int) -> tuple[int, Iterator[int]]:
        self.order[node] = self._low[node] = len(self.order)
        self._open.append(node)
        self._is_open.add(node)
        return node, iter(self._outgoing[node])

    def _leave(self, node: int) -> None:
        if self._low[node] != self.order[node]:
            return
        component = [self._open.pop()]
        while component[-1] != node:
            component.append(self._open.pop())
        self._is_open.difference_update(component)
        if len(component) > 1:
            self.components.append(component)


def _shortest_cycle(start: int, members: set[int], outgoing: list[list[int]], targets: Sequence[int]) -> list[int]:
    came_by: dict[int, tuple[int, int]] = {}
    waiting = deque([start])
    while True:  # ends at the start, which every node of a component leads to
        node = waiting.popleft()
        for edge in outgoing[node]:
            target = targets[edge]
            if target == start:
                return _trace(start, node, edge, came_by)
            if target in members and target not in came_by:
                came_by[target] = (node, edge)
                waiting.append(target)


def _trace(start: int, last: int, closing_edge: int, came_by: dict[int, tuple[int, int]]) -> list[int]:
    edges = [closing_edge]
    while last != start:
        last, edge = came_by[last]
        edges.append(edge)
    return edges[::-1]
