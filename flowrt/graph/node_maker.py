"""Makes the nodes of a plan."""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from flowrt.definition.arguments import FromNode
from flowrt.definition.model import Node
from flowrt.graph.bindings import Shared, bind, call_with_record, call_with_results
from flowrt.graph.call_shapes import CallShape, CallShapes
from flowrt.graph.careful import CarefulCalls
from flowrt.graph.edges import PlanEdges
from flowrt.graph.node_kind import USUAL, NodeKind, Standing, kind_of
from flowrt.graph.ordering import firing_order
from flowrt.graph.plan import PlanNode
from flowrt.graph.rows import NUMBER, Rows
from flowrt.graph.unusual import find_unusual
from flowrt.graph.wiring import Wiring
from flowrt.typing import BoundStep


class Model(NamedTuple):
    """What nodes are made after, of which most plans have few."""

    kind: NodeKind
    shape: CallShape
    is_plain: bool
    is_shared: bool
    """Its arguments are other nodes' results, unless some are not; they stand in the order of the parameters."""
    is_checked: bool
    invocations: dict[int, Shared]
    """By the number of sources."""


class NodeMaker:
    """Makes the nodes of one plan.

    Args:
        written: The nodes as the definition has them, by number.
        steps: Their steps.
        wiring: Where their edges lead.
        edges: The edges.
    """

    def __init__(
        self, written: Sequence[Node], steps: Sequence[BoundStep], wiring: Wiring, edges: PlanEdges
    ) -> None:
        self._written = written
        self._steps = steps
        self._wiring = wiring
        self._edges = edges
        self._unusual = find_unusual(written, steps, wiring, edges)
        self._feeding = wiring.feeding() if any(step.arguments is None for step in steps) else None
        self.shapes = CallShapes()
        self.careful = CarefulCalls(steps, self.shapes)
        self._models: list[Model] = []
        self._taken = Rows(array(NUMBER), array(NUMBER, [0]))
        self.unbound: list[int] = []
        """The numbers of nodes that still need an invocation."""
        self.signals: list[int] = []
        self.merges_records = False

    def make(self) -> tuple[PlanNode, ...]:
        """Return the nodes by index.

        They are made in the order in which they fire: what a firing reads lies in memory behind what the one before
        read, and that is what the time of a firing depends on most where a plan is larger than the processor's caches.
        """
        self._look_through()
        wiring, unbound = self._wiring, {*self.unbound}
        ids, models, taken, starts = list(wiring.numbers), self._models, self._taken.numbers, self._taken.starts
        made: list[Any] = [None] * len(ids)
        for number, targets in firing_order(wiring.missing, wiring.following):
            index, model = number + 0, models[number]
            made[number] = node = PlanNode(index, ids[number], model.kind)
            node.plain_targets = targets if model.is_plain else None
            if number not in unbound:
                sources = taken[starts[number] : starts[number + 1]]
                shared = model.invocations.get(len(sources)) or self._share(model, len(sources))
                node.invoke = bind(shared, index, sources)
        return tuple(made)

    def _look_through(self) -> None:
        """Find the model of each node and what it takes, in the order in which the definition lies in memory."""
        known: dict[Any, Model] = {}
        unusual, add, taken, starts = self._unusual, self._models.append, self._taken.numbers, self._taken.starts
        for number, (node, step) in enumerate(zip(self._written, self._steps, strict=True)):
            call, handles, arguments, _, output_key, signal, when, unless = step
            standing, is_free = unusual.get(number), not (when or unless)
            names = None if arguments is None else tuple(arguments)
            key = (id(call), node.type, id(node.policy), id(node.join), node.emit, names, output_key, handles, standing, is_free)
            model = known.get(key)
            if model is None:
                model = known[key] = self._model(node, step, standing or USUAL)
            add(model)
            if arguments is None:
                self._take_records(number)
            if not model.is_shared or not (arguments is None or self._take_results(arguments)):
                self.unbound.append(number)
            starts.append(len(taken))
            if signal is not None:
                self.signals.append(number)

    def _take_results(self, arguments) -> bool:
        numbers, taken = self._wiring.numbers, self._taken.numbers
        first = len(taken)
        for argument in arguments.values():
            if argument.__class__ is not FromNode:
                del taken[first:]
                return False
            taken.append(numbers[argument.node])
        return True

    def _take_records(self, number: int) -> None:
        sources = self._feeding[number]
        if len(sources) > 1:
            if len({*sources}) < len(sources):
                sources = [*dict.fromkeys(reversed(sources))][::-1]
            self.merges_records = self.merges_records or len(sources) > 1
        self._taken.numbers.extend(sources)

    def _model(self, node: Node, step: BoundStep, standing: Standing) -> Model:
        shape = self.shapes.of(step.call)
        kind = kind_of(node, step, self._edges, standing, is_async=shape.is_async)
        is_shared = not kind.is_placed
        if step.arguments is not None:
            is_shared = not (kind.is_placed or kind.keeps_tokens or step.when or step.unless)
            is_shared = is_shared and shape.are_in_order(tuple(step.arguments))
        return Model(kind, shape, standing.is_plain, is_shared, kind.gets_outcomes or standing.gets_values, {})

    def _share(self, model: Model, count: int) -> Shared:
        if model.kind.takes_record:
            made = call_with_record(model.shape.call, count, is_checked=model.is_checked)
        else:
            made = call_with_results(model.shape.call, count, self.careful)
        model.invocations[count] = made
        return made
