"""Whom one can ask, when, and what is refused."""

import sys

import anyio
import msgspec
import pytest
from explain.asking import ask, fails, node, sleeps, workflow

from flowrt import (
    MemoryStore,
    Retry,
    Runtime,
    StepRegistry,
    UnknownExecutionError,
    UnknownNodeError,
    step,
)
from flowrt import workflow as python_workflow
from flowrt.events import AttemptEnded, ExecutionStarted, Snapshot
from flowrt.explain import Explanation, explain
from flowrt.explain.history import CUT_OFF

pytestmark = pytest.mark.anyio


@step
async def wait_long(name: str) -> str:
    await anyio.sleep(3600)
    return name


@step(retry=Retry(max_attempts=2, delay_seconds=3600))
def refuse(name: str) -> str:
    raise ConnectionError(name)


@step
def both(one: str, other: str) -> str:
    return one + other


@python_workflow
def slow(name: str) -> str:
    return both(wait_long(name), refuse(name))


async def test_a_running_execution_answers_at_once_on_every_event_loop():
    async with Runtime(store=MemoryStore()) as runtime:
        handle = await runtime.start(slow, {"name": "Ada"})
        await anyio.sleep(0.01)
        assert handle.why("wait_long").state == "running"
        assert handle.why("refuse").state == "retrying"
        assert handle.why("both").sentence.startswith("'both' waits for 2 of its 2 inputs: 'wait_long' (has run for ")


async def test_asking_changes_nothing():
    async with Runtime(store=MemoryStore()) as runtime:
        handle = await runtime.start(slow, {"name": "Ada"})
        handle.why("both")
        handle.why("wait_long")
        await anyio.sleep(0.01)
        before = handle.why("both").inputs[0].source_state
        handle.pause()
        handle.why("both")
        handle.resume()
        assert (before, handle.status) == ("running", "running")


async def test_an_id_that_is_not_there_is_refused_with_the_nearest():
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(slow, {"name": "Ada"})
        for ask_for in (handle.why, lambda key: handle.cancel(node=key)):
            with pytest.raises(UnknownNodeError, match="has no node 'refused'; did you mean 'refuse'"):
                ask_for("refused")
        with pytest.raises(UnknownNodeError, match="did you mean 'both'"):
            await explain(store, handle.execution_id, "bothh")
        with pytest.raises(UnknownNodeError, match="has no node 5: it has"):
            handle.why(5)
        with pytest.raises(UnknownNodeError, match="has no node 'x': it has 'wait_long', 'refuse', 'both'"):
            handle.why("x")


async def test_a_runtime_answers_for_what_runs_in_it_and_for_what_its_log_knows():
    store = MemoryStore()
    async with Runtime(store=store, steps=StepRegistry.with_builtins(entry_points=False)) as runtime:
        handle = await runtime.start(slow, {"name": "Ada"})
        assert (await runtime.why(handle.execution_id, "both")).caveat is None
        handle.cancel("enough")
        await handle.wait()
        found = await runtime.why(handle.execution_id, "both")
        assert found == handle.why("both")
        assert found.sentence == "'both' never began: the execution was ending, as it was cancelled: enough."
        with pytest.raises(UnknownExecutionError, match="the log does not know it"):
            await runtime.why("0199", "both")
    async with Runtime() as runtime:
        with pytest.raises(UnknownExecutionError, match="which keeps no log"):
            await runtime.why(handle.execution_id, "both")


async def test_an_answer_can_be_sent_as_json():
    async with Runtime() as runtime:
        handle = await runtime.start(slow, {"name": "Ada"})
        found = handle.why("both")
        assert msgspec.json.decode(msgspec.json.encode(found), type=Explanation) == found


async def test_a_log_whose_workflow_is_not_in_the_store_is_refused():
    store = MemoryStore()
    await store.open()
    begun = ExecutionStarted(execution_id="1", at_ns=0, workflow="lost", workflow_id=None, input=Snapshot(b"{}", 2))
    await store.log.write([begun])
    with pytest.raises(UnknownExecutionError, match="no definition"):
        await explain(store, "1", "a")


