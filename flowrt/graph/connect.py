"""The edges and ports of a plan's nodes, and what the kernel asks of them at every firing."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from flowrt.definition.model import Edge
from flowrt.graph.plan import FAILURE, SUCCESS, PlanEdge, PlanNode, by_last_edge
from flowrt.policies import OnError


def connect(
    nodes: Sequence[PlanNode], edges: Sequence[Edge], sources: Sequence[PlanNode], targets: Sequence[PlanNode]
) -> tuple[PlanNode, ...]:
    """Make the edges between nodes, and return the ports, at which `failure` and `always` edges begin.

    Args:
        nodes: The nodes in topological order.
        edges: The edges as the definition has them.
        sources: The node at which each begins.
        targets: The node at which each ends.
    """
    incoming: list[list[PlanEdge]] = [[] for _ in nodes]
    outgoing: list[list[PlanEdge]] = [[] for _ in nodes]
    ports: list[PlanNode] = []
    for index, (edge, node, target) in enumerate(zip(edges, sources, targets, strict=True)):
        source = node
        if edge.on != SUCCESS:
            source = _port_of(node, edge.on) or _add_port(node, edge.on, len(outgoing))
            if source.index == len(outgoing):
                ports.append(source)
                outgoing.append([])
        handle = None if source.handles is None else edge.source_handle
        condition = None if edge.condition is None else _condition(edge.condition, source)
        made = PlanEdge(index, source, target, handle, condition)
        incoming[target.index].append(made)
        outgoing[source.index].append(made)
    for node in nodes:
        node.incoming = tuple(incoming[node.index])
        node.outgoing = tuple(outgoing[node.index])
    for port in ports:
        port.incoming = nodes[port.rank].incoming if port.takes_record else ()
        port.outgoing = tuple(outgoing[port.index])
    return tuple(ports)


def _port_of(node: PlanNode, kind: str) -> PlanNode | None:
    return node.failure_port if kind == FAILURE else node.always_port


def _add_port(node: PlanNode, kind: str, index: int) -> PlanNode:
    port = _port(node, kind, index)
    node.ports = (*node.ports, port)
    if kind == FAILURE:
        node.failure_port = port
    else:
        node.always_port = port
    return port


def _port(node: PlanNode, kind: str, index: int) -> PlanNode:
    port = PlanNode()
    port.index = index
    port.rank = node.rank
    port.id = node.id
    port.type = kind
    port.is_port = True
    port.takes_record = node.takes_record
    port.emits_only_produced = port.gets_outcomes = False
    port.ports = ()
    port.output_key = port.handles = port.failure_port = port.always_port = None
    port.join = "all"
    port.within_seconds = port.otherwise = None
    port.policy = node.policy
    port.cancels_losers = False
    return port


def _condition(text: str, source: PlanNode) -> Callable[[Any], bool]:
    from flowrt.definition.expressions import compile_expression  # noqa: PLC0415 - the library is loaded when used

    reads = compile_expression(text).holds
    if source.takes_record:
        return reads
    if source.is_port:
        return lambda sent: reads(sent.as_record())
    return lambda value: reads({"value": msgspec.to_builtins(value)})


def finish(node: PlanNode) -> None:
    """Derive what the kernel asks at every firing from the edges of a node or port, after those of its sources."""
    sources = node.sources = by_last_edge(node.incoming)
    for port in node.ports:
        finish(port)
    node.can_rescue = False
    for source in sources:
        if source.is_port or source.can_rescue:
            node.can_rescue = True
    join, otherwise, takes_record = node.join, node.otherwise, node.takes_record
    node.keeps_tokens = join != "all" or node.within_seconds is not None or node.can_rescue
    settles = join == "all_settled" or otherwise == "all_settled"
    node.gets_outcomes = settles and takes_record and bool(node.incoming) and not node.is_port
    is_as_it_is = not (node.emits_only_produced or node.gets_outcomes) and node.output_key is None
    node.adds_to_record = takes_record and is_as_it_is


def finish_targets(node: PlanNode) -> None:
    """Derive the rest, which depends on what was derived of a node's targets."""
    node.plain_targets = None if node.ports else _plain_targets(node)
    node.on_error = node.policy.on_error or _default_on_error(node)


def _plain_targets(node: PlanNode) -> tuple[int, ...] | None:
    targets: list[int] = []
    for edge in node.outgoing:
        target = edge.target
        if edge.handle is not None or edge.condition is not None or target.keeps_tokens:
            return None
        targets.append(target.index)
    return tuple(targets)


def _default_on_error(node: PlanNode) -> OnError:
    for edge in node.outgoing:
        if edge.target.join == "all":
            return "fail"
    return "continue" if node.outgoing else "fail"
