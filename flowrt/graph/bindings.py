"""How a node's step is called: with its record, or with arguments from other nodes' results."""

from collections.abc import Callable, Mapping
from functools import partial
from inspect import Parameter
from operator import itemgetter
from typing import Any

from flowrt.definition.arguments import Arrived, FromFailure, FromNode, FromOutcome
from flowrt.graph.call_shapes import CallShape
from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter, NoValueError, getter, quick_getter
from flowrt.graph.plan import PlanNode


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


def bind_arguments(
    node: PlanNode,
    arguments: Mapping[str, Any],
    shape: CallShape,
    nodes: Mapping[str, PlanNode],
    *,
    expects_values: bool,
) -> Getter:
    """Return the invocation of a step whose parameters are wired to inputs, constants and other nodes' results.

    Args:
        node: The node.
        arguments: Where its arguments come from.
        shape: What its step is and takes.
        nodes: All nodes, by id.
        expects_values: Nothing in the plan ends without a value, unless it is cancelled or fails the execution.
    """
    ordered = shape.by_position(arguments)
    if ordered is None or node.keeps_tokens or Arrived in map(type, ordered):
        return _careful(node, arguments, shape, nodes)  # the last two are about what came and what did not
    careful: Getter
    if expects_values:  # made when it is needed: in a large plan these would weigh most
        careful = partial(_call_carefully, node, arguments, shape, nodes)
    else:
        careful = _careful(node, arguments, shape, nodes)
    return _quick(shape.call, ordered, nodes, careful)


def _quick(call: Callable[..., Any], arguments: list[Any], nodes: Mapping[str, PlanNode], careful: Getter) -> Getter:
    """Return the invocation that is careful once a node ended without a value; what is common has no loop."""
    if not arguments:
        return lambda _flow: call()
    if set(map(type, arguments)) == {FromNode}:
        return _from_nodes(call, [nodes[argument.node].index for argument in arguments], careful)
    if len(arguments) == 1:
        get = quick_getter(arguments[0], nodes)
        return lambda flow: careful(flow) if flow.inboxes else call(get(flow))
    getters = [quick_getter(argument, nodes) for argument in arguments]
    return lambda flow: careful(flow) if flow.inboxes else call(*[getter(flow) for getter in getters])


def _from_nodes(call: Callable[..., Any], indices: list[int], careful: Getter) -> Getter:
    match indices:
        case [index]:
            return lambda flow: careful(flow) if flow.inboxes else call(flow.sent[index])
        case [first, second]:
            return lambda flow: careful(flow) if flow.inboxes else call(flow.sent[first], flow.sent[second])
        case _:
            pick = itemgetter(*indices)
            return lambda flow: careful(flow) if flow.inboxes else call(*pick(flow.sent))


def _call_carefully(
    node: PlanNode, arguments: Mapping[str, Any], shape: CallShape, nodes: Mapping[str, PlanNode], flow: Flow
) -> Any:
    return _careful(node, arguments, shape, nodes)(flow)


class Wire:
    """How one parameter gets its value when nodes that feed this one may have ended without one.

    Args:
        parameter: The parameter.
        get: Gets the value, or raises `NoValueError`.
        default: What the parameter gets then; `Parameter.empty`: the node can't do without.
    """

    __slots__ = ("_default", "_get", "is_positional", "name")

    def __init__(self, parameter: Parameter, get: Getter, default: Any) -> None:
        self.name = parameter.name
        self.is_positional = parameter.kind is parameter.POSITIONAL_ONLY
        self._get = get
        self._default = default

    def value(self, flow: Flow) -> Any:
        """Return the parameter's value.

        Raises:
            NoValueError: There is none, and no default either.
        """
        try:
            return self._get(flow)
        except NoValueError:
            if self._default is Parameter.empty:
                raise
            return self._default


def _careful(node: PlanNode, arguments: Mapping[str, Any], shape: CallShape, nodes: Mapping[str, PlanNode]) -> Getter:
    """Return the invocation for when some of the nodes that feed this one ended without a value."""
    call, wires = (
        shape.call,
        [
            Wire(parameter, getter(node, argument, nodes), _default(parameter, argument, shape))
            for parameter in shape.parameters
            if (argument := arguments.get(parameter.name)) is not None
        ],
    )

    def invoke(flow: Flow) -> Any:
        positional = [wire.value(flow) for wire in wires if wire.is_positional]
        named = {wire.name: wire.value(flow) for wire in wires if not wire.is_positional}
        return call(*positional, **named)

    return invoke


def _default(parameter: Parameter, argument: Any, shape: CallShape) -> Any:
    is_needed = isinstance(argument, FromFailure | FromOutcome)  # the node is there for it
    return Parameter.empty if is_needed else shape.default_of(parameter)