async def test_a_log_that_a_crash_cut_off_says_what_it_knows():
    store = MemoryStore()
    await store.open()
    definition = workflow([node(key) for key in "abc"], ["a>b", "b>c"])
    saved = await store.workflows.save("w", msgspec.json.encode(definition), None)
    start = ExecutionStarted(execution_id="1", at_ns=0, workflow="w", workflow_id=saved.id, input=Snapshot(b"{}", 2))
    end = AttemptEnded(execution_id="1", at_ns=1, node="a", attempt=1, status="completed", duration_ns=1)
    await store.log.write([start, end])
    assert str(await explain(store, "1", "a")) == "'a' completed."
    begun = "'b' had all it needs; the log has no end of it."
    assert str(await explain(store, "1", "b")) == f"{begun} {CUT_OFF}\n  from 'a': completed"
    waiting = await explain(store, "1", "c")
    assert waiting.sentence == "'c' waits for its input: 'b', which has no end in the log."
    assert waiting.caveat == CUT_OFF


# --- at awkward moments -----------------------------------------------------------------------------------------------


def test_a_step_may_ask_about_itself_and_about_those_that_wait_for_it():
    answers = []

    def called(handle):
        answers.extend(handle.why(key).sentence for key in ("me", "next", "before"))

    nodes = [node("before"), node("me", "calls"), node("next")]
    ask(workflow(nodes, ["before>me", "me>next"]), "me", called=called)
    assert answers == [
        "'me' runs.",
        "'next' waits for its input: 'me', which runs.",
        "'before' completed.",
    ]


def test_a_step_that_cancels_its_execution_is_told_so():
    answers = []

    def called(handle):
        handle.cancel("stop")
        answers.extend(handle.why(key).state for key in ("me", "next"))

    ask(workflow([node("me", "calls"), node("next")], ["me>next"]), "me", called=called)
    assert answers == ["stopping", "never began"]


def test_a_paused_execution_says_so_of_everything_that_waits():
    nodes = [sleeps("a", 30), node("b"), fails("c", policy={"retry": {"delay_seconds": 9, "jitter": 0}})]
    acts = [(0.1, lambda handle: handle.pause())]
    document = workflow(nodes, ["a>b"])
    assert ask(document, "b", acts=acts).live.sentence.endswith("has run for 0.5 s. The execution is paused.")
    assert ask(document, "c", acts=acts).live.sentence.endswith("as the script says. The execution is paused.")
    assert not ask(document, "a", acts=acts).live.sentence.endswith("paused.")


def test_events_may_be_asked_about_while_they_happen():
    """A listener sees executions between two steps of the kernel, where a node has failed and nobody acted on it."""
    handles, states = [], []

    def listen(event):
        if handles and isinstance(event, AttemptEnded):
            states.extend(handles[0].why(key).state for key in ("a", "b", "c"))

    nodes = [sleeps("a", 1), node("b"), sleeps("c", 30)]
    acts = [(0.1, handles.append)]
    nodes[0]["data"]["attempts"][0]["fails"] = "ValueError"
    ask(workflow(nodes, ["a>b"]), "b", at=2, acts=acts, hooks=[listen])
    assert len(states) == 6
    assert set(states) <= {"running", "failed", "waiting for inputs", "never began", "stopping", "cancelled"}


def test_payloads_that_were_cut_make_no_difference():
    document = workflow(
        [node("a", attempts=[{"produces": {"text": "x" * 500}}]), node("b")],
        [{"source": "a", "target": "b", "condition": "text == 'y'"}],
    )
    answers = ask(document, "b", max_payload_bytes=100)
    why = "'a' completed, but the condition `text == 'y'` did not hold"
    assert answers.logged_after.sentence == f"'b' was skipped: {why}."


def calls_of(function):
    """How many functions are called while that one runs."""
    calls = []
    sys.setprofile(lambda _frame, event, _argument: calls.append(1) if event == "call" else None)
    try:
        function()
    finally:
        sys.setprofile(None)
    return len(calls)


@pytest.mark.parametrize("count", [10, 3000])
async def test_what_an_answer_costs_does_not_depend_on_the_size_of_the_workflow(count):
    keys = [f"n{place}" for place in range(count)]
    waits = {"id": "first", "type": "wait_signal", "data": {"name": "go"}}
    edges = [{"source": "first", "target": key} for key in keys]
    definition = {"name": "wide", "nodes": [waits, *({"id": key, "type": "end"} for key in keys)], "edges": edges}
    async with Runtime(steps=StepRegistry.with_builtins(entry_points=False)) as runtime:
        handle = await runtime.start(definition)
        await anyio.sleep(0.01)
        assert handle.why("n9").state == "waiting for inputs"
        assert calls_of(lambda: handle.why("n9")) < 400
