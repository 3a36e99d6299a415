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
        self.in_order = sorted(self.nodes, key=lambda node: len(self._ancestors[node]))
        """The nodes, each after its ancestors."""
        self._conditions = {edge.condition: compile_expression(edge.condition) for _, edge in edges if edge.condition}

    def descends(self, node, ancestor):
        """Say whether a path leads from `ancestor` to `node`."""
        return ancestor in self._ancestors[node]

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
        targets = [self.nodes[edge.target] for _, edge in self.outgoing[node]]
        return "continue" if targets and all(target.join.rule != "all" for target in targets) else "fail"


def _ancestors(definition):
    found = {node.id: set() for node in definition.nodes}
    for _ in definition.nodes:  # as many rounds as the longest path has nodes are enough
        for edge in definition.edges:
            found[edge.target] |= {edge.source} | found[edge.source]
    return found
