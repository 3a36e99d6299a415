"""Small graphs of JSON nodes for tests."""

from flowrt.definition.model import Definition, Edge, Join, Node
from flowrt.graph.compile import compile_plan
from flowrt.graph.flow import Flow
from flowrt.graph.node_ends import COMPLETED
from flowrt.outcomes import NodeFailure
from flowrt.typing import BoundStep


def plan_of(edges, joins=None, emits=None):
    """A plan from edges like `a>b`; a node's step does nothing, tests say what it produced."""
    pairs = [edge.split(">") for edge in edges]
    ids = list(dict.fromkeys(node for pair in pairs for node in pair))
    nodes = tuple(
        Node(
            id=node, type="test", join=Join(rule=(joins or {}).get(node, "all")), emit=(emits or {}).get(node, "merge")
        )
        for node in ids
    )
    definition = Definition(name="test", nodes=nodes, edges=tuple(Edge(source=a, target=b) for a, b in pairs))
    return compile_plan(definition, [BoundStep(call=lambda record: record) for _ in nodes], lambda value: value)


class Play:
    """Plays an execution by hand: says what each node produces, and sees what is ready."""

    def __init__(self, plan, input_value=None):
        self.flow = Flow(plan, input_value or {})
        self.nodes = {node.id: node for node in plan.nodes}
        self.seen = {}

    @property
    def ready(self):
        return [node.id for node in self.flow.ready]

    def ends(self, node_id, **produced):
        """The node fires now and produces that."""
        node = self.nodes[node_id]
        self.flow.ready.remove(node)
        self.seen[node_id] = self.flow.record_for(node)
        following = self.flow.succeed(node, produced)
        self.flow.states[node.index] = COMPLETED
        if following is not None:
            self.flow.ready.appendleft(following)

    def spreads(self, node_id, token):
        node = self.nodes[node_id]
        self.flow.ready.remove(node)
        failure = NodeFailure(node=node_id, type="ValueError", message="no", attempts=1)
        self.flow.fail(node, failure, token)
