"""Makes the nodes of a plan."""

from collections.abc import Mapping, Sequence

from flowrt.definition.model import Node
from flowrt.graph.bindings import bind
from flowrt.graph.call_shapes import CallShapes
from flowrt.graph.careful import CarefulCalls
from flowrt.graph.edges import PlanEdges
from flowrt.graph.models import Model, Models
from flowrt.graph.node_kind import Standing
from flowrt.graph.ordering import firing_order
from flowrt.graph.plan import PlanNode
from flowrt.graph.rows import numbers_of
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
        self.order = numbers_of(firing_order(wiring.missing, wiring.following))
        """The numbers of the nodes, by index."""
        self.index_of = numbers_of(range(len(wiring.following)))
        """By the number of a node or port."""
        for index, number in enumerate(self.order):
            self.index_of[number] = index
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
        following, taken = self._wiring.following.renamed(self.index_of), self.taking.rows.renamed(self.index_of)
        ids, model_of, unbound, careful = list(self._wiring.numbers), self._model_of, {*self.unbound}, self.careful
        made: list[PlanNode] = []
        for index, number in enumerate(self.order):
            model = model_of[number]
            node = PlanNode(index, number, ids[number], model.kind)
            node.plain_targets = following[number] if model.standing.is_plain else None
            if number not in unbound:
                sources = taken[number]
                shared = model.invocations.get(len(sources)) or model.share(len(sources), careful)
                node.invoke = bind(shared, index, sources)
            made.append(node)
        return made
