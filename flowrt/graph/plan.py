"""The compiled workflow: immutable, shared by all of its executions."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flowrt.definition.model import Definition, JoinRule, Node
from flowrt.definition.nearest import NearestNames
from flowrt.errors import UnknownNodeError
from flowrt.graph.firing_order import firing_order_of
from flowrt.graph.losers import losers_of
from flowrt.policies import NodePolicy, OnError
from flowrt.typing import SignalWait

if TYPE_CHECKING:
    from flowrt.graph.flow import Flow

MAX_LATEST = 1024
MAX_BYTE = 255
SUCCESS, FAILURE, ALWAYS = "success", "failure", "always"
"""At what end of a node an edge carries a value; the latter two are the types of ports."""


class PlanNode:
    """One node of a plan, or a port of one. Nothing of it changes after the plan was compiled.

    A *port* is where the `failure` or `always` edges of a node begin. It never runs. What it sends is the node's error
    or outcome, so one node can send different things over edges of different kinds.
    """

    __slots__ = (
        "adds_to_record", "always_port", "attempt_timeout_seconds", "can_rescue", "cancels_losers",
        "emits_only_produced", "failure_port", "gets_outcomes", "handles", "id", "incoming", "index",
        "invoke", "is_async", "is_placed", "is_port", "join", "keeps_tokens", "on_error", "otherwise", "outgoing",
        "output_key", "plain_targets", "policy", "ports", "rank", "sources", "takes_record", "total_timeout_seconds",
        "type", "within_seconds",
    )  # fmt: skip

    index: int
    """The node's place in the arrays of an execution. Nodes are in topological order, ports come after all nodes."""
    rank: int
    """A node's rank is higher than that of each of its ancestors; a port has that of its node."""
    id: str
    """The node's id; a port has that of its node."""
    type: str
    is_port: bool
    invoke: "Callable[[Flow], Any]"
    """Binds the arguments and calls the step: returns its result, or a coroutine that has not started."""
    is_async: bool
    """The step is a coroutine function."""
    is_placed: bool
    """The step runs in a thread or process."""
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
    within_seconds: float | None
    """How long after the first token the join becomes `otherwise`."""
    otherwise: JoinRule | None
    """`None`: the join fails then."""
    cancels_losers: bool
    """Nodes that feed only this one are cancelled when its join decides before all tokens are in."""
    keeps_tokens: bool
    """Every token is kept by its edge, not only those that are no value."""
    can_rescue: bool
    """It may fire because of a failure or an outcome: one of its ancestors is a port."""
    policy: NodePolicy
    on_error: OnError
    attempt_timeout_seconds: float | None
    total_timeout_seconds: float | None
    sources: "tuple[PlanNode, ...]"
    """The nodes and ports that feed this one, each once, in the order of their last edges."""
    incoming: "tuple[PlanEdge, ...]"
    outgoing: "tuple[PlanEdge, ...]"
    """The `success` edges of a node; the edges of a port."""
    failure_port: "PlanNode | None"
    always_port: "PlanNode | None"
    ports: "tuple[PlanNode, ...]"
    """Those of them that there are."""
    plain_targets: tuple[int, ...] | None
    """The indices of the targets, if each edge always carries a value to a join that waits for all; else `None`."""

    def __repr__(self) -> str:
        return f"<PlanNode {self.index} {self.id!r} ({self.type})>"


