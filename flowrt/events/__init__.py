"""What happens in an execution, as values: the same events that the sink stores, a hook hears and a reader sees.

An `Event` is a `LogEvent`, which the sink stores, or a `LiveEvent`, which is made only while somebody listens.
Times are integer nanoseconds: `at_ns` since 1970-01-01 UTC, `duration_ns` by a clock that never goes back.
"""

from typing import TypeAlias

from flowrt.events.facts import (
    Cancellation,
    ErrorDetails,
    ExecutionEvent,
    ExecutionStatus,
    InterruptedNode,
    InterruptedOutcome,
    NodeStatus,
    Snapshot,
    WaitsFor,
)
from flowrt.events.live import (
    AttemptStarted,
    CancelRequested,
    EventsLost,
    ExecutionPaused,
    ExecutionResumed,
    FiringParked,
    FiringResumed,
    JoinExpired,
    JoinOpened,
    LiveEvent,
    SignalKept,
    SignalTaken,
)
from flowrt.events.log import AttemptEnded, ExecutionEnded, ExecutionStarted, LogEvent

Event: TypeAlias = LogEvent | LiveEvent

__all__ = [
    "AttemptEnded",
    "AttemptStarted",
    "CancelRequested",
    "Cancellation",
    "ErrorDetails",
    "Event",
    "EventsLost",
    "ExecutionEnded",
    "ExecutionEvent",
    "ExecutionPaused",
    "ExecutionResumed",
    "ExecutionStarted",
    "ExecutionStatus",
    "FiringParked",
    "FiringResumed",
    "InterruptedNode",
    "InterruptedOutcome",
    "JoinExpired",
    "JoinOpened",
    "LiveEvent",
    "LogEvent",
    "NodeStatus",
    "SignalKept",
    "SignalTaken",
    "Snapshot",
    "WaitsFor",
]
