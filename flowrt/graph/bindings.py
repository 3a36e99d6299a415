"""How a node's step is called: with its record, or with arguments from other nodes' results."""

import inspect
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin

from flowrt.definition.arguments import Constant, DictOf, FromInput, FromNode, ListOf
from flowrt.definition.signature import FunctionSignature
from flowrt.graph.flow import Flow
from flowrt.graph.fresh import fresh, is_shareable
from flowrt.graph.plan import PlanNode
from flowrt.typing import BoundStep

Getter: TypeAlias = Callable[[Flow], Any]


class NoValueError(Exception):
    """A required parameter is bound to a node that ended without a value, so this one is skipped."""


def _differs(sent: list[Any], record: Any, others: list[int]) -> bool:
    """Say whether a node sent another record than this very one."""
    for index in others:  # noqa: SIM110 - a generator costs more than the loop
        if sent[index] is not record:
            return True
    return False


def bind_record(node: PlanNode, call: Callable[..., Any]) -> Getter:
    """Return the invocation of a step that takes its node's record."""
    index = node.index
    if not node.sources:

        def invoke(flow: Flow) -> Any:
            flow.records[index] = flow.input
            return call(flow.input)

    elif node.gets_outcomes or not all(source.takes_record for source in node.sources):

        def invoke(flow: Flow) -> Any:
            return call(flow.record_for(node))

    else:
        first, *others = [source.index for source in node.sources]

        def invoke(flow: Flow) -> Any:
            sent = flow.sent
            record = sent[first]
            if others and (flow.inboxes or _differs(sent, record, others)):
                return call(flow.record_for(node))
            flow.records[index] = record
            return call(record)

    return invoke


def bind_arguments(node: PlanNode, step: BoundStep, nodes: Mapping[str, PlanNode], *, always_values: bool) -> Getter:
    """Return the invocation of a step whose parameters are wired to inputs, constants and other nodes' results.

    Args:
        node: The node.
        step: Its step, with `arguments`.
        nodes: All nodes, by id.
        always_values: Nothing in the plan can end without a value, but by failing the execution.
    """
    arguments = step.arguments or {}
    parameters = list(inspect.signature(step.call).parameters.values())
    wired = [parameter for parameter in parameters if parameter.name in arguments]
    wires = [Wire(step.call, parameter, _getter(node, arguments[parameter.name], nodes)) for parameter in wired]
    careful = _careful(step.call, wires)
    if wired != parameters[: len(wired)] or any(p.kind is p.KEYWORD_ONLY for p in wired):
        return careful
    quick = _quick(step.call, [arguments[p.name] for p in wired], nodes)
    if always_values:
        return quick

    def invoke(flow: Flow) -> Any:
        return careful(flow) if flow.inboxes else quick(flow)

    return invoke


def _quick(call: Callable[..., Any], arguments: list[Any], nodes: Mapping[str, PlanNode]) -> Getter:
    """Return the invocation for when every node so far ended with a value; what is common has no loop."""
    match arguments:
        case []:
            return lambda _flow: call()
        case [FromNode(source)]:
            index = nodes[source].index
            return lambda flow: call(flow.sent[index])
        case [FromNode(source), FromNode(other)]:
            first, second = nodes[source].index, nodes[other].index
            return lambda flow: call(flow.sent[first], flow.sent[second])
        case [FromNode(), *_] if all(isinstance(argument, FromNode) for argument in arguments):
            pick = itemgetter(*[nodes[argument.node].index for argument in arguments])
            return lambda flow: call(*pick(flow.sent))
        case [one]:
            get = _quick_getter(one, nodes)
            return lambda flow: call(get(flow))
        case _:
            getters = [_quick_getter(argument, nodes) for argument in arguments]
            return lambda flow: call(*[getter(flow) for getter in getters])


def _constant(value: Any) -> Getter:
    """Return a getter of a value that stands in the workflow: a copy for each firing, if one could change it."""
    return (lambda _flow: value) if is_shareable(value) else (lambda _flow: fresh(value))


def _quick_getter(argument: Any, nodes: Mapping[str, PlanNode]) -> Getter:
    """Return a getter for when every node so far ended with a value."""
    match argument:
        case FromNode(source):
            index = nodes[source].index
            return lambda flow: flow.sent[index]
        case ListOf([FromNode(), FromNode(), *_] as items) if all(isinstance(item, FromNode) for item in items):
            pick = itemgetter(*[nodes[item.node].index for item in items])
            return lambda flow: list(pick(flow.sent))
        case ListOf(items):
            getters = [_quick_getter(item, nodes) for item in items]
            return lambda flow: [getter(flow) for getter in getters]
        case DictOf(entries):
            named = {key: _quick_getter(entry, nodes) for key, entry in entries.items()}
            return lambda flow: {key: getter(flow) for key, getter in named.items()}
        case FromInput(name):
            return lambda flow: flow.input[name]
        case _:
            return _constant(argument.value)


class Wire:
    """How one parameter gets its value when nodes that feed this one may have ended without one."""

    __slots__ = ("_default", "_get", "is_positional", "name")

    def __init__(self, call: Callable[..., Any], parameter: inspect.Parameter, get: Getter) -> None:
        self.name = parameter.name
        self.is_positional = parameter.kind is parameter.POSITIONAL_ONLY
        self._get = get
        self._default: Any = parameter.default
        if parameter.default is parameter.empty and _accepts_none(FunctionSignature(call).type_of(parameter.name)):
            self._default = None

    def value(self, flow: Flow) -> Any:
        """Return the parameter's value.

        Raises:
            NoValueError: There is none, and no default either.
        """
        try:
            return self._get(flow)
        except NoValueError:
            if self._default is inspect.Parameter.empty:
                raise
            return self._default


def _careful(call: Callable[..., Any], wires: list[Wire]) -> Getter:
    """Return the invocation for when some of the nodes that feed this one ended without a value."""

    def invoke(flow: Flow) -> Any:
        positional = [wire.value(flow) for wire in wires if wire.is_positional]
        named = {wire.name: wire.value(flow) for wire in wires if not wire.is_positional}
        return call(*positional, **named)

    return invoke


def _accepts_none(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType} and NoneType in get_args(annotation)


def _getter(node: PlanNode, argument: Any, nodes: Mapping[str, PlanNode]) -> Getter:
    match argument:
        case FromInput(name):
            return lambda flow: flow.input[name]
        case FromNode(source_id):
            return _from_node(node, nodes[source_id])
        case Constant(value):
            return _constant(value)
        case ListOf(items):
            getters = [_getter(node, item, nodes) for item in items]
            return lambda flow: [getter(flow) for getter in getters]
        case DictOf(entries):
            named = {key: _getter(node, entry, nodes) for key, entry in entries.items()}
            return lambda flow: {key: getter(flow) for key, getter in named.items()}
        case _:
            raise TypeError(argument)


def _from_node(node: PlanNode, source: PlanNode) -> Getter:
    index = source.index

    def get(flow: Flow) -> Any:
        if flow.has_value(node, source):
            return flow.sent[index]
        raise NoValueError

    return get
