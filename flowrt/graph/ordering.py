"""The order of a plan's nodes."""

from collections import deque
from collections.abc import Sequence

from flowrt.graph.plan import PlanNode


def topological_order(nodes: Sequence[PlanNode], sources: Sequence[PlanNode], targets: Sequence[PlanNode]) -> list[int]:
    """Return the places of nodes so that each comes after those that feed it.

    The order in which they stand is kept where every edge leads on in it. Otherwise it holds among nodes that become
    free together (Kahn's algorithm).

    Args:
        nodes: The nodes; the index of each is its place.
        sources: Where the edges begin.
        targets: Where they end, edge by edge.
    """
    if all(source.index < target.index for source, target in zip(sources, targets, strict=True)):
        return list(range(len(nodes)))
    missing = [0] * len(nodes)
    following: list[list[int]] = [[] for _ in nodes]
    for source, target in zip(sources, targets, strict=True):
        missing[target.index] += 1
        following[source.index].append(target.index)
    free = deque(place for place, count in enumerate(missing) if not count)
    order: list[int] = []
    while free:
        place = free.popleft()
        order.append(place)
        for target_place in following[place]:
            missing[target_place] -= 1
            if not missing[target_place]:
                free.append(target_place)
    return order
