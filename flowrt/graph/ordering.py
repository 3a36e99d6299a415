"""The order of a plan's nodes, and the order in which they fire."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowrt.graph.rows import Rows


def topological_order(missing: Sequence[int], following: "Rows") -> list[int]:
    """Return the places of nodes so that each comes after those that feed it.

    Among nodes that become free together the order in which they stand is kept (Kahn's algorithm).

    Args:
        missing: By node: how many edges lead to it.
        following: By node: the targets of its edges.
    """
    left = list(missing)
    free = deque([place for place, count in enumerate(left) if not count])
    order: list[int] = []
    while free:
        place = free.popleft()
        order.append(place)
        for target in following[place]:
            left[target] -= 1
            if not left[target]:
                free.append(target)
    return order


def firing_order(missing: bytearray | list[int], following: "Rows") -> list[int]:
    """Return all nodes as they fire where no step suspends and every edge carries a value.

    A worker goes on with the first node that a firing makes ready, and the others wait in line.

    Args:
        missing: By node: for how many tokens it waits.
        following: By node: the targets of its edges.
    """
    left, numbers, starts = missing.copy(), following.numbers, following.starts
    order: list[int] = []
    ready = deque([node for node, count in enumerate(left) if not count])
    while ready:
        node: int | None = ready.popleft()
        while node is not None:
            order.append(node)
            targets, node = numbers[starts[node] : starts[node + 1]], None
            for target in targets:
                left[target] = count = left[target] - 1
                if count:
                    continue
                if node is None:
                    node = target
                else:
                    ready.append(target)
    return [*order, *[node for node, count in enumerate(left) if count]]
