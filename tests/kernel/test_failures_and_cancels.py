"""What failures and cancels do to the nodes around them."""

from collections import deque

import anyio
import anyio.lowlevel
import pytest
from semantics.stage import Held, History, fails, fails_once, gives, returns_all_the_same, workflow
from sink.manual_clock import ManualClock

from flowrt import ExecutionCancelledError, ExecutionFailedError, MemoryStore, Runtime
from flowrt.events import AttemptEnded

pytestmark = pytest.mark.anyio
ASKS = {"type": "condition", "data": {"condition": "score > 5"}}


async def history_of(small, given=None, *, meanwhile=None):
    """Run a workflow to its end; `meanwhile` is called with its handle."""
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        with anyio.fail_after(10):
            handle = await runtime.start(small, given)
            if meanwhile is not None:
                await meanwhile(handle)
            await handle.wait()
    return History(events)


# --- branches and joins -----------------------------------------------------------------------------------------------

BRANCHES = {"ask": ASKS, "good": lambda _record: {"took": "good"}, "bad": gives, "join": gives}


@pytest.mark.parametrize("join", ["all", "any", {"quorum": 1}, "all_settled"])
async def test_a_skipped_branch_before_a_join_lets_it_fire_with_what_is_left(join):
    small = workflow(BRANCHES, ["ask.true>good", "ask.false>bad", "good>join", "bad>join"], joins={"join": join})
    async with Runtime() as runtime:
        assert (await runtime.run(small, {"score": 7}))["took"] == "good"
    history = await history_of(small, {"score": 7})
    assert [history.status(node) for node in ("good", "bad", "join")] == ["completed", "skipped", "completed"]


@pytest.mark.parametrize("join", ["all", "any", {"quorum": 2}])
async def test_a_join_is_skipped_if_all_branches_before_it_are(join):
    edges = ["ask.false>good", "ask.false>bad", "good>join", "bad>join"]
    history = await history_of(workflow(BRANCHES, edges, joins={"join": join}), {"score": 7})
    assert [history.status(node) for node in ("good", "bad", "join")] == ["skipped"] * 3
    assert history.end.status == "completed"


class Searched(deque):
    """A queue that counts how often it is searched."""

    searches = 0

    def __contains__(self, node):
        self.searches += 1
        return super().__contains__(node)


async def test_many_losers_are_taken_out_of_what_is_ready_without_a_search_for_each():
    losers = [f"n{number}" for number in range(100)]
    edges = ["first>join", *(f"{name}>join" for name in losers)]
    small = workflow(dict.fromkeys(["first", *losers, "join"], gives), edges, joins={"join": "any"})
    async with Runtime() as runtime:
        handle = await runtime.start(small)
        flow = handle._execution.flow
        flow._ready = ready = Searched(flow.ready)
        assert len(ready) == 101
        assert await handle.wait() == "completed"
    assert (ready.searches, len(ready)) == (0, 0)


async def test_the_first_of_three_wins_and_the_two_others_are_cancelled():
    racers = {name: Held(lambda _record, name=name: {"winner": name}) for name in ("one", "two", "three")}
    steps = {name: held.step for name, held in racers.items()} | {"join": gives}
    small = workflow(steps, ["one>join", "two>join", "three>join"], joins={"join": "any"})
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        handle = await runtime.start(small)
        for held in racers.values():
            await held.begun.wait()
        racers["two"].told.set()
        assert await handle.result() == {"winner": "two"}
    history = History(events)
    assert [history.status(name) for name in racers] == ["cancelled", "completed", "cancelled"]
    assert history.note("three") == "lost: the join of 'join' had decided"


# --- cleaning up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["failed", "cancelled"])
async def test_a_cleanup_on_always_runs_after_a_failure_and_after_a_cancel(ends):
    held = Held(fails)

    async def end(handle):
        await held.begun.wait()
        held.told.set() if ends == "failed" else handle.cancel()

    steps = {"work": held.step, "next": gives, "cleans": gives}
    history = await history_of(workflow(steps, ["work>next", "work>cleans on always"]), meanwhile=end)
    assert (history.status("work"), history.status("next"), history.status("cleans")) == (ends, None, "completed")
    assert history.end.status == ends


async def test_a_step_that_swallows_a_cancel_does_not_save_its_execution():
    begun = anyio.Event()

    async def swallow(record):
        begun.set()
        return await returns_all_the_same(record)

    async def cancel(handle):
        await begun.wait()
        handle.cancel()

    history = await history_of(workflow({"node": swallow, "next": gives}, ["node>next"]), meanwhile=cancel)
    assert (history.status("node"), history.note("node")) == ("completed", "finished anyway")
    assert (history.of("next"), history.end.status) == ([], "cancelled")


# --- several failures -------------------------------------------------------------------------------------------------

BROKEN_CLEANUP = ["work>cleans on always", "work>tells on always"]


async def test_several_failures_of_one_execution_arrive_as_a_group():
    steps = {"work": fails, "cleans": lambda _record: 1 / 0, "tells": lambda record: record["nobody"]}
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="node 'work' failed") as caught:
            await runtime.run(workflow(steps, BROKEN_CLEANUP))
    group = caught.value.__cause__
    assert isinstance(group, ExceptionGroup)
    assert "3 nodes of workflow 'small' failed" in str(group)
    first, *others = group.exceptions
    assert isinstance(first, LookupError)
    assert {type(error) for error in others} == {ZeroDivisionError, KeyError}
    assert all(error.__traceback__ is not None for error in group.exceptions)


