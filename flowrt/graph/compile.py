"""From a sound definition and its bound steps to a plan."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowrt.definition.model import Definition, Node, Quorum
from flowrt.graph.bindings import bind_arguments, bind_record
from flowrt.graph.call_shapes import CallShapes
from flowrt.graph.connect import connect, finish, finish_targets
from flowrt.graph.flags import bind_flags
from flowrt.graph.flow import Flow
from flowrt.graph.garbage import without_collecting
from flowrt.graph.ordering import topological_order
from flowrt.graph.placed import begin_in_slot, defer
from flowrt.graph.plan import Plan, PlanNode
from flowrt.typing import BoundStep


def compile_plan(definition: Definition, steps: Sequence[BoundStep], convert_input: Callable[[Any], Any]) -> Plan:
    """Compile a workflow.

    Args:
        definition: A sound definition, as `load_definition` or a Python workflow gives it.
        steps: The bound step of each of its nodes, in their order.
        convert_input: Checks and converts an execution's input; raises `InputError`.
    """
    with without_collecting(len(definition.nodes)):
        return _compile(definition, steps, convert_input)


def _compile(definition: Definition, steps: Sequence[BoundStep], convert_input: Callable[[Any], Any]) -> Plan:
    edges, shapes = definition.edges, CallShapes()
    written = [_plan_node(node, step, shapes) for node, step in zip(definition.nodes, steps, strict=True)]
    _number(written)
    by_id = {node.id: node for node in written}
    sources, targets = [by_id[edge.source] for edge in edges], [by_id[edge.target] for edge in edges]
    order = topological_order(written, sources, targets)
    nodes, in_order = [written[place] for place in order], [steps[place] for place in order]
    _number(nodes)
    ports = connect(nodes, edges, sources, targets)
    for node in nodes:
        finish(node)
    for node in (*nodes, *ports):
        finish_targets(node)
    may_skip = bool(ports) or any(step.when or step.unless for step in steps)
    expects_values = not may_skip and all(node.plain_targets is not None and not _absorbs(node) for node in nodes)
    for node, step in zip(nodes, in_order, strict=True):
        node.invoke = _invocation(node, step, by_id, shapes, expects_values=expects_values)
    signals = {node: step.signal for node, step in zip(nodes, in_order, strict=True) if step.signal}
    return Plan(definition=definition, nodes=tuple(nodes), ports=ports, signals=signals, convert_input=convert_input)


def _number(nodes: Sequence[PlanNode]) -> None:
    for index, node in enumerate(nodes):
        node.index = node.rank = index


def _invocation(
    node: PlanNode, step: BoundStep, nodes: Mapping[str, PlanNode], shapes: CallShapes, *, expects_values: bool
) -> Callable[[Flow], Any]:
    if node.is_placed:
        step = step._replace(call=defer(step.call))
    if step.arguments is None:
        invoke = bind_record(node, step.call)
    else:
        invoke = bind_arguments(node, step.arguments, shapes.of(step.call), nodes, expects_values=expects_values)
        if step.when or step.unless:
            invoke = bind_flags(node, step, nodes, invoke)
    return begin_in_slot(node, invoke) if node.is_placed else invoke


def _absorbs(node: PlanNode) -> bool:
    return node.on_error in ("skip", "continue")


def _plan_node(node: Node, step: BoundStep, shapes: CallShapes) -> PlanNode:
    policy, join = node.policy, node.join
    made = PlanNode()
    made.id = node.id
    made.type = node.type
    made.is_port = False
    made.is_placed = policy.placement != "inline"
    made.is_async = not made.is_placed and shapes.of(step.call).is_async
    made.takes_record = step.arguments is None
    made.emits_only_produced = node.emit == "replace"
    made.output_key = step.output_key
    made.handles = step.handles
    made.join = "any" if join.rule == Quorum(1) else join.rule
    made.within_seconds = join.within
    made.otherwise = join.otherwise
    made.cancels_losers = join.losers == "cancel"
    made.policy = policy
    made.attempt_timeout_seconds = policy.timeout.attempt
    made.total_timeout_seconds = policy.timeout.total
    made.ports = ()
    made.failure_port = made.always_port = None
    return made
