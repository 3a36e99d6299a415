"""Events made by hand, and what law 6 asks of the log that holds some of them."""

from flowrt.events import AttemptEnded, ErrorDetails, ExecutionEnded, ExecutionStarted, Snapshot

START_NS = 1_700_000_000_000_000_000

EDGES = {
    "chain": {"a": (), "b": ("a",), "c": ("b",)},
    "diamond": {"top": (), "left": ("top",), "right": ("top",), "bottom": ("left", "right")},
    "retry": {"flaky": (), "after": ("flaky",)},
    "skip": {"choose": (), "taken": ("choose",), "left_out": ("choose",), "join": ("taken", "left_out")},
}
"""For each workflow the nodes that feed each node."""


def snapshot(text='{"n":1}'):
    data = text.encode()
    return Snapshot(data, len(data))


def started(execution_id, workflow="chain", **fields):
    fields = {"at_ns": START_NS, "workflow_id": None, "input": snapshot()} | fields
    return ExecutionStarted(execution_id=execution_id, workflow=workflow, **fields)


def attempt(execution_id, node, number=1, status="completed", **fields):
    output = snapshot() if status == "completed" else None
    fields = {"at_ns": START_NS + 2000, "duration_ns": 1000, "output": output} | fields
    return AttemptEnded(execution_id=execution_id, node=node, attempt=number, status=status, **fields)


def ended(execution_id, status="completed", **fields):
    output = snapshot() if status == "completed" else None
    fields = {"at_ns": START_NS + 9000, "duration_ns": 9000, "output": output} | fields
    return ExecutionEnded(execution_id=execution_id, status=status, **fields)


def events_of(workflow, execution_id=None):
    """All events of one execution, in the order in which a runtime sends them."""
    execution_id = execution_id or f"1-{workflow}"
    events = [started(execution_id, workflow)]
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


def interleaved():
    """Executions of all four workflows, running at the same time."""
    streams = [events_of(workflow) for workflow in EDGES]
    longest = max(map(len, streams))
    return [stream[place] for place in range(longest) for stream in streams if place < len(stream)]


async def assert_is_prefix_cut(log):
    """Law 6: no node's record without its execution's row and the records of the nodes that fed it."""
    for execution in await log.executions(limit=10_000):
        settled, attempts = set(), {}
        records = await log.nodes(execution.id)
        assert [record.position for record in records] == list(range(len(records)))
        for record in records:
            assert settled.issuperset(EDGES[execution.workflow][record.node]), record
            assert record.attempt in {0, attempts.get(record.node, 0) + 1}, record
            attempts[record.node] = record.attempt
            if record.retry_delay_seconds is None:
                settled.add(record.node)
        if execution.status != "running":
            assert settled == set(EDGES[execution.workflow])


async def count_events(log):
    """How many events the log holds: a prefix of what was sent is told by its length."""
    rows = await log.executions(limit=10_000)
    nodes = [len(await log.nodes(row.id)) for row in rows]
    return len(rows) + sum(nodes) + sum(row.status != "running" for row in rows)
