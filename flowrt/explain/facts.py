"""What an explanation is made of: facts that an execution or the log gives."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from flowrt.definition.arguments import Flag
from flowrt.definition.model import Edge, JoinRule, Node
from flowrt.events import ExecutionStatus
from flowrt.explain.explanation import AttemptFact, State
from flowrt.explain.wiring import FlagFact
from flowrt.graph.joins import Token
from flowrt.policies import Placement


class NodeFacts(NamedTuple):
    """What one node did so far."""

    id: str
    state: State
    attempt: int = 0
    """The number of the current or last attempt, or of the one that it waits for; 0: it has not begun."""
    failed: tuple[AttemptFact, ...] = ()
    error: str | None = None
    """Why it failed: class and message."""
    note: str | None = None
    """What the log says of its end."""
    signal: str | None = None
    since_seconds: float | None = None
    due_in_seconds: float | None = None
    total_in_seconds: float | None = None
    """When its time for all attempts is over, where it waits for something else."""
    placement: Placement = "inline"
    """Where its steps run."""


class Queue(NamedTuple):
    """The queue for threads or processes that a node waits in."""

    ahead: int
    """How many get one before."""
    capacity: int
    """How many there are; all are taken."""
    left_alone: tuple[str, ...]
    """The nodes whose steps keep theirs, although nobody waits for these steps any more; of any execution."""


class Design(NamedTuple):
    """What the workflow says of a node."""

    join: JoinRule
    otherwise: JoinRule | None
    max_attempts: int


class Arrival(NamedTuple):
    """An edge that leads to a node, and what came over it."""

    edge: Edge
    is_in: bool
    token: Token | None
    """`None`: nothing has come, or nobody can tell whether it was a value."""


class Fate(NamedTuple):
    """How the execution stands."""

    status: ExecutionStatus
    is_ending: bool
    is_paused: bool
    why: str | None
    """Why it is ending or has ended, unless it completed."""


class Facts(Protocol):
    """One execution, as far as it is asked about."""

    fate: Fate

    def node(self, node_id: str) -> NodeFacts:
        """Return what a node did; costs the same for every node, however large the workflow is."""
        ...

    def design(self, node_id: str) -> Design:
        """Return what the workflow says of a node."""
        ...

    def written(self, node_id: str) -> Node:
        """Return a node as the definition has it."""
        ...

    def flag(self, node_id: str, flag: Flag) -> FlagFact:
        """Return what a flag of a node was that has ended."""
        ...

    def arrivals(self, node_id: str) -> Sequence[Arrival]:
        """Return the edges that lead to a node, in the order of the definition."""
        ...

    def queue(self, node_id: str) -> Queue | None:
        """Return the queue that a node waits in; costs time for each that is ahead."""
        ...

    def join_seconds(self, node_id: str) -> float | None:
        """Return how long the join of a node still has; `None` if its time does not run."""
        ...


class Remembered:
    """Facts that are asked for once and kept: an explanation comes back to a node again and again."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._nodes: dict[str, NodeFacts] = {}
        self._arrivals: dict[str, Sequence[Arrival]] = {}
        self.fate = facts.fate
        self.design = facts.design
        self.written = facts.written
        self.flag = facts.flag
        self.queue = facts.queue
        self.join_seconds = facts.join_seconds

    def node(self, node_id: str) -> NodeFacts:
        """Return what a node did."""
        known = self._nodes.get(node_id)
        if known is None:
            known = self._nodes[node_id] = self._facts.node(node_id)
        return known

    def arrivals(self, node_id: str) -> Sequence[Arrival]:
        """Return the edges that lead to a node."""
        known = self._arrivals.get(node_id)
        if known is None:
            known = self._arrivals[node_id] = self._facts.arrivals(node_id)
        return known


ENDED: frozenset[State] = frozenset(
    (
        "completed",
        "finished anyway",
        "failed",
        "failed without running",
        "skipped",
        "cancelled",
        "never began",
        "abandoned",
    )
)
"""The states of nodes that have ended."""
FAILED: frozenset[State] = frozenset({"failed", "failed without running"})
