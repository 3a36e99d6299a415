"""The compiled workflow: immutable, shared by all of its executions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowrt.definition.model import Definition, JoinRule, Node
from flowrt.definition.nearest import NearestNames
from flowrt.errors import UnknownNodeError
from flowrt.graph.edges import PlanEdge, each_by_last
from flowrt.graph.losers import losers_of
from flowrt.graph.node_kind import NodeKind
from flowrt.policies import NodePolicy, OnError
from flowrt.typing import SignalWait

if TYPE_CHECKING:
    from flowrt.graph.flow import Flow

MAX_LATEST = 1024
SUCCESS, FAILURE, ALWAYS = "success", "failure", "always"
"""At what end of a node an edge carries a value; the latter two are the types of ports."""


class PlanNode:
    """One node of a plan, or a port of one. Nothing of it changes after the plan was compiled.

    A *port* is where the `failure` or `always` edges of a node begin. It never runs. What it sends is the node's error
    or outcome, so one node can send different things over edges of different kinds.

    What a firing asks for stands here, the rest in the node's kind: in a large plan small nodes are quick nodes.
    """

    __slots__ = (
        "_incoming", "_outgoing", "_sources", "adds_to_record", "always_port", "failure_port", "gets_outcomes", "id",
        "index", "invoke", "is_async", "keeps_tokens", "kind", "plain_targets", "rank", "takes_record",
    )  # fmt: skip

    index: int
    """The node's place in the arrays of an execution; ports come after all nodes."""
    rank: int
    """A node's place among the plan's nodes, higher than that of each of its ancestors; a port has that of its node."""
    id: str
    """The node's id; a port has that of its node."""
    kind: NodeKind
    invoke: "Callable[[Flow], Any]"
    """Binds the arguments and calls the step: returns its result, or a coroutine that has not started."""
    is_async: bool
    takes_record: bool
    adds_to_record: bool
    gets_outcomes: bool
    keeps_tokens: bool
    failure_port: "PlanNode | None"
    always_port: "PlanNode | None"
    plain_targets: tuple[int, ...] | None
    """The indices of the targets, if each edge always carries a value to a join that waits for all; else `None`."""

    _incoming: tuple[PlanEdge, ...] | None
    _outgoing: tuple[PlanEdge, ...] | None
    _sources: "tuple[PlanNode, ...] | None"

    def __init__(self, index: int, rank: int, node_id: str, kind: NodeKind) -> None:
        self.index = index
        self.rank = rank
        self.id = node_id
        self.kind = kind
        self.is_async = kind.is_async
        self.takes_record = kind.takes_record
        self.adds_to_record = kind.adds_to_record
        self.gets_outcomes = kind.gets_outcomes
        self.keeps_tokens = kind.keeps_tokens
        self.failure_port = self.always_port = self._incoming = self._outgoing = self._sources = None

    @property
    def incoming(self) -> tuple[PlanEdge, ...]:
        """The edges that end at it."""
        if self._incoming is None:
            self._incoming = self.kind.edges.incoming(self)
        return self._incoming

    @property
    def outgoing(self) -> tuple[PlanEdge, ...]:
        """The `success` edges of a node; the edges of a port."""
        if self._outgoing is None:
            self._outgoing = self.kind.edges.outgoing(self)
        return self._outgoing

    @property
    def sources(self) -> "tuple[PlanNode, ...]":
        """The nodes and ports that feed this one, each once, in the order of their last edges."""
        if self._sources is None:
            self._sources = by_last_edge(self.incoming)
        return self._sources

    @property
    def type(self) -> str:
        """Its type; of a port, at what end of its node its edges carry a value."""
        return self.kind.type

    @property
    def is_port(self) -> bool:
        """It is a port."""
        return self.kind.is_port

    @property
    def is_placed(self) -> bool:
        """Its step runs in a thread or process."""
        return self.kind.is_placed

    @property
    def join(self) -> JoinRule:
        """Which tokens it waits for."""
        return self.kind.join

    @property
    def within_seconds(self) -> float | None:
        """How long after the first token its join becomes `otherwise`."""
        return self.kind.within_seconds

    @property
    def otherwise(self) -> JoinRule | None:
        """What its join becomes then; `None`: it fails."""
        return self.kind.otherwise

    @property
    def can_rescue(self) -> bool:
        """It may fire because of a failure or an outcome: one of its ancestors is a port."""
        return self.kind.can_rescue

    @property
    def policy(self) -> NodePolicy:
        """Its policies."""
        return self.kind.policy

    @property
    def on_error(self) -> OnError:
        """What becomes of the execution when it fails."""
        return self.kind.on_error

    @property
    def attempt_timeout_seconds(self) -> float | None:
        """How long one attempt of it may take."""
        return self.kind.policy.timeout.attempt

    @property
    def total_timeout_seconds(self) -> float | None:
        """How long all attempts of it may take together."""
        return self.kind.policy.timeout.total

    def __repr__(self) -> str:
        return f"<PlanNode {self.index} {self.id!r} ({self.type})>"


