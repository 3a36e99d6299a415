"""How a node's step is called when some of the nodes that feed it may have ended without a value."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import Any

from flowrt.definition.arguments import FromFailure, FromOutcome
from flowrt.graph.bindings import Indices
from flowrt.graph.call_shapes import CallShape, CallShapes
from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter, NoValueError, getter
from flowrt.graph.placed import deferred
from flowrt.graph.plan import PlanNode
from flowrt.typing import BoundStep


class CarefulCalls:
    """The careful invocations of a plan's nodes, each made when it is needed: in a large plan all would weigh most.

    Args:
        steps: The steps of the nodes, by rank.
        shapes: What they call.
    """

    def __init__(self, steps: Sequence[BoundStep], shapes: CallShapes) -> None:
        self._steps = steps
        self._shapes = shapes
        self._made: dict[int, Getter] = {}

    def __call__(self, indices: Indices, flow: Flow) -> Any:
        """Invoke the step of the node that has the first of these indices."""
        index = indices.index
        invoke = self._made.get(index)
        if invoke is None:
            node, plan = flow.plan.by_index[index], flow.plan
            step = deferred(node, self._steps[node.rank])
            shape = self._shapes.of(step.call)
            invoke = self._made[index] = careful_call(node, step.arguments or {}, shape, plan.by_id)
        return invoke(flow)


class Argument:
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


def careful_call(
    node: PlanNode, arguments: Mapping[str, Any], shape: CallShape, nodes: Mapping[str, PlanNode]
) -> Callable[[Flow], Any]:
    """Return the invocation of a step for when nodes that feed this one may have ended without a value.

    Args:
        node: The node.
        arguments: Where its arguments come from.
        shape: What its step is and takes.
        nodes: All nodes, by id.
    """
    call, taken = (
        shape.call,
        [
            Argument(parameter, getter(node, argument, nodes), _default(parameter, argument, shape))
            for parameter in shape.parameters
            if (argument := arguments.get(parameter.name)) is not None
        ],
    )

    def invoke(flow: Flow) -> Any:
        positional = [argument.value(flow) for argument in taken if argument.is_positional]
        named = {argument.name: argument.value(flow) for argument in taken if not argument.is_positional}
        return call(*positional, **named)

    return invoke


def _default(parameter: Parameter, argument: Any, shape: CallShape) -> Any:
    is_needed = isinstance(argument, FromFailure | FromOutcome)  # the node is there for it
    return Parameter.empty if is_needed else shape.default_of(parameter)
