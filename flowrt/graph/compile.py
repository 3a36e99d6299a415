"""From a sound definition and its bound steps to a plan."""

from collections.abc import Callable, Sequence
from typing import Any

from flowrt.definition.model import Definition, Node
from flowrt.graph.connect import add_ports, edges_of
from flowrt.graph.garbage import without_collecting
from flowrt.graph.node_maker import NodeMaker
from flowrt.graph.plan import Plan
from flowrt.graph.single_calls import SingleCalls
from flowrt.graph.wiring import wire
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
    wiring = wire(definition.nodes, definition.edges)
    written: Sequence[Node] = definition.nodes
    in_order = steps
    if not isinstance(wiring.order, range):
        written = [written[place] for place in wiring.order]
        in_order = [steps[place] for place in wiring.order]
    edges = edges_of(wiring, definition.edges, in_order)
    maker = NodeMaker(written, in_order, wiring, edges)
    by_index = maker.make()
    nodes = [by_index[index] for index in maker.index_of[: len(by_index)]]
    ports = add_ports(nodes, wiring)
    edges.ends = (*nodes, *ports) if ports else nodes
    plan = Plan(
        definition=definition,
        nodes=nodes,
        by_index=by_index,
        ports=ports,
        missing=type(wiring.missing)([wiring.missing[number] for number in maker.order]),
        first=wiring.first(),
        kinds=maker.models.kinds,
        last=wiring.last(),
        result=wiring.numbers[definition.result] if definition.result else None,
        merges_records=maker.taking.merges_records,
        signals=[(nodes[number], step.signal) for number, step in enumerate(in_order) if step.signal],
        convert_input=convert_input,
    )
    if maker.unbound:
        calls = SingleCalls(plan, maker.shapes, maker.careful)
        for number in maker.unbound:
            nodes[number].invoke = calls.bind(nodes[number], in_order[number])
    return plan
