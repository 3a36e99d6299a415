"""What events are made of."""

from typing import Literal, TypeAlias

import msgspec

ExecutionStatus: TypeAlias = Literal["running", "completed", "failed", "cancelled"]
NodeStatus: TypeAlias = Literal["completed", "failed", "skipped", "cancelled"]
WaitsFor: TypeAlias = Literal["retry", "delay", "signal", "thread", "process"]
InterruptedOutcome: TypeAlias = Literal["cancelled", "finished anyway", "abandoned"]


class ExecutionEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened in one execution."""

    execution_id: str
    at_ns: int


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
