"""Events of four small workflows, for checks of stores."""

from collections.abc import Mapping
from typing import Any

from flowrt.events import AttemptEnded, ErrorDetails, ExecutionEnded, ExecutionStarted, LogEvent, NodeStatus, Snapshot
from flowrt.events import ExecutionStatus as Status

START_NS = 1_700_000_000_123_456_789
"""When every execution starts; as a float it would lose its last digits."""

EDGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "chain": {"a": (), "b": ("a",), "c": ("b",)},
    "diamond": {"top": (), "left": ("top",), "right": ("top",), "bottom": ("left", "right")},
    "retry": {"flaky": (), "after": ("flaky",)},
    "skip": {"choose": (), "taken": ("choose",), "left_out": ("choose",), "join": ("taken", "left_out")},
}
"""For each workflow the nodes that feed each node."""


def snapshot(text: str = '{"n":1}') -> Snapshot:
    """Return a payload."""
    data = text.encode()
    return Snapshot(data, len(data))


def started(execution_id: str, workflow: str = "chain", **fields: Any) -> ExecutionStarted:
    """Return the start of an execution; `fields` are those of the event."""
    fields = {"at_ns": START_NS, "workflow_id": None, "input": snapshot()} | fields
    return ExecutionStarted(execution_id=execution_id, workflow=workflow, **fields)


def attempt(
    execution_id: str, node: str, number: int = 1, status: NodeStatus = "completed", **fields: Any
) -> AttemptEnded:
    """Return the end of an attempt; `fields` are those of the event."""
    output = snapshot() if status == "completed" else None
    fields = {"at_ns": START_NS + 2000, "duration_ns": 1000, "output": output} | fields
    return AttemptEnded(execution_id=execution_id, node=node, attempt=number, status=status, **fields)


def ended(execution_id: str, status: Status = "completed", **fields: Any) -> ExecutionEnded:
    """Return the end of an execution; `fields` are those of the event."""
    output = snapshot() if status == "completed" else None
    fields = {"at_ns": START_NS + 9000, "duration_ns": 9000, "output": output} | fields
    return ExecutionEnded(execution_id=execution_id, status=status, **fields)


def events_of(workflow: str, execution_id: str | None = None) -> list[LogEvent]:
    """Return all events of one execution, in the order in which a runtime sends them."""
    execution_id = execution_id or f"1-{workflow}"
    events: list[LogEvent] = [started(execution_id, workflow)]
    for node in EDGES[workflow]:
        if node == "flaky":
            error = ErrorDetails(type="OSError", message="no route", traceback="...")
            events.append(attempt(execution_id, node, 1, "failed", error=error, retry_delay_seconds=0.5))
            events.append(attempt(execution_id, node, 2))
        elif node == "left_out":
            events.append(attempt(execution_id, node, 0, "skipped"))
        else:
            events.append(attempt(execution_id, node))
    return [*events, ended(execution_id)]


def interleaved() -> list[LogEvent]:
    """Return the events of an execution of each workflow, all running at the same time."""
    streams = [events_of(workflow) for workflow in EDGES]
    longest = max(map(len, streams))
    return [stream[place] for place in range(longest) for stream in streams if place < len(stream)]
