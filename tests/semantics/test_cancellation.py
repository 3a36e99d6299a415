"""What becomes of what is cancelled, row by row: each cancel comes after one second."""

import threading

import anyio
import pytest
from msgspec.structs import replace
from placement import placed_steps
from placement.processes import is_running, read_pid
from placement.watched_log import warnings
from semantics.page import Cases, name_of, rows_of
from semantics.stage import (
    WAITS_FOR_A_SIGNAL,
    History,
    delays,
    fails,
    fails_after,
    gives,
    refuses,
    returns_all_the_same,
    sleeps,
    workflow,
)

from flowrt import LoadedDefinition, NodePolicy, Runtime
from flowrt.testing.simulation import MAX_PROCESSES

CASES, ELSEWHERE = Cases(), Cases()
TWICE = {"retry": {"max_attempts": 2, "delay_seconds": 10, "jitter": 0}}
GRACE_SECONDS = 3
IN_PROCESS = NodePolicy(placement="process")


def test_the_cases_are_the_rows_of_the_page():
    assert {*CASES, *ELSEWHERE} == rows_of("what is cancelled")


@pytest.mark.parametrize("row", CASES, ids=name_of)
async def test_what_is_cancelled_does_what_the_row_says(flow_runtime, row):
    await CASES[row](flow_runtime)


async def cancelled(runtime, steps, edges=(), *, node="node", in_processes=(), **options):
    """Cancel `node`, or the execution, after a second; return the status and the history of the execution."""
    watching = ["node>watcher on always"]
    joins = {"watcher": "all_settled"}
    small = workflow({**steps, "watcher": gives}, [*edges, *watching], joins=joins, **options)
    handle = await runtime.start(placed(small, in_processes))
    await anyio.sleep(1)
    handle.cancel("asked for", node=node)
    return await handle.wait(), History(runtime.captured)


def placed(small, in_processes):
    """Place steps in processes, also such that take virtual time, which no `def` does."""
    nodes = [replace(node, policy=IN_PROCESS) if node.id in in_processes else node for node in small.definition.nodes]
    return LoadedDefinition(replace(small.definition, nodes=tuple(nodes)), small.steps)


@CASES.shows("a node that has not begun", "never runs", "carry cancelled", "goes on")
async def _(runtime):
    status, history = await cancelled(runtime, {"before": sleeps(5), "node": fails}, ["before>node"])
    assert (history.statuses("node"), history.of("node")[0].attempt) == (["cancelled"], 0)
    assert (history.carried("watcher"), status) == (["cancelled"], "completed")


@CASES.shows(
    "a node that waits: for a retry, a time, a signal, a thread or process",
    "does not go on",
    "carry a value",
    "goes on",
)
async def _(runtime):
    for step, statuses in (
        (fails, ["failed", "cancelled"]),
        (delays(5), ["cancelled"]),
        (WAITS_FOR_A_SIGNAL, ["cancelled"]),
    ):
        status, history = await cancelled(runtime, {"node": step}, policies={"node": TWICE})
        assert (history.statuses("node"), history.ends_seconds("node")[-1]) == (statuses, 1)
        assert (history.carried("watcher"), status) == (["value"], "completed")
        runtime.captured.clear()
    holders = {f"holds{number}": sleeps(5) for number in range(MAX_PROCESSES)}
    status, history = await cancelled(runtime, {**holders, "node": gives}, in_processes=(*holders, "node"))
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [1])
    assert (history.carried("watcher"), status) == (["value"], "completed")


@CASES.shows("a node that runs", "is interrupted", "carry a value", "goes on")
async def _(runtime):
    status, history = await cancelled(runtime, {"node": sleeps(5)}, policies={"node": TWICE})
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [1])
    assert (history.carried("watcher"), status) == (["value"], "completed")


@CASES.shows(
    "a node that returns all the same",
    "is completed, `finished anyway`",
    "carry a value",
    "goes on",
)
async def _(runtime):
    status, history = await cancelled(runtime, {"node": returns_all_the_same, "next": gives}, ["node>next"])
    assert (history.statuses("node"), history.note("node")) == (["completed"], "finished anyway")
    assert (history.carried("watcher"), history.status("next"), status) == (["value"], "completed", "completed")


@CASES.shows(
    "a node that refuses for `grace_seconds`",
    "is abandoned, and named",
    "carry a value",
    "goes on",
)
async def _(runtime):
    policies = {"node": {"cancel": {"grace_seconds": GRACE_SECONDS}}}
    status, history = await cancelled(runtime, {"node": refuses(50)}, policies=policies)
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [1 + GRACE_SECONDS])
    assert history.note("node") == f"abandoned: it did not end within {GRACE_SECONDS} s; asked for"
    assert (history.carried("watcher"), status) == (["value"], "completed")
    await anyio.sleep(50)  # the step ends at last


