"""Events made by hand, and what law 6 asks of the log that holds some of them."""

from flowrt.testing.conformance.prefix_cut import expect_prefix_cut as assert_is_prefix_cut
from flowrt.testing.conformance.sample_events import (
    EDGES,
    START_NS,
    attempt,
    ended,
    events_of,
    interleaved,
    snapshot,
    started,
)

__all__ = [
    "EDGES",
    "START_NS",
    "assert_is_prefix_cut",
    "attempt",
    "count_events",
    "ended",
    "events_of",
    "interleaved",
    "snapshot",
    "started",
]


async def count_events(log):
    """How many events the log holds: a prefix of what was sent is told by its length."""
    rows = await log.executions(limit=10_000)
    nodes = [len(await log.nodes(row.id)) for row in rows]
    return len(rows) + sum(nodes) + sum(row.status != "running" for row in rows)
