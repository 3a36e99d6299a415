"""What came over the edges of a node that passes it on."""

from collections.abc import Callable, Iterator
from typing import Any

from flowrt.definition.arguments import Gives
from flowrt.graph.edges import PlanEdge
from flowrt.graph.flow import Flow
from flowrt.graph.joins import Token
from flowrt.graph.plan import PlanNode
from flowrt.outcomes import NodeOutcome


def arrived(node: PlanNode, gives: Gives) -> Callable[[Flow], Any]:
    """Return what gets the values or outcomes that a node was fired with, in the order of its edges."""
    if gives == "value":
        return lambda flow: next(_values(node, flow), None)
    if gives == "values":
        return lambda flow: list(_values(node, flow))
    return lambda flow: list(_outcomes(node, flow))


def _values(node: PlanNode, flow: Flow) -> Iterator[Any]:
    came = {*flow.sources_of(node)}
    return (flow.sent[edge.source.index] for edge in node.incoming if edge.source in came)


def _outcomes(node: PlanNode, flow: Flow) -> Iterator[NodeOutcome]:
    tokens = flow.inboxes.get(node.index, {})
    default = None if node.keeps_tokens else Token.VALUE  # where not all are kept, what is missing was a value
    carried = ((edge, tokens.get(edge.index, default)) for edge in node.incoming)
    return (_outcome(flow, edge, token) for edge, token in carried if token is not None)


def _outcome(flow: Flow, edge: PlanEdge, token: Token) -> NodeOutcome:
    match token:
        case Token.VALUE:
            return NodeOutcome(outcome="completed", value=flow.produced_by(edge.source))
        case Token.FAILED:
            return NodeOutcome(outcome="failed", error=(flow.failures or {}).get(edge.source.index))
        case Token.CANCELLED:
            return NodeOutcome(outcome="cancelled")
        case Token.SKIPPED:
            return NodeOutcome(outcome="skipped")
