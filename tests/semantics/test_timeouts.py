"""What each time limit counts, and what becomes of it, row by row."""

import threading

import anyio
import anyio.to_thread
import pytest
from semantics.page import Cases, name_of, rows_of
from semantics.stage import WAITS_FOR_A_SIGNAL, History, delays, fails_once, gives, sleeps, workflow
from sink.manual_clock import ManualClock

from flowrt import Runtime

CASES = Cases()
THREE_TIMES = {"max_attempts": 3, "delay_seconds": 5, "backoff": "constant", "jitter": 0}


@pytest.mark.parametrize("row", CASES, ids=name_of)
async def test_a_limit_does_what_the_row_says(flow_runtime, row):
    await CASES[row](flow_runtime)


async def ended(runtime, handle, status="failed"):
    assert await handle.wait() == status
    return History(runtime.captured)


@CASES.shows(
    "`timeout.attempt`",
    "one attempt, a `delay` or a wait for a signal included",
    "pauses between attempts, queues",
    "`AttemptTimeoutError`",
    "yes",
)
async def _(runtime):
    steps = {"sleeps": sleeps(9), "delays": delays(9), "waits": WAITS_FOR_A_SIGNAL}
    policy = {"timeout": {"attempt": 2}, "retry": THREE_TIMES, "on_error": "skip"}
    handle = await runtime.start(workflow(steps, policies=dict.fromkeys(steps, policy)))
    history = await ended(runtime, handle, "completed")
    for node in steps:
        assert history.ends_seconds(node) == [2, 2 + 5 + 2, 2 + 5 + 2 + 5 + 2]
        assert {event.error.type for event in history.of(node)} == {"flowrt.errors.AttemptTimeoutError"}


@CASES.shows(
    "`timeout.total`",
    "all of a node from when it first began: attempts, pauses, queues",
    "the time in which the execution is paused",
    "`NodeTimeoutError`",
    "no",
)
async def _(runtime):
    steps = {"before": sleeps(20), "node": fails_once(then=sleeps(500))}
    policy = {"timeout": {"total": 10}, "retry": THREE_TIMES}
    handle = await runtime.start(workflow(steps, ["before>node"], policies={"node": policy}))
    await anyio.sleep(28)  # the second attempt has begun
    handle.pause()
    await anyio.sleep(100)
    handle.resume()
    history = await ended(runtime, handle)
    assert history.error("node") == "NodeTimeoutError"
    assert history.statuses("node") == ["failed", "failed"]
    assert history.ends_seconds("node") == [20, 20 + 10 + 100]


@CASES.shows(
    "`within` of a join",
    "from the first token",
    "everything before",
    "`JoinTimeoutError`",
    "no",
)
async def _(runtime):
    steps = {"first": sleeps(3), "second": sleeps(90), "join": gives}
    edges = ["first>join", "second>join"]
    joins, policies = {"join": {"join": "all", "within": 5}}, {"join": {"retry": THREE_TIMES}}
    history = await ended(runtime, await runtime.start(workflow(steps, edges, joins=joins, policies=policies)))
    assert (history.statuses("join"), history.error("join")) == (["failed"], "JoinTimeoutError")
    assert history.ends_seconds("join") == [3 + 5]


@CASES.shows(
    "`deadline_seconds` of the workflow",
    "all of the execution, pauses included",
    "cleaning up after it",
    "`ExecutionTimeoutError`",
    "no",
)
async def _(runtime):
    steps = {"node": sleeps(90), "cleans": sleeps(30)}
    policies = {"node": {"retry": THREE_TIMES}}
    small = workflow(steps, ["node>cleans on always"], policies=policies, policy={"deadline_seconds": 10})
    handle = await runtime.start(small)
    await anyio.sleep(1)
    handle.pause()
    await anyio.sleep(5)
    handle.resume()
    history = await ended(runtime, handle)
    assert history.end.error.type == "flowrt.errors.ExecutionTimeoutError"
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [10])
    assert (history.statuses("cleans"), history.ends_seconds("cleans")) == (["completed"], [10 + 30])


# --- what refuses to end ----------------------------------------------------------------------------------------------


def refuses_once(seconds):
    """A step whose first attempt does not let itself be cancelled, and whose second one gives something."""
    attempts = []

    async def refuse(_record):
        attempts.append(True)
        if len(attempts) == 1:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(seconds)
            return {"attempt": 1}
        await anyio.sleep(1)
        return {"attempt": 2}

    return refuse


