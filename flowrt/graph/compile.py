"""From a sound definition and its bound steps to a plan."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from flowrt.definition.model import Definition, Edge, Node, Quorum
from flowrt.definition.signature import is_async
from flowrt.graph.bindings import bind_arguments, bind_record
from flowrt.graph.plan import Plan, PlanEdge, PlanNode, by_last_edge
from flowrt.policies import Default
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
    _connect(by_id, definition.edges)
    for node in nodes:
        _finish(node)
    always_values = all(node.plain_targets is not None and not _absorbs(node) for node in nodes)
    for node, place in zip(nodes, order, strict=True):
        step = steps[place]
        if step.arguments is None:
            node.invoke = bind_record(node, step.call)
        else:
            node.invoke = bind_arguments(node, step, by_id, always_values=always_values)
    return Plan(definition=definition, nodes=tuple(nodes), convert_input=convert_input)


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
    made.index = index
    made.id = node.id
    made.type = node.type
    made.is_async = is_async(step.call)
    made.takes_record = step.arguments is None
    made.emits_only_produced = node.emit == "replace"
    made.output_key = step.output_key
    made.handles = step.handles
    made.join = "any" if node.join.rule == Quorum(1) else node.join.rule
    made.policy = node.policy
    made.attempt_timeout_seconds = node.policy.timeout.attempt
    made.incoming = made.outgoing = ()
    return made


def _connect(nodes: dict[str, PlanNode], edges: Sequence[Edge]) -> None:
    incoming: dict[str, list[PlanEdge]] = {node_id: [] for node_id in nodes}
    outgoing: dict[str, list[PlanEdge]] = {node_id: [] for node_id in nodes}
    for index, edge in enumerate(edges):
        made = PlanEdge(
            index=index,
            source=nodes[edge.source],
            target=nodes[edge.target],
            handle=edge.source_handle if nodes[edge.source].handles is not None else None,
            condition=_condition(edge.condition),
        )
        incoming[edge.target].append(made)
        outgoing[edge.source].append(made)
    for node_id, node in nodes.items():
        node.incoming = tuple(incoming[node_id])
        node.outgoing = tuple(outgoing[node_id])


def _condition(text: str | None) -> Callable[[Any], bool] | None:
    if text is None:
        return None
    from flowrt.definition.expressions import compile_expression  # noqa: PLC0415 - the library is loaded when used

    return compile_expression(text).holds


def _finish(node: PlanNode) -> None:
    """Derive what the kernel asks at every firing from the node's edges."""
    node.sources = by_last_edge(node.incoming)
    is_plain = all(e.handle is None and e.condition is None and e.target.join == "all" for e in node.outgoing)
    node.gets_outcomes = node.takes_record and node.join == "all_settled" and bool(node.incoming)
    is_as_it_is = not (node.emits_only_produced or node.gets_outcomes) and node.output_key is None
    node.adds_to_record = node.takes_record and is_as_it_is
    node.plain_targets = tuple(edge.target for edge in node.outgoing) if is_plain else None
    node.on_error = node.policy.on_error or _default_on_error(node)


def _default_on_error(node: PlanNode) -> str | Default:
    does_without = bool(node.outgoing) and all(edge.target.join != "all" for edge in node.outgoing)
    return "continue" if does_without else "fail"
