"""The events that are not stored: they are made only while somebody listens.

Where a time is given in advance, an execution that ends meanwhile does not wait for it.
"""

from typing import TypeAlias

import msgspec

from flowrt.events.facts import ExecutionEvent, WaitsFor


class AttemptStarted(ExecutionEvent, frozen=True, kw_only=True, tag="attempt.started"):
    """A node fires: its step begins.

    Its `AttemptEnded` follows, with `attempt=0` if it then turns out that an argument has no value.
    """

    node: str
    attempt: int
    """From 1."""


class FiringParked(ExecutionEvent, frozen=True, kw_only=True, tag="firing.parked"):
    """A node waits, and holds no task. `FiringResumed` follows, or, if it is interrupted, its `AttemptEnded`."""

    node: str
    attempt: int
    """The attempt that waits; for `retry` the one that is to begin."""
    waits_for: WaitsFor
    until_ns: int | None = None
    """When it goes on, whatever comes, since 1970-01-01 UTC; `None` is no limit."""
    signal: str | None = None
    """The name of the signal that it waits for."""


class FiringResumed(ExecutionEvent, frozen=True, kw_only=True, tag="firing.resumed"):
    """What a node waited for has come, or its time is over."""

    node: str
    attempt: int
    waited_for: WaitsFor
    duration_ns: int
    """How long it waited."""


class JoinOpened(ExecutionEvent, frozen=True, kw_only=True, tag="join.opened"):
    """The first token came to a join that has a time (`within`)."""

    node: str
    until_ns: int
    """When its time is over, since 1970-01-01 UTC."""


class JoinExpired(ExecutionEvent, frozen=True, kw_only=True, tag="join.expired"):
    """The time of a join was over before it had decided: it becomes its `else`, or fails."""

    node: str


class SignalTaken(ExecutionEvent, frozen=True, kw_only=True, tag="signal.taken"):
    """A node took a signal."""

    name: str
    node: str


class SignalKept(ExecutionEvent, frozen=True, kw_only=True, tag="signal.kept"):
    """A signal came for which no node waits yet; it is kept for the first that will."""

    name: str


class CancelRequested(ExecutionEvent, frozen=True, kw_only=True, tag="cancel.requested"):
    """Somebody asked for a running execution, or one of its nodes, to be cancelled."""

    reason: str
    asked_by: str | None = None
    """Who asked for it, if that was said."""
    node: str | None = None
    """The node; `None` is the whole execution."""
    is_stop: bool = False
    """What would clean up is interrupted, too."""


class ExecutionPaused(ExecutionEvent, frozen=True, kw_only=True, tag="execution.paused"):
    """No node fires any more until `ExecutionResumed`, or until the execution is ending."""


class ExecutionResumed(ExecutionEvent, frozen=True, kw_only=True, tag="execution.resumed"):
    """Nodes fire again."""


LiveEvent: TypeAlias = (
    AttemptStarted
    | FiringParked
    | FiringResumed
    | JoinOpened
    | JoinExpired
    | SignalTaken
    | SignalKept
    | CancelRequested
    | ExecutionPaused
    | ExecutionResumed
)


class EventsLost(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="events.lost"):
    """Stands in a bounded stream for the events that it dropped there, because its reader was slow."""

    count: int
    """At least 1."""
