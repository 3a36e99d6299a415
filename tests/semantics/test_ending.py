"""What nodes do while their execution is ending, row by row: each execution fails after two seconds."""

import pytest
from semantics.page import Cases, name_of, rows_of
from semantics.stage import (
    History,
    delays,
    fails,
    fails_after,
    fails_once,
    gives,
    returns_all_the_same,
    sleeps,
    workflow,
)

CASES = Cases()
FAILS_SECONDS = 2
TWICE = {"retry": {"max_attempts": 2, "delay_seconds": 10, "jitter": 0}}


def test_the_cases_are_the_rows_of_the_page():
    assert set(CASES) == rows_of("a node that")


@pytest.mark.parametrize("row", CASES, ids=name_of)
async def test_a_node_does_what_the_row_says(flow_runtime, row):
    await CASES[row](flow_runtime)


async def failing(runtime, steps, edges=(), **options):
    """Run a workflow that fails after two seconds, and return its history."""
    handle = await runtime.start(workflow({"bad": fails_after(FAILS_SECONDS), **steps}, edges, **options))
    assert await handle.wait() == "failed"
    return History(runtime.captured)


@CASES.shows(
    "runs, waits or was retried, and is not rescuing",
    "is interrupted; what it returns all the same counts, and is logged as `finished anyway`",
)
async def _(runtime):
    steps = {"runs": sleeps(5), "waits": delays(5), "retried": fails, "stubborn": returns_all_the_same}
    history = await failing(runtime, {**steps, "rescue": gives}, ["bad>rescue on always"], policies={"retried": TWICE})
    assert (history.statuses("runs"), history.statuses("waits")) == (["cancelled"], ["cancelled"])
    assert history.statuses("retried") == ["failed", "cancelled"]
    assert (history.statuses("stubborn"), history.note("stubborn")) == (["completed"], "finished anyway")
    assert {history.ends_seconds(node)[-1] for node in steps} == {FAILS_SECONDS}


@CASES.shows(
    "runs, waits or was retried, and is rescuing",
    "goes on, with all of its policies",
)
async def _(runtime):
    steps = {"broken": fails, "runs": sleeps(5), "waits": delays(5), "retried": fails_once(), "limited": sleeps(9)}
    edges = [f"broken>{node} on failure" for node in ("runs", "waits", "retried", "limited")]
    policies = {"retried": TWICE, "limited": {"timeout": {"attempt": 4}, "on_error": "skip"}}
    history = await failing(runtime, steps, edges, policies=policies)
    assert history.ends_seconds("runs") == history.ends_seconds("waits") == [5]
    assert (history.statuses("runs"), history.statuses("waits")) == (["completed"], ["completed"])
    assert (history.statuses("retried"), history.ends_seconds("retried")) == (["failed", "completed"], [0, 10])
    assert (history.error("limited"), history.ends_seconds("limited")) == ("AttemptTimeoutError", [4])


@CASES.shows("becomes ready and is rescuing", "runs")
async def _(runtime):
    steps = {"cleans": sleeps(3), "reports": sleeps(3)}
    history = await failing(runtime, steps, ["bad>cleans on always", "cleans>reports"])
    assert (history.status("cleans"), history.ends_seconds("cleans")) == ("completed", [FAILS_SECONDS + 3])
    assert (history.status("reports"), history.ends_seconds("reports")) == ("completed", [FAILS_SECONDS + 6])


@CASES.shows(
    "becomes ready and is not rescuing",
    "ends as cancelled before it began, without a record",
)
async def _(runtime):
    steps = {"stubborn": returns_all_the_same, "node": gives}
    assert await seen_by_the_rescue(runtime, steps, ["stubborn>node"]) == ("cancelled", "cancelled")


@CASES.shows(
    "its tokens skip or fail, and is not rescuing",
    "ends as cancelled before it began, without a record",
)
async def _(runtime):
    skipping = {"cleans": fails_after(1), "node": gives}
    edges = ["bad>cleans on always", "cleans>node"]
    for on_error in ("skip", "continue"):
        policies = {"cleans": {"on_error": on_error}}
        assert await seen_by_the_rescue(runtime, skipping, edges, policies=policies) == ("cancelled", "cancelled")
        runtime.captured.clear()


async def seen_by_the_rescue(runtime, steps, edges, **options):
    """The tokens on the `success` and `always` edges of `node`, which leaves no record."""
    watching = ["bad>watcher on always", "node>watcher", "node>watcher on always"]
    joins = {"watcher": "all_settled"}
    history = await failing(runtime, {**steps, "watcher": gives}, [*edges, *watching], joins=joins, **options)
    assert history.of("node") == []
    by_bad, *by_node = history.carried("watcher")
    assert by_bad == "value"
    return tuple(by_node)