async def test_a_failure_while_a_cancelled_execution_cleans_up_is_its_cause():
    held = Held()
    small = workflow({"work": held.step, "cleans": fails}, ["work>cleans on always"])
    async with Runtime() as runtime:
        handle = await runtime.start(small)
        await held.begun.wait()
        handle.cancel()
        with pytest.raises(ExecutionCancelledError) as caught:
            await handle.result()
    assert isinstance(caught.value.__cause__, LookupError)


async def test_the_error_of_every_attempt_is_kept():
    errors = iter([ConnectionError("refused"), LookupError("empty"), ZeroDivisionError("nothing")])

    def breaks(_record):
        raise next(errors)

    policies = {"work": {"retry": {"max_attempts": 3, "delay_seconds": 0}}}
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(workflow({"work": breaks}, policies=policies))
        with pytest.raises(ExecutionFailedError) as caught:
            await handle.result()
    rows = await store.log.nodes(handle.execution_id)
    assert [row.error.type for row in rows] == ["ConnectionError", "LookupError", "ZeroDivisionError"]
    assert all("breaks" in row.error.traceback for row in rows)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.__cause__.__notes__ == [
        "attempt 1 failed: ConnectionError: refused",
        "attempt 2 failed: LookupError: empty",
    ]


async def test_an_expression_that_fails_on_real_data_fails_its_node_and_shows_the_keys_that_were_there():
    ask = {"type": "condition", "data": {"condition": "lead.scor > 5"}}
    small = workflow({"ask": ask, "next": gives}, ["ask.true>next"], policies={"ask": {"retry": {"max_attempts": 3}}})
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="node 'ask' failed in attempt 1") as caught:
            await runtime.run(small, {"lead": {"score": 7, "name": "Ada"}})
    message = str(caught.value)
    assert "expression 'lead.scor > 5': `lead` has no 'scor'" in message
    assert "the data has: score, name" in message


# --- the report of a cancel -------------------------------------------------------------------------------------------

POLICIES = {"refuses": {"cancel": {"grace_seconds": 3}}, "waits": {"retry": {"max_attempts": 2}}}


def interrupted(leave):
    """Steps that end in four ways when they are cancelled; one that refuses to end does so when it may leave."""

    async def sleeps(_record):
        await anyio.sleep_forever()

    async def refuses(_record):
        with anyio.CancelScope(shield=True):
            await leave.wait()

    return {"sleeps": sleeps, "stubborn": returns_all_the_same, "refuses": refuses, "waits": fails_once()}


async def test_the_report_of_a_cancel_says_who_asked_why_and_what_became_of_each_node(caplog):
    clock, events, leave = ManualClock(), [], anyio.Event()
    async with Runtime(clock=clock, grace_seconds=60, hooks=[events.append]) as runtime:
        handle = await runtime.start(workflow({"before": gives, **interrupted(leave)}, policies=POLICIES))
        await clock.advance(0.5)
        assert handle.cancellation is None
        handle.cancel("the customer hung up", asked_by="Ada")
        await anyio.wait_all_tasks_blocked()
        assert (handle.status, len(handle.cancellation.nodes)) == ("running", 3)
        await clock.advance(3)
        assert await handle.wait() == "cancelled"
        leave.set()
    report = handle.cancellation
    assert (report.reason, report.asked_by, report.at_ns) == ("the customer hung up", "Ada", 500_000_000)
    assert {each.node: (each.outcome, each.seconds) for each in report.nodes} == {
        "sleeps": ("cancelled", 0),
        "stubborn": ("finished anyway", 0),
        "waits": ("cancelled", 0),
        "refuses": ("abandoned", 3),
    }
    assert History(events).end.cancellation == report
    assert "node 'refuses' of workflow 'small' did not end within 3 s" in caplog.text


async def test_an_execution_that_nobody_cancelled_has_no_report():
    history = await history_of(workflow({"node": fails}))
    assert (history.end.status, history.end.cancellation) == ("failed", None)


async def test_an_abandoned_step_that_ends_at_last_does_not_cancel_its_execution():
    refused, told, other, ended = anyio.Event(), anyio.Event(), Held(), anyio.Event()
    events = []

    def listen(event):
        events.append(event)
        if isinstance(event, AttemptEnded) and event.node == "node":
            ended.set()

    async def refuses(_record):
        with anyio.CancelScope(shield=True), anyio.move_on_after(10):
            refused.set()
            await told.wait()
        await anyio.lowlevel.checkpoint()  # the cancel strikes here

    policies = {"node": {"cancel": {"grace_seconds": 0}}}
    async with Runtime(hooks=[listen]) as runtime:
        handle = await runtime.start(workflow({"node": refuses, "other": other.step}, policies=policies))
        await refused.wait()
        handle.cancel(node="node")
        await ended.wait()
        told.set()
        await anyio.wait_all_tasks_blocked()
        other.told.set()
        assert await handle.wait() == "completed"
    assert History(events).statuses("node") == ["cancelled"]
