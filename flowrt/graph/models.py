"""What the nodes of a plan are made after."""

from typing import Any, NamedTuple

from flowrt.definition.model import Node
from flowrt.graph.bindings import Shared, call_with_record, call_with_results
from flowrt.graph.call_shapes import CallShape, CallShapes
from flowrt.graph.edges import PlanEdges
from flowrt.graph.node_kind import USUAL, NodeKind, Standing, kind_of
from flowrt.typing import BoundStep


class Model(NamedTuple):
    """What nodes that call the same function have in common while they are made."""

    kind: NodeKind
    shape: CallShape
    standing: Standing
    is_shared: bool
    """They share an invocation, if all their arguments are other nodes' results."""
    invocations: dict[int, Shared]
    """By the number of those."""

    def share(self, sources: int, careful: Shared) -> Shared:
        """Make the invocation for nodes that take as many results, or the records of as many nodes."""
        call = self.shape.call
        if self.kind.takes_record:
            is_checked = self.kind.gets_outcomes or self.standing.gets_values
            made = call_with_record(call, sources, is_checked=is_checked)
        else:
            made = call_with_results(call, sources, careful)
        self.invocations[sources] = made
        return made


class Models:
    """The models of one plan, of which most plans have few.

    Args:
        shapes: What the plan's steps are and take.
        edges: Its edges.
    """

    def __init__(self, shapes: CallShapes, edges: PlanEdges) -> None:
        self._shapes = shapes
        self._edges = edges
        self._known: dict[tuple[Any, ...], Model] = {}
        self._last: tuple[tuple[Any, ...], Model | None] = ((), None)

    @property
    def kinds(self) -> list[NodeKind]:
        """The kinds of the nodes."""
        return [model.kind for model in self._known.values()]

    def find(self, node: Node, step: BoundStep, names: tuple[str, ...] | None, standing: Standing | None) -> Model:
        """Return the model of a node; most nodes have that of the node before.

        Args:
            node: The node as the definition has it.
            step: Its step.
            names: Those of its arguments.
            standing: What its edges make of it; `None`: what is usual.
        """
        call, _, _, _, output_key, _, when, unless = step
        has_flags = bool(when or unless)
        own = (id(call), node.policy, node.join, standing, node.type, node.emit, output_key, names, has_flags)
        last, model = self._last
        if model is None or own != last:
            key = (own[0], id(node.policy), id(node.join), *own[3:])  # by identity: values take long to compare
            model = self._known.get(key)
            if model is None:
                model = self._known[key] = self._make(node, step, standing or USUAL)
            self._last = (own, model)
        return model

    def _make(self, node: Node, step: BoundStep, standing: Standing) -> Model:
        shape = self._shapes.of(step.call)
        kind = kind_of(node, step, self._edges, standing, is_async=shape.is_async)
        is_shared = not kind.is_placed
        if step.arguments is not None:
            is_free = not (kind.keeps_tokens or step.when or step.unless)
            is_shared = is_shared and is_free and shape.is_in_order(tuple(step.arguments))
        return Model(kind, shape, standing, is_shared, {})
