"""What the edges of a node carry, row by row."""

import anyio
import pytest
from semantics.page import name_of, rows_of
from semantics.stage import Held, History, fails, gives, workflow

from flowrt import Runtime

pytestmark = pytest.mark.anyio
ON_ERROR = {"`fail`": "fail", "`skip`": "skip", '`{"default": ...}`': {"default": {}}, "`continue`": "continue"}
EDGES = ["before>node", "node>success", "node>failure on failure", "node>always on always"]


def watched(step, on_error, *, before=gives):
    """A workflow that sees what each edge of `node` carries."""
    watchers = dict.fromkeys(("success", "failure", "always"), gives)
    policies = {"before": {"on_error": "skip"}, "node": {"on_error": on_error}}
    steps = {"before": before, "node": step, **watchers}
    return workflow(steps, EDGES, policies=policies, joins=dict.fromkeys(watchers, "all_settled"))


async def completes(runtime, on_error):
    return await runtime.start(watched(gives, on_error))


async def fails_for_good(runtime, on_error):
    return await runtime.start(watched(fails, on_error))


async def is_skipped(runtime, on_error):
    return await runtime.start(watched(gives, on_error, before=fails))


async def is_cancelled_after_it_began(runtime, on_error):
    held = Held()
    handle = await runtime.start(watched(held.step, on_error))
    await held.begun.wait()
    handle.cancel(node="node")
    return handle


async def is_cancelled_before_it_began(runtime, on_error):
    held = Held()
    handle = await runtime.start(watched(gives, on_error, before=held.step))
    await held.begun.wait()
    handle.cancel(node="node")
    held.told.set()
    return handle


CASES = {
    ("completed", "any", "value", "skipped", "value"): completes,
    ("failed", "`fail`", "skipped", "value", "value"): fails_for_good,
    ("failed", "`skip`", "skipped", "value", "value"): fails_for_good,
    ("failed", '`{"default": ...}`', "value", "value", "value"): fails_for_good,
    ("failed", "`continue`", "failed", "value", "value"): fails_for_good,
    ("was skipped", "any", "skipped", "skipped", "skipped"): is_skipped,
    ("was cancelled after it had begun", "any", "cancelled", "skipped", "value"): is_cancelled_after_it_began,
    ("was cancelled before it began", "any", "cancelled", "skipped", "cancelled"): is_cancelled_before_it_began,
}


def test_the_cases_are_the_rows_of_the_page():
    assert set(CASES) == rows_of("the node")


@pytest.mark.parametrize(
    ("row", "on_error"),
    [(row, on_error) for row in CASES for on_error in (ON_ERROR if row[1] == "any" else [row[1]])],
    ids=name_of,
)
async def test_edges_carry_what_the_row_says(row, on_error):
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        with anyio.fail_after(10):
            handle = await CASES[row](runtime, ON_ERROR[on_error])
            assert await handle.wait() == "completed"
    history = History(events)
    carried = [history.carried(watcher) for watcher in ("success", "failure", "always")]
    assert carried == [[token] for token in row[2:]]
