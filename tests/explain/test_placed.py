"""What is said of steps that run in threads and processes, or wait for one."""

import threading
from contextlib import asynccontextmanager

import anyio
import pytest
from explain.asking import ask, node, workflow

from flowrt import Runtime, StepRegistry, Timeout, step
from flowrt import workflow as python_workflow

IN_THREAD = {"placement": "thread"}


def one_by_one(count, **policy):
    """A workflow whose nodes n0, n1, ... take 2 seconds each in a thread."""
    return [node(f"n{place}", "blocks", policy=IN_THREAD | policy) for place in range(count)]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (0.5, "waits for a free thread: the only one is taken, and another node is ahead of it."),
        (3, "waits for a free thread: the only one is taken, and it is next."),
        (4.5, "has run in a thread for 0.5 s. Its timeout is in 4.5 s."),
    ],
)
def test_a_step_moves_up_in_its_queue_and_runs(at, told):
    document = workflow(one_by_one(3, timeout={"attempt": 5}))
    assert ask(document, "n2", at=at, limits={"thread": 1}).live.sentence == f"'n2' {told}"


def test_an_input_says_where_it_runs_and_what_it_waits_for():
    document = workflow([*one_by_one(2), node("sum")], ["n0>sum", "n1>sum"])
    assert ask(document, "sum", limits={"thread": 1}).live.sentence == (
        "'sum' waits for 2 of its 2 inputs: 'n0' (has run in a thread for 0.5 s) and 'n1' (waits for a free thread)."
    )


def test_a_step_that_waited_too_long_for_a_thread_says_so():
    document = workflow(one_by_one(2, timeout={"queue": 1}, on_error="skip"))
    for found in ask(document, "n1", at=1.5, limits={"thread": 1}):
        assert found.sentence.startswith("'n1' failed: QueueTimeoutError: ")


def test_a_total_timeout_that_is_sooner_than_the_end_of_the_wait_is_told():
    document = workflow(one_by_one(2, timeout={"total": 1}))
    assert ask(document, "n1", limits={"thread": 1}).live.sentence.endswith(
        "it is next. Its total timeout is in 0.5 s."
    )
    document = workflow(one_by_one(2, timeout={"queue": 1, "total": 9}))
    assert ask(document, "n1", limits={"thread": 1}).live.sentence.endswith(
        "it is next. Its queue timeout is in 0.5 s."
    )


def test_a_paused_execution_waits_for_no_thread():
    document = workflow(one_by_one(2))
    acts = [(0.2, lambda handle: handle.pause())]
    assert ask(document, "n1", acts=acts, limits={"thread": 1}).live.sentence == (
        "'n1' has all it needs, but the execution is paused: it begins when that is resumed."
    )


async def until(condition):
    while not condition():
        await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def one_thread_for_two(**policy):
    """The handle of a workflow whose first node keeps the only thread until this is left; its second waits for it."""
    begun, may_go = threading.Event(), threading.Event()

    @step(placement="thread", **policy)
    def hold(number: int) -> int:
        begun.set()
        may_go.wait()
        return number

    @python_workflow
    def held() -> None:
        hold(1)
        hold(2)

    async with Runtime(limits={"thread": 1}, steps=StepRegistry()) as runtime:
        handle = await runtime.start(held)
        try:
            await until(lambda: begun.is_set() and handle.why("hold_2").state != "ready")
            yield handle
        finally:
            may_go.set()
        await handle.wait()


@pytest.mark.anyio
async def test_what_really_runs_in_a_thread_and_what_waits_for_it():
    async with one_thread_for_two(timeout=Timeout(queue=60)) as handle:
        assert handle.why("hold").sentence.startswith("'hold' has run in a thread for ")
        second = handle.why("hold_2")
        assert second.sentence.startswith(
            "'hold_2' waits for a free thread: the only one is taken, and it is next. Its queue timeout is in "
        )
        assert 0 < second.due_in_seconds <= 60


@pytest.mark.anyio
async def test_a_thread_that_nobody_waits_for_is_named_to_those_that_wait_for_one():
    async with one_thread_for_two(on_error="skip") as handle:
        handle.cancel("too slow", node="hold")
        await until(lambda: handle.why("hold").state == "cancelled")
        assert handle.why("hold_2").sentence == (
            "'hold_2' waits for a free thread: the only one is taken, and it is next. The step of 'hold' goes on "
            "in its thread, although nobody waits for that any more."
        )
