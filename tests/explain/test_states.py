"""Every state of a node: the sentence of a running or ended execution, and that of its log."""

from functools import partial
from typing import get_args

import pytest
from explain.asking import ask, fails, node, sleeps, workflow

from flowrt.actors.parking import Parked
from flowrt.explain import State

CLOSED = "the execution was ending, as it was cancelled: the shop closed (by Ada)"
SLOW = sleeps("slow", 30)
TWICE = {"retry": {"max_attempts": 3, "delay_seconds": 4, "jitter": 0}}


def pause(handle):
    handle.pause()


def cancel(handle):
    handle.cancel("the shop closed", asked_by="Ada")


def park(waits_for):
    """Let the suspended node wait as one does whose step is placed elsewhere."""

    def act(handle):
        execution = handle._execution
        (found,) = execution.suspended
        execution.rare.parking.put(found, Parked(waits_for, execution.kernel.monotonic_ns()))

    return act


RUNNING = {
    "waiting for inputs": (
        partial(ask, document=workflow([SLOW, node("sum")], ["slow>sum"]), key="sum"),
        "'sum' waits for its input: 'slow', which has run for 0.5 s.",
    ),
    "ready": (
        partial(ask, document=workflow([node("first"), node("second")]), key="second", at=0),
        "'second' has all it needs and waits for its turn.",
    ),
    "paused": (
        partial(
            ask,
            document=workflow([sleeps("first", 0.2), node("second")], ["first>second"]),
            key="second",
            acts=[(0.1, pause)],
        ),
        "'second' has all it needs, but the execution is paused: it begins when that is resumed.",
    ),
    "running": (
        partial(ask, document=workflow([sleeps("slow", 30, policy={"timeout": {"attempt": 40}})]), key="slow"),
        "'slow' has run for 0.5 s. Its timeout is in 39.5 s.",
    ),
    "stopping": (
        partial(ask, document=workflow([node("rude", "stubborn")]), key="rude", acts=[(0.3, cancel)]),
        f"'rude' was asked to end and has not ended yet: {CLOSED}. It is given up in 4.8 s.",
    ),
    "retrying": (
        partial(ask, document=workflow([fails("shop", "ConnectionError", policy=TWICE)]), key="shop"),
        "'shop' waits 3.5 s for attempt 2 of 3: attempt 1 failed with ConnectionError: as the script says.",
    ),
    "delayed": (
        partial(ask, document=workflow([node("nap", attempts=[{"runs": "delay", "seconds": 2}])]), key="nap"),
        "'nap' waits for its time, another 1.5 s.",
    ),
    "waiting for a signal": (
        partial(ask, document=workflow([node("boss", "wait_signal", name="approval", timeout_seconds=10)]), key="boss"),
        "'boss' waits for the signal 'approval'; that may take another 9.5 s.",
    ),
    "waiting for a thread": (
        partial(ask, document=workflow([sleeps("sums", 1)]), key="sums", acts=[(0.2, park("thread"))]),
        "'sums' waits for a free thread.",
    ),
    "waiting for a process": (
        partial(ask, document=workflow([sleeps("sums", 1)]), key="sums", acts=[(0.2, park("process"))]),
        "'sums' waits for a free process.",
    ),
}
ENDED = {
    "completed": (
        partial(
            ask,
            document=workflow([node("shop", attempts=[{"fails": "ConnectionError"}, {}], policy=TWICE)]),
            key="shop",
            at=9,
        ),
        "'shop' completed in attempt 2.",
    ),
    "finished anyway": (
        partial(ask, document=workflow([node("kind", "calls")]), key="kind", called=cancel),
        "'kind' was to be interrupted, but returned a value all the same, which counts.",
    ),
    "failed": (
        partial(ask, document=workflow([fails("shop", policy=TWICE), SLOW]), key="shop", at=20),
        "'shop' failed in attempt 3 of 3: ValueError: as the script says.",
    ),
    "failed without running": (
        partial(
            ask,
            document=workflow(
                [fails("a", policy={"on_error": "continue"}), node("b", policy={"on_error": "continue"}), node("c")],
                ["a>b", "b>c"],
            ),
            key="c",
        ),
        "'c' failed without running, because 'a' failed (ValueError: as the script says), over 'b'.",
    ),
    "skipped": (
        partial(
            ask,
            document=workflow([node("a"), node("b")], [{"source": "a", "target": "b", "condition": "score > 7"}]),
            key="b",
            input={"score": 1},
        ),
        "'b' was skipped: 'a' completed, but the condition `score > 7` did not hold.",
    ),
    "cancelled": (
        partial(ask, document=workflow([SLOW]), key="slow", acts=[(0.3, cancel)]),
        f"'slow' was cancelled: {CLOSED}.",
    ),
    "never began": (
        partial(ask, document=workflow([sleeps("a", 1), node("b"), fails("bad")], ["a>b"]), key="b"),
        "'b' never began: the execution was ending, as 'bad' failed: ValueError: as the script says.",
    ),
    "abandoned": (
        partial(ask, document=workflow([node("rude", "stubborn")]), key="rude", at=6, acts=[(0.3, cancel)]),
        f"'rude' was given up, as it did not end within 5 s when it was asked to: {CLOSED}.",
    ),
}


def test_every_state_has_a_test():
    assert {*RUNNING, *ENDED, "unknown"} == set(get_args(State))


@pytest.mark.parametrize("state", RUNNING)
def test_a_node_that_has_not_ended_says_what_it_waits_for(state):
    question, sentence = RUNNING[state]
    found = question().live
    assert (found.state, found.sentence, found.caveat) == (state, sentence, None)


@pytest.mark.parametrize("state", ENDED)
def test_a_node_that_has_ended_says_how_and_so_does_the_log(state):
    question, sentence = ENDED[state]
    answers = question()
    assert [(found.state, found.sentence) for found in answers] == [(state, sentence)] * 4
    assert [found.caveat for found in answers] == [None] * 4


def test_the_log_does_not_know_what_has_begun():
    answers = RUNNING["running"][0]()
    assert answers.logged.state == "unknown"
    assert answers.logged.sentence == "'slow' had all it needs; the log has no end of it."
    assert (
        answers.logged.caveat == "The log says that the execution runs; it would say so, too, if its process had died."
    )
