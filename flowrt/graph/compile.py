"""From a sound definition and its bound steps to a plan."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowrt.definition.model import Definition, Node, Quorum
from flowrt.definition.signature import is_async
from flowrt.graph.bindings import bind_arguments, bind_record
from flowrt.graph.connect import connect, finish, finish_targets, make_ports
from flowrt.graph.flags import bind_flags
from flowrt.graph.flow import Flow
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
    order = topological_order(definition)
    nodes = [_plan_node(index, definition.nodes[place], steps[place]) for index, place in enumerate(order)]
    by_id = {node.id: node for node in nodes}
    ports = make_ports(by_id, definition.edges)
    connect(by_id, definition.edges)
    for node in nodes:
        finish(node)
    for node in (*nodes, *ports):
        finish_targets(node)
    may_skip = bool(ports) or any(step.when or step.unless for step in steps)
    always_values = not may_skip and all(node.plain_targets is not None and not _absorbs(node) for node in nodes)
    for node, place in zip(nodes, order, strict=True):
        node.invoke = _invocation(node, steps[place], by_id, always_values=always_values)
    signals = {node: signal for node, place in zip(nodes, order, strict=True) if (signal := steps[place].signal)}
    return Plan(definition=definition, nodes=tuple(nodes), ports=ports, signals=signals, convert_input=convert_input)


def _invocation(
    node: PlanNode, step: BoundStep, nodes: Mapping[str, PlanNode], *, always_values: bool
) -> Callable[[Flow], Any]:
    if node.is_placed:
        step = step._replace(call=defer(step.call))
    if step.arguments is None:
        invoke = bind_record(node, step.call)
    else:
        invoke = bind_flags(node, step, nodes, bind_arguments(node, step, nodes, always_values=always_values))
    return begin_in_slot(node, invoke) if node.is_placed else invoke


def topological_order(definition: Definition) -> list[int]:
    """Return the places of the nodes so that each comes after those that feed it (Kahn's algorithm).

    Among nodes that no path orders, the order of the definition holds for those that become free together.
    """
    place = {node.id: index for index, node in enumerate(definition.nodes)}
    missing = [0] * len(place)
    targets: list[list[int]] = [[] for _ in place]
    for edge in definition.edges:
        missing[place[edge.target]] += 1
        targets[place[edge.source]].append(place[edge.target])
    free = deque(index for index, count in enumerate(missing) if not count)
    order: list[int] = []
    while free:
        index = free.popleft()
        order.append(index)
        for target in targets[index]:
            missing[target] -= 1
            if not missing[target]:
                free.append(target)
    return order


def _absorbs(node: PlanNode) -> bool:
    return node.on_error in ("skip", "continue")


def _plan_node(index: int, node: Node, step: BoundStep) -> PlanNode:
    made = PlanNode()
    made.index = made.rank = index
    made.id = node.id
    made.type = node.type
    made.is_port = False
    made.is_placed = node.policy.placement != "inline"
    made.is_async = not made.is_placed and is_async(step.call)
    made.takes_record = step.arguments is None
    made.emits_only_produced = node.emit == "replace"
    made.output_key = step.output_key
    made.handles = step.handles
    made.join = "any" if node.join.rule == Quorum(1) else node.join.rule
    made.within_seconds = node.join.within
    made.otherwise = node.join.otherwise
    made.cancels_losers = node.join.losers == "cancel"
    made.policy = node.policy
    made.attempt_timeout_seconds = node.policy.timeout.attempt
    made.total_timeout_seconds = node.policy.timeout.total
    made.ports = ()
    made.failure_port = made.always_port = None
    return made
