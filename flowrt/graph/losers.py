"""Which nodes work for nothing once a join has decided."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowrt.graph.plan import PlanNode


def losers_of(join: "PlanNode", kept: "PlanNode | None") -> "tuple[PlanNode, ...]":
    """Return the nodes all of whose `success` edges lead, over whatever nodes, only to a join; the last ones first.

    Args:
        join: The node that has the join.
        kept: A node that is wanted for itself, whatever it feeds.
    """
    found: set[PlanNode] = set()
    leading: Counter[PlanNode] = Counter()
    """How many of a node's edges lead to the join or to a node that was found."""
    todo = [join]
    while todo:
        for edge in todo.pop().incoming:
            source = edge.source
            leading[source] += 1
            if leading[source] == len(source.outgoing) and not source.kind.is_port and source is not kept:
                found.add(source)
                todo.append(source)
    return tuple(sorted(found, key=lambda node: -node.rank))
