"""The answer to why a node stands as it does."""

from typing import Literal, TypeAlias

import msgspec

from flowrt.definition.model import EdgeOn

State: TypeAlias = Literal[
    "waiting for inputs",
    "ready",
    "paused",
    "running",
    "stopping",
    "retrying",
    "delayed",
    "waiting for a signal",
    "waiting for a thread",
    "waiting for a process",
    "completed",
    "finished anyway",
    "failed",
    "failed without running",
    "skipped",
    "cancelled",
    "never began",
    "abandoned",
    "unknown",
]
"""How a node stands. The first ten have not ended; `unknown`: the log can't tell."""

TokenName: TypeAlias = Literal["value", "skipped", "failed", "cancelled"]
VALUE: TokenName = "value"
MAX_NAMED = 3
"""How many inputs a sentence names."""
MAX_LINES = 10
"""How many inputs, or attempts, a text lists."""


class InputFact(msgspec.Struct, frozen=True, kw_only=True):
    """One edge that leads to the node."""

    source: str
    """The id of the node that it comes from."""
    source_state: State
    on: EdgeOn = "success"
    branch: str | None = None
    """Its `sourceHandle`."""
    condition: str | None = None
    is_in: bool
    """Its token has come."""
    token: TokenName | None = None
    """What it carried; `None` if nothing has come, or if the log can't tell."""
    why: str
    """What the source does, or what its end put on the edge, for a person."""


class AttemptFact(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt that failed."""

    attempt: int
    """From 1."""
    error: str
    """The exception's class name and message."""
    pause_seconds: float | None = None
    """How long the node waited then for its next attempt; `None` if none followed."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a node of an execution has not fired yet, was skipped, is retried, failed, was cancelled, and so on.

    `str()` of it is a text for a person.
    """

    node: str
    state: State
    sentence: str
    """The answer, for a person."""
    caveat: str | None = None
    """Why the log can't be certain; `None` if it is."""
    inputs: tuple[InputFact, ...] = ()
    """All edges that lead to the node."""
    attempt: int = 0
    """The number of the current or last attempt, or of the one that it waits for, from 1; 0: it has not begun."""
    max_attempts: int = 1
    attempts: tuple[AttemptFact, ...] = ()
    """The attempts that failed."""
    signal: str | None = None
    """The name of the signal that it waits for."""
    since_seconds: float | None = None
    """How long it has run or waited; `None` if it does neither, or nobody knows."""
    due_in_seconds: float | None = None
    """When its wait is over, or its time limit is reached; `None` without one."""
    path: tuple[str, ...] = ()
    """From the node back to where its failure or skip began, or to what it waits for in the end."""
    root_cause: str | None = None
    """What happened there."""

    def __str__(self) -> str:
        lines = [self.sentence if self.caveat is None else f"{self.sentence} {self.caveat}"]
        if len(self.attempts) > 1:
            lines += [f"  attempt {attempt.attempt} failed: {attempt.error}" for attempt in self.attempts[-MAX_LINES:]]
        shown = self._shown()
        lines += [f"  from {fact.source!r}: {fact.why}" for fact in shown[:MAX_LINES]]
        if len(shown) > MAX_LINES:
            lines.append(f"  and {len(shown) - MAX_LINES:,} more")
        return "\n".join(lines)

    def _shown(self) -> list[InputFact]:
        """Return the inputs that matter, unless the sentence has named them all."""
        match self.state:
            case "waiting for inputs":
                missing = [fact for fact in self.inputs if not fact.is_in]
                return missing if len(missing) > MAX_NAMED else []
            case "skipped":
                empty = [fact for fact in self.inputs if fact.token != VALUE]
                return empty if len(empty) > MAX_NAMED else []
            case "failed without running" | "unknown":
                return list(self.inputs)
            case _:
                return []