class PlanEdge:
    """One edge of a plan."""

    __slots__ = ("condition", "handle", "index", "source", "target")

    def __init__(
        self,
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

    Guarantees: `nodes` are in topological order, so an edge's source has a lower rank than its target; among nodes
    that no path orders, the order of the definition holds.
    """

    def __init__(
        self,
        *,
        definition: Definition,
        nodes: tuple[PlanNode, ...],
        ports: tuple[PlanNode, ...] = (),
        signals: Mapping[PlanNode, SignalWait] = MappingProxyType({}),
        convert_input: Callable[[Any], Any],
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.nodes = nodes
        self.convert_input = convert_input
        self.roots = tuple(node for node in nodes if not node.incoming)
        self.missing = _counts([len(node.incoming) for node in nodes])
        """How many tokens each node waits for at first."""
        self.takes_records = any(node.takes_record for node in nodes)
        self.is_mixed = self.takes_records and not all(node.takes_record for node in nodes)
        self.merges_records = any(node.takes_record and len(node.sources) > 1 for node in nodes)
        self.size = len(nodes) + len(ports)
        """How many nodes and ports there are."""
        self.has_ports = bool(ports)
        self.has_async = any(node.is_async for node in nodes)
        self.has_placed = any(node.is_placed for node in nodes)
        self.policy = definition.policy
        self.signals: dict[str, dict[PlanNode, SignalWait]] = {}
        """The nodes that wait for signals, by the names of those."""
        for node, signal in signals.items():
            self.signals.setdefault(signal.name, {})[node] = signal
        self.ends = _ends(nodes) if ports else _last(nodes)
        self.by_id = {node.id: node for node in nodes}
        self.result_node = self.by_id[definition.result] if definition.result else None
        self._losers: dict[PlanNode, tuple[PlanNode, ...]] = {}
        self._latest: dict[frozenset[PlanNode], frozenset[PlanNode]] = {}

    @cached_property
    def firing_order(self) -> tuple[PlanNode, ...] | None:
        """All nodes as they fire if every step returns a value at once; `None` if that depends on the values."""
        return firing_order_of(self)

    @cached_property
    def written(self) -> Mapping[str, Node]:
        """The nodes as the definition has them, by id."""
        return {node.id: node for node in self.definition.nodes}

    def find(self, node_id: str) -> PlanNode:
        """Return the node of that id.

        Raises:
            UnknownNodeError: There is none.
        """
        node = self.by_id.get(node_id) if isinstance(node_id, str) else None  # type: ignore[redundant-expr]  # a user's
        if node is None:
            known = tuple(self.by_id)
            raise UnknownNodeError(self.name, node_id, known, NearestNames().find(str(node_id), known))
        return node

    def losers(self, node: PlanNode) -> "tuple[PlanNode, ...]":
        """Return the nodes that work for nothing once a node's join has decided, each before those that feed it."""
        known = self._losers.get(node)
        if known is None:
            known = self._losers[node] = losers_of(node, self.result_node)
        return known

    def latest(self, nodes: "frozenset[PlanNode]") -> "frozenset[PlanNode]":
        """Return those nodes from which no path leads to another of them; some answers are kept."""
        known = self._latest.get(nodes)
        if known is None:
            if len(self._latest) >= MAX_LATEST:  # which sets come together depends on the data
                self._latest.clear()
            known = self._latest[nodes] = nodes - _ancestors_among(nodes)
        return known


def _counts(numbers: list[int]) -> "bytearray | list[int]":
    """Return small numbers as bytes: every execution has a copy of them."""
    return bytearray(numbers) if max(numbers, default=0) <= MAX_BYTE else numbers


def _ends(nodes: "Sequence[PlanNode]") -> "tuple[PlanNode, ...]":
    """Return the nodes whose payloads are the result: from which nothing leads on, and that do not merely observe."""
    observing: set[PlanNode] = set()
    for node in nodes:
        sources = {edge.source for edge in node.incoming}
        if sources and all(source.type == ALWAYS or nodes[source.rank] in observing for source in sources):
            observing.add(node)
    last = _last(nodes)
    return tuple(node for node in last if node not in observing) or last


def _last(nodes: "Sequence[PlanNode]") -> "tuple[PlanNode, ...]":
    return tuple([node for node in nodes if not node.outgoing])


def by_last_edge(edges: "Sequence[PlanEdge]") -> "tuple[PlanNode, ...]":
    """Return the sources of edges, each once, in the order of their last edges: of records, the later edge's wins."""
    sources = [edge.source for edge in edges]
    if len(sources) == len({*sources}):
        return tuple(sources)
    return tuple(dict.fromkeys(reversed(sources)))[::-1]


def _ancestors_among(nodes: "frozenset[PlanNode]") -> "set[PlanNode]":
    """Return those of the nodes from which a path leads to another one of them."""
    first = min(node.rank for node in nodes)
    found: set[PlanNode] = set()
    seen: set[PlanNode] = set()
    todo = [source for node in nodes for source in node.sources]
    while todo:
        node = todo.pop()
        if node.rank < first or node in seen:
            continue
        seen.add(node)
        if node in nodes:
            found.add(node)
        todo += node.sources
    return found
