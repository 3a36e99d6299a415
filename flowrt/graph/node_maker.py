"""Makes the nodes of a plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from flowrt.definition.model import Node
from flowrt.graph.bindings import bind
from flowrt.graph.call_shapes import CallShapes
from flowrt.graph.careful import CarefulCalls
from flowrt.graph.edges import PlanEdges
from flowrt.graph.models import Model, Models
from flowrt.graph.node_kind import Standing
from flowrt.graph.ordering import firing_order
from flowrt.graph.plan import PlanNode
from flowrt.graph.taking import Taking
from flowrt.graph.unusual import find_unusual
from flowrt.graph.wiring import Wiring
from flowrt.typing import BoundStep


class NodeMaker:
    """Makes the nodes of one plan.

    Args:
        written: The nodes as the definition has them, by number.
        steps: Their steps.
        wiring: Where their edges lead.
        edges: The edges.
    """

    def __init__(self, written: Sequence[Node], steps: Sequence[BoundStep], wiring: Wiring, edges: PlanEdges) -> None:
        self._wiring = wiring
        self._model_of: list[Model] = []
        """By number."""
        self.shapes = CallShapes()
        self.models = Models(self.shapes, edges)
        self.careful = CarefulCalls(steps, self.shapes)
        self.taking = Taking(wiring, takes_records=any(step.arguments is None for step in steps))
        self.unbound: list[int] = []
        """The numbers of nodes that still need an invocation."""
        self._look_through(written, steps, find_unusual(written, steps, wiring, edges))

    def _look_through(
        self, written: Sequence[Node], steps: Sequence[BoundStep], unusual: Mapping[int, Standing]
    ) -> None:
        """Find the model of each node and what it takes, in the order in which the definition lies in memory."""
        find, taking, model_of = self.models.find, self.taking, self._model_of
        for number, (node, step) in enumerate(zip(written, steps, strict=True)):
            arguments = step.arguments
            names = None if arguments is None else tuple(arguments)
            model = find(node, step, names, unusual.get(number))
            model_of.append(model)
            has_all = taking.add_records(number) if arguments is None else taking.add_results(arguments)
            if not (has_all and model.is_shared):
                self.unbound.append(number)

    def make(self) -> list[PlanNode]:
        """Return the nodes by index.

        They are made in the order in which they fire: what a firing reads lies in memory behind what the one before
        read. In a plan that is larger than the processor's caches the time of a firing depends mostly on that.
        """
        wiring, model_of, taken, unbound = self._wiring, self._model_of, self.taking.rows, {*self.unbound}
        ids, careful = list(wiring.numbers), self.careful
        made: list[Any] = [None] * len(ids)
        for number, targets in firing_order(wiring.missing, wiring.following):
            index, model = number + 0, model_of[number]  # an int that lies beside the node
            made[number] = node = PlanNode(index, ids[number], model.kind)
            node.plain_targets = targets if model.standing.is_plain else None
            if number not in unbound:
                sources = taken[number]
                node.invoke = bind(model.invocation(len(sources), careful), index, sources)
        return made
