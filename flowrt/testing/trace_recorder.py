"""Writing down what happens in a simulation."""

import hashlib
from collections.abc import Callable

from flowrt.clock import NANOSECONDS
from flowrt.events import AttemptEnded, AttemptStarted, ErrorDetails, Event, ExecutionEnded, ExecutionStarted
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
        self._begun: TraceEvent | None = None
        """An attempt that may turn out not to run: the next event tells whether the node's flags skip it."""
        self._hash = hashlib.sha256()
        self._count = 0
        self._is_closed = False
        self._last_ns = 0

    def __call__(self, event: Event) -> None:
        """Note what the kernel tells, if a trace has it."""
        now, execution_id = self._now_ns(), event.execution_id
        match event:
            case AttemptStarted(node=node, attempt=attempt):
                self._flush()
                self._begun = TraceEvent(now, "attempt.started", execution_id, node, attempt)
            case AttemptEnded(node=node, attempt=attempt, status=status):
                if not attempt and self._begun is not None and self._begun[2:4] == (execution_id, node):
                    self._begun = None
                delay_ns = round((event.retry_delay_seconds or 0) * NANOSECONDS)
                error = _class_name(event.error)
                self._add(TraceEvent(now, "attempt.ended", execution_id, node, attempt, status, error, delay_ns))
            case ExecutionStarted():
                self._add(TraceEvent(now, "execution.started", execution_id))
            case ExecutionEnded():
                error = _class_name(event.error)
                self._add(TraceEvent(now, "execution.ended", execution_id, status=event.status, error=error))
            case _:
                pass

    def close(self) -> None:
        """Take no more: the simulation ends now."""
        if not self._is_closed:
            self._flush()
            self._last_ns = self._now_ns()
        self._is_closed = True

    def trace(self) -> Trace:
        """Return what happened so far."""
        self._flush()
        return Trace(
            tuple(self._events), hash=self._hash.hexdigest(), event_count=self._count, duration_ns=self._last_ns
        )

    def _add(self, event: TraceEvent) -> None:
        self._flush()
        self._write(event)

    def _flush(self) -> None:
        if (begun := self._begun) is not None:
            self._begun = None
            self._write(begun)

    def _write(self, event: TraceEvent) -> None:
        if self._is_closed:
            return
        self._count += 1
        self._last_ns = event.at_ns
        self._hash.update(repr(tuple(event)).encode())
        if self._keep:
            self._events.append(event)


def _class_name(error: ErrorDetails | None) -> str:
    return "" if error is None else error.type.rpartition(".")[2]
