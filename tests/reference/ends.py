"""What is compared: how attempts and executions end, made from events or worked out."""

from typing import Any, NamedTuple

import msgspec

from flowrt.events import AttemptEnded, ExecutionEnded

EXPRESSION_ERROR = "flowrt.errors.ExpressionError"
ATTEMPT_TIMEOUT = "flowrt.errors.AttemptTimeoutError"
NODE_TIMEOUT = "flowrt.errors.NodeTimeoutError"
JOIN_TIMEOUT = "flowrt.errors.JoinTimeoutError"
EXECUTION_TIMEOUT = "flowrt.errors.ExecutionTimeoutError"
SIGNAL_TIMEOUT = "flowrt.errors.SignalTimeoutError"
UPSTREAM_ERROR = "flowrt.errors.UpstreamFailedError"
FINISHED_ANYWAY = "finished anyway"
COROUTINES = ("sleep", "checkpoint")
"""The ways to run in which an attempt suspends in a task."""

INEXACT_NS = 1000
"""By how much times may differ: the event loop counts in floating point."""
WAITS = ("delay", "signal")
"""The ways to run in which an attempt waits without a task."""
BEGINS, EXPIRES, DEADLINE, CANCEL, CANCEL_NODE, SIGNAL = (
    "begins",
    "expires",
    "deadline",
    "cancel",
    "cancel node",
    "signal",
)
"""What happens without an event: an attempt begins, a join's time or the execution's is over, somebody cancels or sends
a signal."""


class End(NamedTuple):
    """How an attempt of a node ended, or how the node ended without one; or what happens without an event."""

    node: str
    attempt: int
    status: str
    produced: Any = None
    error: str | None = None
    retry_delay_seconds: float | None = None
    note: str | None = None
    blames: str | None = None
    """Where its tokens made it fail: the nodes that failed, and the root cause."""
    at_ns: int | None = None
    """When; `None` on a real clock, where that is anybody's guess."""
    message: str | None = None
    """The error's text; the reference takes it from what was observed."""

    def __str__(self):
        facts = [f"{name}={value!r}" for name, value in self._asdict().items() if value is not None]
        return f"{self.node} {self.attempt} {self.status} " + " ".join(facts[3:])

    def fits(self, found):
        """Say whether this is what was observed."""
        if not isinstance(found, End):
            return False
        is_timely = self.at_ns is None or found.at_ns is None or abs(self.at_ns - found.at_ns) <= INEXACT_NS
        return is_timely and self == found._replace(message=self.message, at_ns=self.at_ns)


class Finish(NamedTuple):
    """How an execution ended."""

    status: str
    output: Any
    error: str | None
    failed_node: str | None
    failures_absorbed: int
    late_tokens: int | None = None
    """Counted where the execution completed."""

    def __str__(self):
        return "execution " + " ".join(f"{name}={value!r}" for name, value in self._asdict().items())

    def fits(self, found):
        """Say whether this is what was observed."""
        return self == found


def observed(event, at_ns=None):
    """Return an event as what is compared."""
    error = event.error
    if isinstance(event, ExecutionEnded):
        late = event.late_tokens if event.status == "completed" else None
        kind = error and error.type
        return Finish(event.status, _decoded(event.output), kind, event.failed_node, event.failures_absorbed, late)
    assert isinstance(event, AttemptEnded)
    blames = None
    if error is not None and error.type == UPSTREAM_ERROR:
        blames = error.message.removeprefix(f"node {event.node!r} never ran: ").split(":")[0]
    return End(
        node=event.node,
        attempt=event.attempt,
        status=event.status,
        produced=_decoded(event.output),
        error=error and error.type,
        retry_delay_seconds=event.retry_delay_seconds,
        note=event.note,
        blames=blames,
        at_ns=at_ns,
        message=error and error.message,
    )


def _decoded(snapshot):
    return None if snapshot is None else msgspec.json.decode(snapshot.text)
