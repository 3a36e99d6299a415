"""What the reference knows of a workflow before it runs."""

import msgspec

from flowrt.definition.expressions import compile_expression
from flowrt.testing.scripted import ScriptedData


class Workflow:
    """A definition of `scripted` nodes and its input.

    Args:
        definition: A sound definition.
        input: What the execution is given.
        is_timely: Times are exact. On a real clock an attempt may be late, and a timeout that it should not reach may
            come first.
    """

    def __init__(self, definition, input, *, is_timely):
        self.definition = definition
        self.input = input
        self.is_timely = is_timely
        self.nodes = {node.id: node for node in definition.nodes}
        self.scripts = {node.id: msgspec.convert(node.data, ScriptedData) for node in definition.nodes}
        edges = list(enumerate(definition.edges))
        self.incoming = {node: [(place, edge) for place, edge in edges if edge.target == node] for node in self.nodes}
        self.outgoing = {node: [(place, edge) for place, edge in edges if edge.source == node] for node in self.nodes}
        self._ancestors = _ancestors(definition)
        self._conditions = {edge.condition: compile_expression(edge.condition) for _, edge in edges if edge.condition}
        self.last_nodes = self._last_nodes()

    def edges_on(self, node, on):
        """Return the edges of a kind that leave a node, each with its place in the definition."""
        return [(place, edge) for place, edge in self.outgoing[node] if edge.on == on]

    @property
    def can_rescue(self):
        """Something may go on while the execution is ending."""
        return any(edge.on != "success" for edge in self.definition.edges)

    def descends(self, origin, ancestor):
        """Say whether a path leads from one origin of keys to another; it begins with an edge of the origin's kind."""
        reached = {origin[0]} | self._ancestors[origin[0]]
        return any(edge.target in reached for _, edge in self.edges_on(*ancestor))

    def holds(self, edge, record):
        """Say whether an edge's condition holds; raises `ExpressionError`."""
        return edge.condition is None or self._conditions[edge.condition].holds(record)

    def attempt(self, node, number):
        """Return what a node does in an attempt, counted from 1."""
        attempts = self.scripts[node].attempts
        return attempts[min(number, len(attempts)) - 1]

    def on_error(self, node):
        """Return what becomes of a node's failure."""
        chosen = self.nodes[node].policy.on_error
        if chosen is not None:
            return chosen
        targets = [self.nodes[edge.target] for _, edge in self.edges_on(node, "success")]
        return "continue" if targets and all(target.join.rule != "all" for target in targets) else "fail"

    def losers(self, join):
        """Return the nodes whose `success` edges lead over any nodes only to the join of a node, last ones first."""
        found = []
        for _ in self.nodes:  # as many rounds as the longest path has nodes are enough
            for node in self.nodes:
                targets = [edge.target for _, edge in self.edges_on(node, "success")]
                leads = targets and all(target == join or target in found for target in targets)
                if leads and node not in found and node != self.definition.result:
                    found.append(node)
        return sorted(found, key=lambda node: -len(self._ancestors[node]))

    def _last_nodes(self):
        """Return the nodes whose payloads are the result."""
        observing = set()
        for _ in self.nodes:
            for node, incoming in self.incoming.items():
                if incoming and all(edge.on == "always" or edge.source in observing for _, edge in incoming):
                    observing.add(node)
        last = [node for node in self.nodes if not self.edges_on(node, "success")]
        return [node for node in last if node not in observing] or last


def _ancestors(definition):
    found = {node.id: set() for node in definition.nodes}
    for _ in definition.nodes:  # as many rounds as the longest path has nodes are enough
        for edge in definition.edges:
            found[edge.target] |= {edge.source} | found[edge.source]
    return found
