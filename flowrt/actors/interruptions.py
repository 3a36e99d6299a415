"""Who interrupted which firings of an execution, and what became of them."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from flowrt.clock import NANOSECONDS
from flowrt.events import Cancellation, InterruptedNode, InterruptedOutcome

if TYPE_CHECKING:
    from flowrt.graph.plan import PlanNode

FINISHED_ANYWAY = "finished anyway"
ABANDONED = "abandoned: it did not end within"
"""How the log's notes say what became of them."""


class Interruption(NamedTuple):
    """Why a firing was interrupted."""

    kind: Literal["cancel", "total"]
    """`cancel`: it is to end as cancelled; `total`: it fails, as the node's time is over."""
    at_ns: int
    note: str | None = None
    """What the log says of it, where it is about this firing alone."""


class Request(NamedTuple):
    """That somebody asked for an execution to be cancelled, or for one of its nodes."""

    reason: str
    asked_by: str | None
    at_ns: int
    """Since 1970-01-01 UTC."""

    @property
    def told(self) -> str:
        """Why, and who asked if that was said, as one text."""
        return self.reason if self.asked_by is None else f"{self.reason} (by {self.asked_by})"


class Interrupted(NamedTuple):
    """How a node ended that was interrupted, or cancelled before it began."""

    outcome: InterruptedOutcome
    note: str | None


class Interruptions:
    """The firings that were interrupted, by node, and what became of them; most executions have none."""

    __slots__ = ("_ended", "_ends", "_open", "request")

    def __init__(self) -> None:
        self._open: dict[PlanNode, Interruption] = {}
        self._ends: list[InterruptedNode] = []
        self._ended: dict[PlanNode, Interrupted] = {}
        self.request: Request | None = None
        """That somebody asked for the whole execution to be cancelled."""

    def find(self, node: "PlanNode") -> Interruption | None:
        """Return why the firing of a node was interrupted."""
        return self._open.get(node)

    def begin(self, node: "PlanNode", interruption: Interruption) -> None:
        """Note that a firing was interrupted."""
        self._open.setdefault(node, interruption)

    def forget(self, node: "PlanNode") -> None:
        """Forget that a firing was interrupted: what becomes of it is no business of a cancel."""
        self._open.pop(node, None)

    def end(self, node: "PlanNode", outcome: InterruptedOutcome, now_ns: int, note: str | None = None) -> None:
        """Note what became of the firing of a node, if it was interrupted."""
        interruption = self._open.pop(node, None)
        if interruption is not None:
            seconds = (now_ns - interruption.at_ns) / NANOSECONDS
            self._ends.append(InterruptedNode(node=node.id, outcome=outcome, seconds=seconds))
            self._ended[node] = Interrupted(outcome, note or interruption.note)

    def keep_note(self, node: "PlanNode", note: str | None) -> None:
        """Keep why a node was cancelled that neither ran nor waited."""
        self._ended[node] = Interrupted("cancelled", note)

    def finished_late(self, node: "PlanNode") -> None:
        """Note that a step returned a value although its time was over or it was interrupted."""
        self._ended[node] = Interrupted("finished anyway", None)

    def ended(self, node: "PlanNode") -> Interrupted | None:
        """Return how a node ended that was interrupted, or cancelled before it began."""
        return self._ended.get(node)

    def report(self) -> Cancellation | None:
        """Return what became of a cancel so far; `None` if nobody asked for one."""
        if self.request is None:
            return None
        reason, asked_by, at_ns = self.request
        return Cancellation(reason=reason, asked_by=asked_by, at_ns=at_ns, nodes=tuple(self._ends))
