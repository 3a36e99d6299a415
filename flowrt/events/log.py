"""The events that the sink stores."""

from typing import TypeAlias

from flowrt.events.facts import Cancellation, ErrorDetails, ExecutionEvent, ExecutionStatus, NodeStatus, Snapshot


class ExecutionStarted(ExecutionEvent, frozen=True, kw_only=True, tag="execution.started"):
    """An execution began. It is the first event of its execution."""

    workflow: str
    workflow_id: str | None
    """The stored version that runs; `None` without a store."""
    input: Snapshot
    parent_id: str | None = None
    """The execution whose step started this one."""


class AttemptEnded(ExecutionEvent, frozen=True, kw_only=True, tag="attempt.ended"):
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


class ExecutionEnded(ExecutionEvent, frozen=True, kw_only=True, tag="execution.ended"):
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