@pytest.mark.parametrize("seconds", [9, 2 + 3 + 5 + 0.5, 50], ids=["in the pause", "in the second attempt", "late"])
async def test_an_attempt_that_refuses_to_end_is_abandoned_after_its_grace_time_and_retried(flow_runtime, seconds):
    policy = {"timeout": {"attempt": 2}, "retry": THREE_TIMES, "cancel": {"grace_seconds": 3}}
    steps = {"node": refuses_once(seconds), "after": gives}
    handle = await flow_runtime.start(workflow(steps, ["node>after"], policies={"node": policy}))
    assert await handle.result() == {"attempt": 2}
    history = await ended(flow_runtime, handle, "completed")
    assert history.statuses("node") == ["failed", "completed"]
    assert history.of("node")[0].error.type == "flowrt.errors.AttemptTimeoutError"
    assert history.ends_seconds("node") == [2 + 3, 2 + 3 + 5 + 1]
    await anyio.sleep(100)  # the step ends at last


async def test_an_attempt_that_ends_in_its_grace_time_is_not_abandoned(flow_runtime):
    policy = {"timeout": {"attempt": 2}, "cancel": {"grace_seconds": 3}}
    handle = await flow_runtime.start(workflow({"node": refuses_once(4)}, policies={"node": policy}))
    assert await handle.result() == {"attempt": 1}
    assert (await ended(flow_runtime, handle, "completed")).note("node") == "finished anyway"


async def test_a_cancel_of_a_node_whose_attempt_refuses_to_end_counts_from_the_cancel(flow_runtime):
    policy = {"timeout": {"attempt": 2}, "cancel": {"grace_seconds": 3}}
    handle = await flow_runtime.start(workflow({"node": refuses_once(50), "o": sleeps(9)}, policies={"node": policy}))
    await anyio.sleep(4)
    handle.cancel(node="node")
    history = await ended(flow_runtime, handle, "completed")
    assert (history.statuses("node"), history.ends_seconds("node")) == (["cancelled"], [4 + 3])
    await anyio.sleep(50)


async def test_a_node_that_refuses_to_end_when_its_time_is_over_fails_after_its_grace_time(flow_runtime):
    policy = {"timeout": {"total": 2}, "cancel": {"grace_seconds": 3}, "on_error": "skip"}
    handle = await flow_runtime.start(workflow({"node": refuses_once(50)}, policies={"node": policy}))
    history = await ended(flow_runtime, handle, "completed")
    assert (history.statuses("node"), history.error("node")) == (["failed"], "NodeTimeoutError")
    assert history.ends_seconds("node") == [2 + 3]
    await anyio.sleep(50)


# --- rows about steps in threads and processes ------------------------------------------------------------------------

ELSEWHERE = Cases()


@ELSEWHERE.shows(
    "`timeout.queue`",
    "the wait of one attempt for a thread or process, after a pause of the execution anew",
    "everything else",
    "`QueueTimeoutError`",
    "yes",
)
async def _():
    begun, told = threading.Event(), threading.Event()

    def holds_the_only_thread(_record):
        begun.set()
        assert told.wait(30)
        return {}

    policy = {"placement": "thread", "timeout": {"queue": 5}, "retry": THREE_TIMES}
    steps = {"first": holds_the_only_thread, "second": gives}
    clock, events = ManualClock(), []
    async with Runtime(limits={"thread": 1}, clock=clock, hooks=[events.append]) as runtime:
        handle = await runtime.start(workflow(steps, policies=dict.fromkeys(steps, policy)))
        await anyio.to_thread.run_sync(begun.wait, 30)
        await clock.advance(5)  # the second step waits no more for a thread
        await clock.advance(5)  # it waits again
        await clock.advance(4)
        told.set()
        assert await handle.wait() == "completed"
    history = History(events)
    assert history.statuses("first") == ["completed"]
    assert history.statuses("second") == ["failed", "completed"]
    assert history.ends_seconds("second") == [5, 5 + 5 + 4]
    assert history.of("second")[0].error.type == "flowrt.errors.QueueTimeoutError"


@pytest.mark.anyio
@pytest.mark.parametrize("row", ELSEWHERE, ids=name_of)
async def test_a_limit_of_what_runs_elsewhere_does_what_the_row_says(row):
    await ELSEWHERE[row]()


def test_the_cases_are_the_rows_of_the_page():
    assert {*CASES, *ELSEWHERE} == rows_of("limit")
