"""What happens in an execution, as values: the same events that the sink stores and a subscriber sees.

Times are integer nanoseconds: `at_ns` since 1970-01-01 UTC, `duration_ns` by a clock that never goes back.
"""

from typing import Literal, TypeAlias

import msgspec

ExecutionStatus: TypeAlias = Literal["running", "completed", "failed", "cancelled"]
NodeStatus: TypeAlias = Literal["completed", "failed", "skipped", "cancelled"]


class Snapshot(msgspec.Struct, frozen=True):
    """A payload as JSON text, taken when it was produced.

    A payload over the limit is cut: `text` is then `{"$cut": {"size_bytes": ..., "start": "..."}}`.
    """

    text: bytes
    size_bytes: int
    is_cut: bool = False


class ErrorDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An exception as data."""

    type: str
    """The class's name, with its module where that is not `builtins`."""
    message: str
    traceback: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened in one execution."""

    execution_id: str
    at_ns: int


class ExecutionStarted(Event, frozen=True, kw_only=True, tag="execution.started"):
    """An execution began. It is the first event of its execution."""

    workflow: str
    workflow_id: str | None
    """The stored version that runs; `None` without a store."""
    input: Snapshot
    parent_id: str | None = None
    """The execution whose step started this one."""


class AttemptEnded(Event, frozen=True, kw_only=True, tag="attempt.ended"):
    """An attempt of a node ended. `at_ns` is when it ended."""

    node: str
    attempt: int
    """From 1; 0 where the node ended without running, because of the tokens that it was given."""
    status: NodeStatus
    duration_ns: int
    output: Snapshot | None = None
    """What the node produced (not what it was given), if the attempt completed."""
    error: ErrorDetails | None = None
    retry_delay_seconds: float | None = None
    """Set if the attempt failed and another one follows after that time."""
    note: str | None = None
    """What else is worth knowing, such as `finished anyway` or the keys on which two branches disagree."""


InterruptedOutcome: TypeAlias = Literal["cancelled", "finished anyway", "abandoned"]


class InterruptedNode(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a firing that was interrupted."""

    node: str
    outcome: InterruptedOutcome
    """`abandoned`: it did not end within its grace time, and may still run."""
    seconds: float
    """From its interruption to its end, or until it was abandoned."""


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a cancel."""

    reason: str
    asked_by: str | None
    """Who asked for it, if that was said."""
    at_ns: int
    """When it was asked for, since 1970-01-01 UTC."""
    nodes: tuple[InterruptedNode, ...] = ()
    """What ran or waited then, in the order in which it ended."""


class ExecutionEnded(Event, frozen=True, kw_only=True, tag="execution.ended"):
    """An execution ended. It is the last event of its execution."""

    status: ExecutionStatus
    duration_ns: int
    output: Snapshot | None = None
    error: ErrorDetails | None = None
    failed_node: str | None = None
    reason: str | None = None
    """Why it was cancelled, and by whom if that was said."""
    failures_absorbed: int = 0
    """Failures that a `failure` edge or an `on_error` took care of."""
    late_tokens: int = 0
    """Values that came to a join that had decided."""
    cancellation: Cancellation | None = None
    """What became of a cancel, if somebody asked for one."""


LogEvent: TypeAlias = ExecutionStarted | AttemptEnded | ExecutionEnded
