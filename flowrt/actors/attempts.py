"""What one execution remembers of attempts that were followed by another one."""

from contextlib import suppress

import msgspec

from flowrt.actors.few import Few
from flowrt.actors.snapshots import text_of
from flowrt.graph.plan import PlanNode


class FailedAttempt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An attempt that was followed by another one. It can be in no cycle, so the garbage collector need not see it."""

    number: int
    error: str
    """Its class and message."""
    pause_seconds: float
    before: "FailedAttempt | None" = None
    """The one before it."""


class Attempts(Few[PlanNode, FailedAttempt]):
    """The newest of them by node; nothing for a node whose first attempt succeeds."""

    __slots__ = ("retries",)

    def __init__(self) -> None:
        super().__init__()
        self.retries = 0
        """How many retries there were, of all nodes together."""

    def number(self, node: PlanNode) -> int:
        """Return the number of a node's current attempt, from 1."""
        last = self.get(node)
        return 1 if last is None else last.number + 1

    def count_failed(self, node: PlanNode, error: Exception, pause_seconds: float) -> None:
        """Go on to a node's next attempt; keep the error's text, not its frames."""
        before = self.get(node)
        self[node] = FailedAttempt(
            number=self.number(node), error=text_of(error), pause_seconds=pause_seconds, before=before
        )
        self.retries += 1

    def earlier(self, node: PlanNode) -> tuple[FailedAttempt, ...]:
        """Return the attempts of a node that were followed by another one."""
        found: list[FailedAttempt] = []
        attempt = self.get(node)
        while attempt is not None:
            found.append(attempt)
            attempt = attempt.before
        return tuple(reversed(found))

    def add_notes(self, node: PlanNode, error: Exception) -> None:
        """Note the errors of the earlier attempts on that of the last."""
        with suppress(Exception):  # an error may refuse them: a frozen dataclass does
            for attempt in self.earlier(node):
                error.add_note(f"attempt {attempt.number} failed: {attempt.error}")
