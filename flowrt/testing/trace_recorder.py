"""Writing down what happens in a simulation."""

import hashlib
from collections.abc import Callable

from flowrt.clock import NANOSECONDS
from flowrt.events import AttemptEnded, ErrorDetails, ExecutionEnded, ExecutionStarted, LogEvent
from flowrt.testing.trace import Trace, TraceEvent


class TraceRecorder:
    """Takes events as they happen.

    Args:
        now_ns: The virtual clock.
        keep_events: Keep them; otherwise only their hash and number.
    """

    def __init__(self, now_ns: Callable[[], int], *, keep_events: bool) -> None:
        self._now_ns = now_ns
        self._keep = keep_events
        self._events: list[TraceEvent] = []
        self._hash = hashlib.sha256()
        self._count = 0
        self._attempts: dict[str, dict[str, int]] = {}
        self._is_closed = False
        self._last_ns = 0

    def attempt_started(self, execution_id: str, node: str) -> None:
        """Note that a node fires."""
        attempts = self._attempts.setdefault(execution_id, {})
        number = attempts[node] = attempts.get(node, 0) + 1
        self._add(TraceEvent(self._now_ns(), "attempt.started", execution_id, node, number))

    def event(self, event: LogEvent) -> None:
        """Note what the kernel tells."""
        now, execution_id = self._now_ns(), event.execution_id
        match event:
            case AttemptEnded(node=node, attempt=attempt, status=status):
                attempts = self._attempts.setdefault(execution_id, {})
                attempts[node] = max(attempts.get(node, 0), attempt)  # one may end in its queue, before it starts
                delay_ns = round((event.retry_delay_seconds or 0) * NANOSECONDS)
                error = _class_name(event.error)
                self._add(TraceEvent(now, "attempt.ended", execution_id, node, attempt, status, error, delay_ns))
            case ExecutionStarted():
                self._add(TraceEvent(now, "execution.started", execution_id))
            case ExecutionEnded():
                error = _class_name(event.error)
                self._add(TraceEvent(now, "execution.ended", execution_id, status=event.status, error=error))
                self._attempts.pop(execution_id, None)

    def close(self) -> None:
        """Take no more."""
        self._is_closed = True

    def trace(self) -> Trace:
        """Return what happened so far."""
        return Trace(
            tuple(self._events), hash=self._hash.hexdigest(), event_count=self._count, duration_ns=self._last_ns
        )

    def _add(self, event: TraceEvent) -> None:
        if self._is_closed:
            return
        self._count += 1
        self._last_ns = event.at_ns
        self._hash.update(repr(tuple(event)).encode())
        if self._keep:
            self._events.append(event)


def _class_name(error: ErrorDetails | None) -> str:
    return "" if error is None else error.type.rpartition(".")[2]
