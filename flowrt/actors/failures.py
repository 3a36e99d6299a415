"""Why nodes of one execution failed."""

from typing import NamedTuple

from flowrt.actors.snapshots import text_of
from flowrt.errors import UpstreamFailedError
from flowrt.graph.plan import PlanNode


class Failure(NamedTuple):
    """Why a node failed."""

    attempt: int
    """The number of its last attempt; 0 if it failed by its tokens."""
    error: str
    """Its class and message."""
    root_cause: str
    """Where the failure began."""


class Culprit(NamedTuple):
    """The node whose failure an execution failed of."""

    node_id: str
    attempt: int


class Failures:
    """The failures of nodes, as text: their frames would hold on to too much."""

    __slots__ = ("_by_id", "_notes", "absorbed")

    def __init__(self) -> None:
        self._by_id: dict[str, Failure] = {}
        self._notes: dict[PlanNode, str] = {}
        self.absorbed = 0
        """How many failures the execution went on after."""

    def keep(self, node: PlanNode, error: Exception, attempt: int) -> None:
        """Keep why a node failed, and where that began, for those that fail because of it."""
        text = text_of(error)
        root_cause = error.root_cause if type(error) is UpstreamFailedError else f"{node.id}: {text}"
        self._by_id[node.id] = Failure(attempt, text, root_cause)

    def find(self, node_id: str) -> Failure | None:
        """Return why a node failed."""
        return self._by_id.get(node_id)

    def root_cause(self, node_id: str) -> str:
        """Return where the failure of a node began, as text."""
        return self._by_id[node_id].root_cause

    def keep_note(self, node: PlanNode, note: str | None) -> None:
        """Keep why a node is not retried although its policy would."""
        if note is not None:
            self._notes[node] = note

    def note(self, node: PlanNode) -> str | None:
        """Return why a node is not retried although its policy would."""
        return self._notes.get(node)
