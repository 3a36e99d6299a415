"""The order in which the nodes of a plan fire if every step returns a value at once."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowrt.graph.plan import Plan, PlanNode


def firing_order_of(plan: "Plan") -> "tuple[PlanNode, ...] | None":
    """Return all nodes in that order; `None` if it depends on what they return."""
    is_settled = all(node.plain_targets is not None for node in plan.by_index)
    return tuple(plan.by_index) if is_settled else None


def count_values(
    node: "PlanNode", nodes: "Sequence[PlanNode]", missing: bytearray | list[int], ready: "deque[PlanNode]"
) -> "PlanNode | None":
    """Count a value for each plain target of a node; the first that becomes ready, the others go to `ready`."""
    following = None
    for index in node.plain_targets or ():
        missing[index] -= 1
        if not missing[index] and following is None:
            following = nodes[index]
        elif not missing[index]:
            ready.append(nodes[index])
    return following