class Plan:
    """A compiled workflow.

    Guarantees: `nodes` are in topological order, so an edge's source has a lower rank than its target; among nodes
    that no path orders, the order of the definition holds. A node's rank is its place among them.
    """

    def __init__(
        self,
        *,
        definition: Definition,
        nodes: Sequence[PlanNode],
        ports: tuple[PlanNode, ...] = (),
        by_index: Sequence[PlanNode],
        missing: bytearray | list[int],
        first: Sequence[int],
        kinds: Collection[NodeKind],
        last: Sequence[int],
        result: int | None = None,
        merges_records: bool,
        signals: Iterable[tuple[PlanNode, SignalWait]] = (),
        convert_input: Callable[[Any], Any],
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.nodes = nodes
        self.by_index = by_index
        """The nodes in the order in which they fire if no step suspends and every edge carries a value."""
        self.convert_input = convert_input
        self.roots = tuple([nodes[place] for place in first])
        self.missing = missing
        """How many tokens each node waits for at first."""
        self.takes_records = any(kind.takes_record for kind in kinds)
        self.is_mixed = self.takes_records and not all(kind.takes_record for kind in kinds)
        self.merges_records = merges_records
        self.size = len(nodes) + len(ports)
        """How many nodes and ports there are."""
        self.has_ports = bool(ports)
        self.has_async = any(kind.is_async for kind in kinds)
        self.has_placed = any(kind.is_placed for kind in kinds)
        self.policy = definition.policy
        self.signals: dict[str, dict[PlanNode, SignalWait]] = {}
        """The nodes that wait for signals, by the names of those."""
        for node, signal in signals:
            self.signals.setdefault(signal.name, {})[node] = signal
        ends = tuple([nodes[place] for place in last])
        self.ends = _ends(nodes, ends) if ports else ends
        """The nodes whose payloads are the result."""
        self.result_node = None if result is None else nodes[result]
        self._losers: dict[PlanNode, tuple[PlanNode, ...]] = {}
        self._latest: dict[frozenset[PlanNode], frozenset[PlanNode]] = {}

    @cached_property
    def is_settled(self) -> bool:
        """The nodes fire as in `by_index` if every step returns a value at once, whatever the values are."""
        return all(node.plain_targets is not None for node in self.by_index)

    @cached_property
    def by_id(self) -> Mapping[str, PlanNode]:
        """The nodes by id."""
        return {node.id: node for node in self.nodes}

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


def _ends(nodes: "Sequence[PlanNode]", last: "tuple[PlanNode, ...]") -> "tuple[PlanNode, ...]":
    """Return those of the last nodes that do not merely observe, if there are any."""
    observing: set[PlanNode] = set()
    for node in nodes:
        sources = {edge.source for edge in node.incoming}
        if sources and all(source.type == ALWAYS or nodes[source.rank] in observing for source in sources):
            observing.add(node)
    return tuple(node for node in last if node not in observing) or last


def by_last_edge(edges: "Sequence[PlanEdge]") -> "tuple[PlanNode, ...]":
    """Return the sources of edges, each once, in the order of their last edges: of records, the later edge's wins."""
    return each_by_last([edge.source for edge in edges])


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
