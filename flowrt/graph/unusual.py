"""What the edges of a node make of it, where that is not what most nodes are."""

from collections.abc import Mapping, Sequence

from flowrt.definition.model import WAIT_FOR_ALL, Node
from flowrt.graph.edges import PlanEdges
from flowrt.graph.node_kind import Standing
from flowrt.graph.wiring import Wiring
from flowrt.typing import BoundStep


def find_unusual(
    nodes: Sequence[Node], steps: Sequence[BoundStep], wiring: Wiring, edges: PlanEdges
) -> Mapping[int, Standing]:
    """Return what is not `USUAL`, by the numbers of nodes.

    Args:
        nodes: All nodes, by number.
        steps: Their steps.
        wiring: Where their edges lead.
        edges: The same, with the conditions and handles.
    """
    joins = [number for number, node in enumerate(nodes) if node.join is not WAIT_FOR_ALL]
    not_all = {number for number in joins if nodes[number].join.rule != "all"}
    can_rescue = _fed_by_ports(wiring)
    keeps = can_rescue.union(not_all, [number for number in joins if nodes[number].join.within is not None])
    not_plain = _not_plain(wiring, edges, keeps)
    dispensable = _dispensable(wiring, not_all)
    gets_values = _gets_values(wiring, steps)
    return {
        number: Standing(
            keeps_tokens=number in keeps,
            can_rescue=number in can_rescue,
            is_plain=number not in not_plain,
            is_dispensable=number in dispensable,
            is_fed=bool(wiring.missing[number]),
            gets_values=number in gets_values,
        )
        for number in {*joins, *can_rescue, *not_plain, *dispensable, *gets_values}
    }


def _fed_by_ports(wiring: Wiring) -> set[int]:
    count = len(wiring.order)
    todo = [target for port in range(len(wiring.ports)) for target in wiring.following[count + port]]
    found: set[int] = set()
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += wiring.following[node]
    return found


def _not_plain(wiring: Wiring, edges: PlanEdges, keeps: set[int]) -> set[int]:
    found = {wiring.node_of(wiring.sources[edge]) for edge in (*edges.conditions, *edges.handles)}
    found.update(number for number, _ in wiring.ports)
    if keeps:
        ends = zip(wiring.sources, wiring.targets, strict=True)
        found.update(wiring.node_of(source) for source, target in ends if target in keeps)
    return found


def _dispensable(wiring: Wiring, not_all: set[int]) -> set[int]:
    if not not_all:
        return set()
    rows = ((number, wiring.following[number]) for number in range(len(wiring.order)))
    return {number for number, targets in rows if targets and not_all.issuperset(targets)}


def _gets_values(wiring: Wiring, steps: Sequence[BoundStep]) -> set[int]:
    takes_record = [step.arguments is None for step in steps]
    if all(takes_record) or not any(takes_record):
        return set()
    ends = zip(wiring.sources, wiring.targets, strict=True)
    return {target for source, target in ends if takes_record[target] and not takes_record[wiring.node_of(source)]}
