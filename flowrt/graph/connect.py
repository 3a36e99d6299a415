"""The edges and ports of a plan's nodes, and what the kernel asks of them at every firing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from flowrt.definition.model import Edge
from flowrt.graph.plan import FAILURE, SUCCESS, PlanEdge, PlanNode, by_last_edge
from flowrt.policies import OnError


def make_ports(nodes: Mapping[str, PlanNode], edges: Sequence[Edge]) -> tuple[PlanNode, ...]:
    """Make the ports at which `failure` and `always` edges begin."""
    ports: list[PlanNode] = []
    for edge in edges:
        node = nodes[edge.source]
        if _port_of(node, edge.on) is node and edge.on != SUCCESS:
            port = _port(node, edge.on, len(nodes) + len(ports))
            ports.append(port)
            node.ports = (*node.ports, port)
            if edge.on == FAILURE:
                node.failure_port = port
            else:
                node.always_port = port
    return tuple(ports)


def _port_of(node: PlanNode, on: str) -> PlanNode:
    """Return where the edges of a kind begin: at a port, or at the node itself."""
    return next((port for port in node.ports if port.type == on), node)


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


def connect(nodes: Mapping[str, PlanNode], edges: Sequence[Edge]) -> None:
    """Make the edges between nodes; those of ports begin at the ports."""
    incoming: dict[PlanNode, list[PlanEdge]] = {node: [] for node in nodes.values()}
    outgoing: dict[PlanNode, list[PlanEdge]] = {}
    for index, edge in enumerate(edges):
        source = _port_of(nodes[edge.source], edge.on)
        made = PlanEdge(
            index=index,
            source=source,
            target=nodes[edge.target],
            handle=edge.source_handle if source.handles is not None else None,
            condition=_condition(edge.condition, source),
        )
        incoming[made.target].append(made)
        outgoing.setdefault(source, []).append(made)
    for node in nodes.values():
        node.incoming = tuple(incoming[node])
        node.outgoing = tuple(outgoing.get(node, ()))
        for port in node.ports:
            port.incoming = node.incoming if node.takes_record else ()
            port.outgoing = tuple(outgoing[port])


def _condition(text: str | None, source: PlanNode) -> Callable[[Any], bool] | None:
    if text is None:
        return None
    from flowrt.definition.expressions import compile_expression  # noqa: PLC0415 - the library is loaded when used

    reads = compile_expression(text).holds
    if source.takes_record:
        return reads
    if source.is_port:
        return lambda sent: reads(sent.as_record())
    return lambda value: reads({"value": msgspec.to_builtins(value)})


def finish(node: PlanNode) -> None:
    """Derive what the kernel asks at every firing from the edges of a node or port, after those of its sources."""
    node.sources = by_last_edge(node.incoming)
    for port in node.ports:
        finish(port)
    node.can_rescue = any(source.is_port or source.can_rescue for source in node.sources)
    node.keeps_tokens = node.join != "all" or node.within_seconds is not None or node.can_rescue
    settles = "all_settled" in {node.join, node.otherwise}
    node.gets_outcomes = not node.is_port and node.takes_record and settles and bool(node.incoming)
    is_as_it_is = not (node.emits_only_produced or node.gets_outcomes) and node.output_key is None
    node.adds_to_record = node.takes_record and is_as_it_is


def finish_targets(node: PlanNode) -> None:
    """Derive the rest, which depends on what was derived of a node's targets."""
    is_plain = not node.ports and all(
        edge.handle is None and edge.condition is None and not edge.target.keeps_tokens for edge in node.outgoing
    )
    node.plain_targets = tuple(edge.target for edge in node.outgoing) if is_plain else None
    node.on_error = node.policy.on_error or _default_on_error(node)


def _default_on_error(node: PlanNode) -> OnError:
    does_without = bool(node.outgoing) and all(edge.target.join != "all" for edge in node.outgoing)
    return "continue" if does_without else "fail"
