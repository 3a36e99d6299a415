"""How a node's step is called: with its record, or with arguments from other nodes' results."""

import inspect
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from flowrt.definition.arguments import Arrived, FromFailure, FromNode, FromOutcome
from flowrt.definition.signature import FunctionSignature
from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter, NoValueError, getter, quick_getter
from flowrt.graph.plan import PlanNode
from flowrt.typing import BoundStep


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
            if others and (flow.tokens.inboxes or _differs(sent, record, others)):
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
    wires = [_wire(step.call, parameter, arguments[parameter.name], node, nodes) for parameter in wired]
    careful = _careful(step.call, wires)
    if node.keeps_tokens or any(isinstance(argument, Arrived) for argument in arguments.values()):
        return careful  # it is about what came and what did not
    if wired != parameters[: len(wired)] or any(p.kind is p.KEYWORD_ONLY for p in wired):
        return careful
    quick = _quick(step.call, [arguments[p.name] for p in wired], nodes)
    if always_values:
        return quick

    def invoke(flow: Flow) -> Any:
        return careful(flow) if flow.tokens.inboxes else quick(flow)

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
            get = quick_getter(one, nodes)
            return lambda flow: call(get(flow))
        case _:
            getters = [quick_getter(argument, nodes) for argument in arguments]
            return lambda flow: call(*[getter(flow) for getter in getters])


def _wire(
    call: Callable[..., Any],
    parameter: inspect.Parameter,
    argument: Any,
    node: PlanNode,
    nodes: Mapping[str, PlanNode],
) -> "Wire":
    is_needed = isinstance(argument, FromFailure | FromOutcome)  # the node is there for it
    return Wire(call, parameter, getter(node, argument, nodes), is_needed=is_needed)


class Wire:
    """How one parameter gets its value when nodes that feed this one may have ended without one."""

    __slots__ = ("_default", "_get", "is_positional", "name")

    def __init__(self, call: Callable[..., Any], parameter: inspect.Parameter, get: Getter, *, is_needed: bool) -> None:
        self.name = parameter.name
        self.is_positional = parameter.kind is parameter.POSITIONAL_ONLY
        self._get = get
        self._default: Any = parameter.default
        if is_needed:
            self._default = parameter.empty
        elif parameter.default is parameter.empty and _accepts_none(FunctionSignature(call).type_of(parameter.name)):
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
