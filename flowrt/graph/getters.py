"""Where one argument of a firing comes from, as a function of the execution's flow."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, TypeAlias

from flowrt.definition.arguments import (
    Arrived,
    Constant,
    DictOf,
    FromFailure,
    FromInput,
    FromNode,
    FromOutcome,
    ListOf,
)
from flowrt.graph.arrivals import arrived
from flowrt.graph.flow import Flow
from flowrt.graph.fresh import fresh, is_shareable
from flowrt.graph.plan import PlanNode

Getter: TypeAlias = Callable[[Flow], Any]


class NoValueError(Exception):
    """What a node can't do without has no value, so it is skipped."""


def getter(node: PlanNode, argument: Any, nodes: Mapping[str, PlanNode]) -> Getter:
    """Return what gets an argument of a node, or raises `NoValueError` where there is none."""
    match argument:
        case FromInput(name):
            return lambda flow: flow.input[name]
        case Arrived(gives):
            return arrived(node, gives)
        case Constant(value):
            return _constant(value)
        case ListOf(items):
            return _list_of(node, items, nodes)
        case DictOf(entries):
            named = {key: getter(node, entry, nodes) for key, entry in entries.items()}
            return lambda flow: {key: get(flow) for key, get in named.items()}
        case _:
            return _from(node, _source(argument, nodes))


def _source(argument: Any, nodes: Mapping[str, PlanNode]) -> PlanNode:
    """Return the node or port that an argument comes from."""
    source: PlanNode | None = None
    match argument:
        case FromNode(node_id):
            source = nodes[node_id]
        case FromFailure(node_id):
            source = nodes[node_id].failure_port
        case FromOutcome(node_id):
            source = nodes[node_id].always_port
        case _:
            pass
    if source is None:
        raise TypeError(argument)
    return source


def _from(node: PlanNode, source: PlanNode) -> Getter:
    index = source.index

    def get(flow: Flow) -> Any:
        if source in flow.sources_of(node):
            return flow.sent[index]
        raise NoValueError

    return get


def _list_of(node: PlanNode, items: tuple[Any, ...], nodes: Mapping[str, PlanNode]) -> Getter:
    """Return a getter of a list; whether the results of many nodes came is looked up for all of them at once."""
    if not all(isinstance(item, FromNode) for item in items):
        getters = [getter(node, item, nodes) for item in items]
        return lambda flow: [get(flow) for get in getters]
    sources = [_source(item, nodes) for item in items]

    def get(flow: Flow) -> Any:
        if not {*flow.sources_of(node)}.issuperset(sources):
            raise NoValueError
        sent = flow.sent
        return [sent[source.index] for source in sources]

    return get


def _constant(value: Any) -> Getter:
    """Return a getter of a value that stands in the workflow: a copy for each firing, if one could change it."""
    return (lambda _flow: value) if is_shareable(value) else (lambda _flow: fresh(value))


def quick_getter(argument: Any, nodes: Mapping[str, PlanNode]) -> Getter:
    """Return a getter for when every node so far ended with a value.

    Args:
        argument: The argument.
        nodes: All nodes, by id.
    """
    match argument:
        case FromNode(source):
            index = nodes[source].index
            return lambda flow: flow.sent[index]
        case ListOf([FromNode(), FromNode(), *_] as items) if all(isinstance(item, FromNode) for item in items):
            pick = itemgetter(*[nodes[item.node].index for item in items])
            return lambda flow: list(pick(flow.sent))
        case ListOf(items):
            getters = [quick_getter(item, nodes) for item in items]
            return lambda flow: [get(flow) for get in getters]
        case DictOf(entries):
            named = {key: quick_getter(entry, nodes) for key, entry in entries.items()}
            return lambda flow: {key: get(flow) for key, get in named.items()}
        case FromInput(name):
            return lambda flow: flow.input[name]
        case _:
            return _constant(argument.value)
