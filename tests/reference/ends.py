"""What is compared: how attempts and executions end, made from events or worked out."""

from typing import Any, NamedTuple

import msgspec

from flowrt.events import AttemptEnded, ExecutionEnded

EXPRESSION_ERROR = "flowrt.errors.ExpressionError"
TIMEOUT_ERROR = "flowrt.errors.AttemptTimeoutError"
UPSTREAM_ERROR = "flowrt.errors.UpstreamFailedError"
FINISHED_ANYWAY = "finished anyway"
COROUTINES = ("sleep", "checkpoint")
"""The ways to run in which an attempt suspends in a task."""


class End(NamedTuple):
    """How an attempt of a node ended, or how the node ended without one."""

    node: str
    attempt: int
    status: str
    produced: Any = None
    error: str | None = None
    retry_delay_seconds: float | None = None
    note: str | None = None
    blames: str | None = None
    """Where its tokens made it fail: the nodes that failed, and the root cause."""

    def __str__(self):
        facts = [f"{name}={value!r}" for name, value in self._asdict().items() if value is not None]
        return f"{self.node} {self.attempt} {self.status} " + " ".join(facts[3:])


class Finish(NamedTuple):
    """How an execution ended."""

    status: str
    output: Any
    error: str | None
    failed_node: str | None
    failures_absorbed: int

    def __str__(self):
        return "execution " + " ".join(f"{name}={value!r}" for name, value in self._asdict().items())


def observed(event):
    """Return an event as what is compared."""
    error = event.error
    if isinstance(event, ExecutionEnded):
        kind = error and error.type
        return Finish(event.status, _decoded(event.output), kind, event.failed_node, event.failures_absorbed)
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
    )


def _decoded(snapshot):
    return None if snapshot is None else msgspec.json.decode(snapshot.text)
