"""What one execution remembers of its nodes' attempts."""

from contextlib import suppress
from typing import ClassVar, NamedTuple

from flowrt.actors.few import Few
from flowrt.actors.on_demand import OnDemand
from flowrt.actors.snapshots import text_of
from flowrt.errors import UpstreamFailedError
from flowrt.graph.plan import PlanNode


class FailedAttempt(NamedTuple):
    """An attempt that was followed by another one."""

    number: int
    error: str
    """Its class and message."""
    pause_seconds: float
    before: "FailedAttempt | None"
    """The one before it."""


class Failure(NamedTuple):
    """Why a node failed."""

    attempt: int
    """The number of its last attempt; 0 if it failed by its tokens."""
    error: str
    """Its class and message."""
    root_cause: str
    """Where the failure began."""


class Attempts(OnDemand):
    """Numbers and errors, by node; empty for a node whose first attempt succeeds."""

    __slots__ = ("_failures", "_last", "_notes", "retries")
    containers: ClassVar = {"_failures": dict, "_last": Few, "_notes": dict}

    _last: Few[PlanNode, FailedAttempt]
    _failures: dict[str, Failure]
    _notes: dict[PlanNode, str]

    def __init__(self) -> None:
        self.retries = 0
        """How many retries there were, of all nodes together."""

    def number(self, node: PlanNode) -> int:
        """Return the number of a node's current attempt, from 1."""
        last = self._last.get(node)
        return 1 if last is None else last.number + 1

    def count_failed(self, node: PlanNode, error: Exception, pause_seconds: float) -> None:
        """Go on to a node's next attempt; keep the error's text, not its frames."""
        before = self._last.get(node)
        self._last[node] = FailedAttempt(self.number(node), text_of(error), pause_seconds, before)
        self.retries += 1

    def earlier(self, node: PlanNode) -> tuple[FailedAttempt, ...]:
        """Return the attempts of a node that were followed by another one."""
        found: list[FailedAttempt] = []
        attempt = self._last.get(node)
        while attempt is not None:
            found.append(attempt)
            attempt = attempt.before
        return tuple(reversed(found))

    def add_notes(self, node: PlanNode, error: Exception) -> None:
        """Note the errors of the earlier attempts on that of the last."""
        with suppress(Exception):  # an error may refuse them: a frozen dataclass does
            for attempt in self.earlier(node):
                error.add_note(f"attempt {attempt.number} failed: {attempt.error}")

    def keep_note(self, node: PlanNode, note: str | None) -> None:
        """Keep why a node is not retried although its policy would."""
        if note is not None:
            self._notes[node] = note

    def note(self, node: PlanNode) -> str | None:
        """Return why a node is not retried although its policy would."""
        return self._notes.get(node)

    def keep_failure(self, node: PlanNode, error: Exception, attempt: int) -> None:
        """Keep why a node failed, and where that began, for those that fail because of it."""
        text = text_of(error)
        root_cause = error.root_cause if type(error) is UpstreamFailedError else f"{node.id}: {text}"
        self._failures[node.id] = Failure(attempt, text, root_cause)

    def failure(self, node_id: str) -> Failure | None:
        """Return why a node failed."""
        return self._failures.get(node_id)

    def root_cause(self, node_id: str) -> str:
        """Return where the failure of a node began, as text."""
        return self._failures[node_id].root_cause
