"""The compiled workflow: immutable, shared by all of its executions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flowrt.definition.model import Definition, JoinRule
from flowrt.policies import Default, NodePolicy

if TYPE_CHECKING:
    from flowrt.graph.flow import Flow


class PlanNode:
    """One node of a plan. Nothing of it changes after the plan was compiled."""

    __slots__ = (
        "adds_to_record",
        "attempt_timeout_seconds",
        "emits_only_produced",
        "gets_outcomes",
        "handles",
        "id",
        "incoming",
        "index",
        "invoke",
        "is_async",
        "join",
        "on_error",
        "outgoing",
        "output_key",
        "plain_targets",
        "policy",
        "sources",
        "takes_record",
        "type",
    )

    index: int
    """The place of the node in the plan: nodes are in topological order."""
    id: str
    type: str
    invoke: "Callable[[Flow], Any]"
    """Binds the arguments and calls the step: returns its result, or a coroutine that has not started."""
    is_async: bool
    """The step is a coroutine function."""
    takes_record: bool
    """The step takes a record and produces keys of it; otherwise arguments, and it produces a value."""
    adds_to_record: bool
    """What the step returns is added to the node's record as it is."""
    emits_only_produced: bool
    gets_outcomes: bool
    """The step is given a list of what came over each edge, and what it produces begins with that."""
    output_key: str | None
    handles: frozenset[str] | None
    join: JoinRule
    policy: NodePolicy
    on_error: str | Default
    attempt_timeout_seconds: float | None
    sources: "tuple[PlanNode, ...]"
    """The nodes that feed this one, each once, in the order of their last edges."""
    incoming: "tuple[PlanEdge, ...]"
    outgoing: "tuple[PlanEdge, ...]"
    plain_targets: "tuple[PlanNode, ...] | None"
    """The targets, if every edge always carries a value to a join that waits for all; otherwise `None`."""

    def __repr__(self) -> str:
        return f"<PlanNode {self.index} {self.id!r} ({self.type})>"


class PlanEdge:
    """One edge of a plan."""

    __slots__ = ("condition", "handle", "index", "source", "target")

    def __init__(
        self,
        *,
        index: int,
        source: PlanNode,
        target: PlanNode,
        handle: str | None,
        condition: "Callable[[Any], bool] | None",
    ) -> None:
        self.index = index
        self.source = source
        self.target = target
        self.handle = handle
        self.condition = condition


class Plan:
    """A compiled workflow.

    Guarantees: `nodes` are in topological order, so an edge's source has a lower index than its target; among nodes
    that no path orders, the order of the definition holds.
    """

    def __init__(
        self,
        *,
        definition: Definition,
        nodes: tuple[PlanNode, ...],
        convert_input: Callable[[Any], Any],
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.nodes = nodes
        self.convert_input = convert_input
        self.roots = tuple(node for node in nodes if not node.incoming)
        self.missing = [len(node.incoming) for node in nodes]
        self.takes_records = any(node.takes_record for node in nodes)
        self.is_mixed = self.takes_records and not all(node.takes_record for node in nodes)
        self.merges_records = any(node.takes_record and len(node.sources) > 1 for node in nodes)
        self.ends = tuple(node for node in nodes if not node.outgoing)
        by_id = {node.id: node for node in nodes}
        self.result_node = by_id[definition.result] if definition.result else None
        self._latest: dict[frozenset[PlanNode], frozenset[PlanNode]] = {}

    def latest(self, nodes: "frozenset[PlanNode]") -> "frozenset[PlanNode]":
        """Return those nodes from which no path leads to another of them; answers are kept, as few are asked for."""
        known = self._latest.get(nodes)
        if known is None:
            known = self._latest[nodes] = nodes - _ancestors_among(nodes)
        return known


def by_last_edge(edges: "Sequence[PlanEdge]") -> "tuple[PlanNode, ...]":
    """Return the sources of edges, each once, in the order of their last edges: of records, the later edge's wins."""
    return tuple(dict.fromkeys(edge.source for edge in reversed(edges)))[::-1]


def _ancestors_among(nodes: "frozenset[PlanNode]") -> "set[PlanNode]":
    """Return those of the nodes from which a path leads to another one of them."""
    first = min(node.index for node in nodes)
    found: set[PlanNode] = set()
    seen: set[PlanNode] = set()
    todo = [source for node in nodes for source in node.sources]
    while todo:
        node = todo.pop()
        if node.index < first or node in seen:
            continue
        seen.add(node)
        if node in nodes:
            found.add(node)
        todo += node.sources
    return found