@pytest.mark.parametrize(("seconds", "becomes"), [(10, None), (50, "abandoned: it did not end within 20 s")])
async def test_a_node_has_its_own_grace_time_where_a_runtime_is_drained(flow_runtime, seconds, becomes):
    async def cleans_up(_record):
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(seconds)

    handle = await flow_runtime.start(
        workflow({"node": cleans_up}, policies={"node": {"cancel": {"grace_seconds": 20}}})
    )
    await anyio.sleep(1)
    report = await flow_runtime.drain(timeout_seconds=0)
    history = History(flow_runtime.captured)
    assert report.cancelled == (handle.execution_id,)
    assert history.ends_seconds("node") == [1 + min(seconds, 20)]
    assert history.note("node") == becomes
    await anyio.sleep(50)


@CASES.shows("a node that has ended", "stays as it is", "stay as they are", "goes on")
async def _(runtime):
    status, history = await cancelled(runtime, {"node": gives, "other": sleeps(5)})
    assert (history.statuses("node"), history.ends_seconds("node")) == (["completed"], [0])
    assert (history.carried("watcher"), status, history.end_seconds) == (["value"], "completed", 5)


@CASES.shows(
    "the execution",
    "see above: it is ending",
    "carry a value if the node had begun",
    "is cancelled",
)
async def _(runtime):
    steps = {"node": sleeps(5), "late": gives, "cleans": gives, "never": gives}
    edges = ["node>late", "node>cleans on always", "late>never on always"]
    status, history = await cancelled(runtime, steps, edges, node=None)
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [1])
    assert (history.status("cleans"), history.carried("watcher")) == ("completed", ["value"])
    assert (history.of("late"), history.of("never"), status) == ([], [], "cancelled")


@CASES.shows(
    "the execution, a second time or while it fails",
    "stops: what cleans up is interrupted too",
    "carry cancelled",
    "is cancelled, or failed if it was failing",
)
async def _(runtime):
    for ends, status in ((sleeps(5), "cancelled"), (fails_after(1), "failed")):
        steps = {"node": ends, "cleans": sleeps(10), "after": gives}
        handle = await runtime.start(workflow(steps, ["node>cleans on always", "cleans>after on always"]))
        await anyio.sleep(1)
        if status == "cancelled":
            handle.cancel()
        await anyio.sleep(2)
        handle.cancel()
        assert await handle.wait() == status
        history = History(runtime.captured)
        assert (history.statuses("cleans"), history.ends_seconds("cleans")) == (["cancelled"], [3])
        assert history.of("after") == []
        runtime.captured.clear()


# --- rows about steps in real threads and processes -------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("row", ELSEWHERE, ids=name_of)
async def test_what_is_cancelled_elsewhere_does_what_the_row_says(row, tmp_path, caplog):
    await ELSEWHERE[row](tmp_path, caplog)


async def cancelled_elsewhere(step, placement, wait_begun, given=None, *, let_go=lambda: None):
    """Cancel a step in a thread or process once it has begun; return the status and the history of the execution."""
    events = []
    policies, joins = {"node": {"placement": placement}}, {"watcher": "all_settled"}
    small = workflow({"node": step, "watcher": gives}, ["node>watcher on always"], policies=policies, joins=joins)
    async with Runtime(hooks=[events.append]) as runtime:
        handle = await runtime.start(small, given)
        await wait_begun()
        handle.cancel("asked for", node="node")
        try:
            return await handle.wait(), History(events)
        finally:
            let_go()


@ELSEWHERE.shows("a node that runs in a thread", "is left alone in it, and named", "carry a value", "goes on")
async def _(_tmp_path, caplog):
    begun, told = threading.Event(), threading.Event()

    def waits(_record):
        begun.set()
        assert told.wait(30)
        return {}

    async def wait_begun():
        assert await anyio.to_thread.run_sync(begun.wait, 30)

    status, history = await cancelled_elsewhere(waits, "thread", wait_begun, let_go=told.set)
    assert (history.statuses("node"), history.carried("watcher"), status) == (["cancelled"], ["value"], "completed")
    assert "node 'node' of workflow 'small' goes on in its thread" in "".join(warnings(caplog))


@ELSEWHERE.shows("a node that runs in a process", "is killed", "carry a value", "goes on")
async def _(tmp_path, _caplog):
    file = tmp_path / "pid"

    async def wait_begun():
        await read_pid(file)

    status, history = await cancelled_elsewhere(placed_steps.hang_noted, "process", wait_begun, {"file": str(file)})
    assert (history.statuses("node"), history.carried("watcher"), status) == (["cancelled"], ["value"], "completed")
    assert not is_running(await read_pid(file))
