"""How the step of one node is called that can't share its invocation with others."""

from collections.abc import Mapping
from typing import Any

from flowrt.definition.arguments import Arrived, FromNode
from flowrt.graph.bindings import Indices, bind, call_with_results
from flowrt.graph.call_shapes import CallShape, CallShapes
from flowrt.graph.careful import CarefulCalls, careful_call
from flowrt.graph.flags import bind_flags
from flowrt.graph.getters import Getter, quick_getter
from flowrt.graph.placed import begin_in_slot, deferred
from flowrt.graph.plan import Plan, PlanNode
from flowrt.typing import BoundStep


class SingleCalls:
    """Binds steps of one plan's nodes.

    Args:
        plan: The plan.
        shapes: What its steps are and take.
        careful: The invocations for once a node ended without a value.
    """

    def __init__(self, plan: Plan, shapes: CallShapes, careful: CarefulCalls) -> None:
        self._plan = plan
        self._shapes = shapes
        self._careful = careful

    def bind(self, node: PlanNode, step: BoundStep) -> Getter:
        """Return the invocation of a node.

        Args:
            node: The node.
            step: Its step.
        """
        step = deferred(node, step)
        call, arguments = step.call, step.arguments
        if arguments is None:
            return begin_in_slot(node, lambda flow: call(flow.record_for(node)))
        shape = self._shapes.of(call)
        invoke = None if node.keeps_tokens else self._quick(node, arguments, shape)
        invoke = invoke or careful_call(node, arguments, shape, self._plan.by_id)
        invoke = bind_flags(node, step, self._plan.by_id, invoke)
        return begin_in_slot(node, invoke) if node.is_placed else invoke

    def _quick(self, node: PlanNode, arguments: Mapping[str, Any], shape: CallShape) -> Getter | None:
        """Return the invocation that is careful once a node ended without a value; what is common has no loop."""
        ordered = shape.by_position(arguments)
        if ordered is None or Arrived in map(type, ordered):
            return None  # the latter is about what came and what did not
        nodes = self._plan.by_id
        if {*map(type, ordered)} == {FromNode}:
            sources = tuple([nodes[argument.node].index for argument in ordered])
            return bind(call_with_results(shape.call, len(sources), self._careful), node.index, sources)
        careful, indices, call = self._careful, Indices(node.index), shape.call
        getters = [quick_getter(argument, nodes) for argument in ordered]
        match getters:
            case []:
                return lambda _flow: call()
            case [get]:
                return lambda flow: careful(indices, flow) if flow.inboxes else call(get(flow))
            case _:
                return lambda flow: careful(indices, flow) if flow.inboxes else call(*[get(flow) for get in getters])
