"""The edges and the ports of a plan."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from flowrt.definition.model import Edge
from flowrt.graph.edges import PlanEdges
from flowrt.graph.node_kind import port_kind
from flowrt.graph.plan import FAILURE, PlanNode
from flowrt.graph.wiring import Wiring
from flowrt.typing import BoundStep


def edges_of(wiring: Wiring, edges: Sequence[Edge], steps: Sequence[BoundStep]) -> PlanEdges:
    """Return the edges of a plan.

    Args:
        wiring: Where they lead.
        edges: The edges as the definition has them.
        steps: The steps of the nodes, by number.
    """
    handles: dict[int, str] = {}
    conditions: dict[int, Callable[[Any], bool]] = {}
    for index in wiring.special:
        edge, number = edges[index], wiring.sources[index]
        step, is_port = steps[wiring.node_of(number)], number >= len(steps)
        if edge.source_handle is not None and step.handles is not None and not is_port:
            handles[index] = edge.source_handle
        if edge.condition is not None:
            conditions[index] = _condition(edge.condition, takes_record=step.arguments is None, is_port=is_port)
    return PlanEdges(wiring.sources, wiring.targets, handles, conditions)


def _condition(text: str, *, takes_record: bool, is_port: bool) -> Callable[[Any], bool]:
    from flowrt.definition.expressions import compile_expression  # noqa: PLC0415 - the library is loaded when used

    reads = compile_expression(text).holds
    if takes_record:
        return reads
    if is_port:
        return lambda sent: reads(sent.as_record())
    return lambda value: reads({"value": msgspec.to_builtins(value)})


def add_ports(nodes: Sequence[PlanNode], wiring: Wiring) -> tuple[PlanNode, ...]:
    """Give nodes the ports at which their `failure` and `always` edges begin, and return these.

    Args:
        nodes: The nodes.
        wiring: Where their edges lead.
    """
    ports: list[PlanNode] = []
    for number, end in wiring.ports:
        node = nodes[number]
        port = PlanNode(len(nodes) + len(ports), node.rank, node.id, port_kind(node.kind, end))
        port.plain_targets = None
        if end == FAILURE:
            node.failure_port = port
        else:
            node.always_port = port
        ports.append(port)
    return tuple(ports)
