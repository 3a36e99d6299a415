"""Events as rows of the tables: a pure function."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from flowrt.events import AttemptEnded, ErrorDetails, ExecutionEnded, ExecutionStarted, LogEvent, Snapshot

Row: TypeAlias = tuple[Any, ...]
"""Values in the order of a table's columns."""

NO_ERROR: Row = (None, None, None)


class BatchRows(msgspec.Struct):
    """What a batch of events changes in the tables."""

    executions: list[Row]
    """New executions; those that ended within the batch are complete."""
    ends: list[Row]
    """Ends of executions that started before: the id, then the columns of `END_COLUMNS`."""
    nodes: list[Row]
    next_positions: dict[str, int]
    """For each execution that started or went on in the batch: the position of its next node record."""
    ended: set[str]
    """The executions that ended in the batch."""
    repeated: set[str]
    """The executions that started twice in the batch."""


END_COLUMNS = (
    "status", "duration_ns", "output", "error_type", "error_message", "error_traceback",
    "failed_node", "reason", "failures_absorbed",
)  # fmt: skip


def started_earlier(batch: Iterable[LogEvent]) -> set[str]:
    """Return the executions that a batch tells of but whose start is not in it."""
    started: set[str] = set()
    earlier: set[str] = set()
    for event in batch:
        if type(event) is ExecutionStarted:
            started.add(event.execution_id)
        elif event.execution_id not in started:
            earlier.add(event.execution_id)
    return earlier


def rows_of(batch: Iterable[LogEvent], positions: Mapping[str, int]) -> BatchRows:
    """Turn events into rows.

    Args:
        batch: The events, in their order.
        positions: The next position of each execution of the batch that started before it.
    """
    starts: dict[str, Row] = {}
    ends: dict[str, Row] = {}
    nodes: list[Row] = []
    next_positions: dict[str, int] = {}
    ended: set[str] = set()
    repeated: set[str] = set()
    for event in batch:
        execution_id = event.execution_id
        if type(event) is AttemptEnded:
            position = next_positions[execution_id] if execution_id in next_positions else positions[execution_id]
            nodes.append(_node(event, position))
            next_positions[execution_id] = position + 1
        elif type(event) is ExecutionStarted:
            if execution_id in starts:
                repeated.add(execution_id)
            starts[execution_id] = _start(event)
            next_positions[execution_id] = 0
        elif type(event) is ExecutionEnded:
            ends[execution_id] = _end(event)
            ended.add(execution_id)
    executions = [_merge(start, ends.pop(execution_id, None)) for execution_id, start in starts.items()]
    return BatchRows(executions, list(ends.values()), nodes, next_positions, ended, repeated)


def _start(event: ExecutionStarted) -> Row:
    head = (event.execution_id, event.workflow, event.workflow_id, event.parent_id)
    return (*head, "running", event.at_ns, None, _text(event.input), None, *NO_ERROR, None, None, 0)


def _end(event: ExecutionEnded) -> Row:
    return (
        event.execution_id,
        event.status,
        event.duration_ns,
        _text(event.output),
        *_error(event.error),
        event.failed_node,
        storable(event.reason),
        event.failures_absorbed,
    )


def _merge(start: Row, end: Row | None) -> Row:
    if end is None:
        return start
    _, status, duration_ns, *rest = end
    return (*start[:4], status, start[5], duration_ns, start[7], *rest)


def _node(event: AttemptEnded, position: int) -> Row:
    output = event.output
    return (
        event.execution_id,
        position,
        event.node,
        event.attempt,
        event.status,
        event.at_ns - event.duration_ns,
        event.duration_ns,
        None if output is None else output.text.decode(errors="replace"),
        None if output is None else output.size_bytes,
        *(NO_ERROR if event.error is None else _error(event.error)),
        event.retry_delay_seconds,
        storable(event.note),
    )


def _text(snapshot: Snapshot | None) -> str | None:
    return None if snapshot is None else snapshot.text.decode(errors="replace")


def _error(error: ErrorDetails | None) -> Row:
    return NO_ERROR if error is None else (error.type, storable(error.message), storable(error.traceback))


def storable(text: str | None) -> str | None:
    r"""Return a text that any database takes: NUL and lone surrogates are escaped.

    >>> storable("a\0\udc80")
    'a\\x00\\udc80'
    """
    if text is None:
        return None
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
