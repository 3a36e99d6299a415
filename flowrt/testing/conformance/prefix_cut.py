"""Law 6: the log is a prefix-consistent cut of what happened."""

from flowrt.storage.protocols import ExecutionLog, ExecutionRow, NodeRow
from flowrt.testing.conformance.expectation import breach, expect_equal
from flowrt.testing.conformance.sample_events import EDGES

ADVICE = "write each batch whole and in its order"


async def expect_prefix_cut(log: ExecutionLog) -> None:
    """Check that no node's record is there without its execution's row and the records of the nodes that fed it.

    The executions are those of `sample_events`. It holds at any time, while somebody writes too.

    Raises:
        AssertionError: There is a hole.
    """
    for execution in await log.executions(limit=10_000):
        _expect_no_hole(execution, await log.nodes(execution.id))


def _expect_no_hole(execution: ExecutionRow, records: list[NodeRow]) -> None:
    edges = EDGES[execution.workflow]
    settled: set[str] = set()
    attempts: dict[str, int] = {}
    where = f"the log of execution {execution.id}"
    positions = [record.position for record in records]
    expect_equal(f"{where}: the positions", positions, list(range(len(records))), "count them from 0, without gaps")
    for record in records:
        if missing := set(edges[record.node]) - settled:
            raise breach(where, f"a record of {record.node!r}", f"those of {sorted(missing)} before it", ADVICE)
        if record.attempt not in {0, attempts.get(record.node, 0) + 1}:
            number = attempts.get(record.node, 0) + 1
            raise breach(where, f"attempt {record.attempt} of {record.node!r}", f"attempt {number} first", ADVICE)
        attempts[record.node] = record.attempt
        if record.retry_delay_seconds is None:
            settled.add(record.node)
    if execution.status != "running" and settled != set(edges):
        raise breach(where, "its end", f"the records of {sorted(set(edges) - settled)} before it", ADVICE)
