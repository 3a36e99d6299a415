"""What is said of retries, failures and cancels, of a running or ended execution and of its log."""

import pytest
from explain.asking import ask, fails, node, sleeps, workflow

from flowrt import MemoryStore, Runtime, StepRegistry, step
from flowrt import workflow as python_workflow
from flowrt.explain import AttemptFact, explain

THRICE = {"max_attempts": 3, "delay_seconds": 4, "jitter": 0}
ERROR = "ValueError: as the script says"
NOT_RETRIED = "and is not retried after such an error"


def all_say(answers, sentence):
    assert [found.sentence for found in answers] == [sentence] * 4


def test_a_retry_has_its_attempts_with_their_errors():
    found = ask(workflow([fails("a", policy={"retry": THRICE})]), "a", at=5).live
    assert found.sentence == f"'a' waits 7 s for attempt 3 of 3: 2 attempts failed, the last with {ERROR}."
    assert found.attempts == (
        AttemptFact(attempt=1, error=ERROR, pause_seconds=4),
        AttemptFact(attempt=2, error=ERROR, pause_seconds=8),
    )
    assert (found.attempt, found.max_attempts, found.due_in_seconds) == (3, 3, 7)
    assert f"  attempt 2 failed: {ERROR}" in str(found)


def test_a_retry_that_is_due_while_its_execution_is_paused_says_what_failed():
    document = workflow([fails("a", policy={"retry": THRICE})])
    assert ask(document, "a", at=5, acts=[(1, lambda handle: handle.pause())]).live.sentence == (
        f"'a' has all it needs for attempt 2 of 3 (attempt 1 failed with {ERROR}), but the execution is paused: it "
        "begins when that is resumed."
    )


def test_a_retry_that_its_total_timeout_will_prevent_says_so():
    document = workflow([fails("a", policy={"retry": THRICE, "timeout": {"total": 3}})])
    assert ask(document, "a", at=1).live.sentence.endswith(f"failed with {ERROR}. Its total timeout is in 2 s.")


def test_the_log_of_a_running_execution_knows_a_retry_until_it_is_due():
    answers = ask(workflow([fails("a", policy={"retry": THRICE})]), "a", at=1)
    assert answers.logged.sentence == answers.live.sentence
    assert answers.logged.caveat is not None
    again = {"attempts": [{"fails": "ValueError"}, {"runs": "sleep", "seconds": 30}]}
    late = ask(workflow([node("a", policy={"retry": THRICE}, **again)]), "a", at=5)
    assert late.live.sentence == f"'a' has run for 1 s, in attempt 2 of 3: attempt 1 failed with {ERROR}."
    assert late.logged.sentence == f"'a' was to begin attempt 2, as the one before failed with {ERROR}."
    assert late.logged.state == "unknown"


TOTAL = "NodeTimeoutError: node 'a' took longer than its total timeout of 3 s"


@pytest.mark.parametrize(
    ("policy", "how", "error"),
    [
        ({}, "", ERROR),
        ({"retry": THRICE | {"delay_seconds": 0.01}}, " in attempt 3 of 3", ERROR),
        ({"retry": THRICE | {"fatal_errors": ["ValueError"]}}, f" in attempt 1 of 3, {NOT_RETRIED}", ERROR),
        ({"timeout": {"total": 3}, "retry": THRICE}, f" in attempt 2 of 3, {NOT_RETRIED}", TOTAL),
    ],
)
def test_a_failure_says_why_it_is_not_retried(policy, how, error):
    all_say(ask(workflow([fails("a", policy=policy)]), "a", at=4), f"'a' failed{how}: {error}.")


def test_a_budget_of_retries_that_is_used_up_is_named():
    document = workflow([fails("a", policy={"retry": THRICE})], policy={"max_retries": 1})
    sentence = f"'a' failed in attempt 2 of 3, and is not retried as the execution has used up its 1 retries: {ERROR}."
    all_say(ask(document, "a", at=9), sentence)


def test_a_failure_by_tokens_has_the_way_back_to_its_root():
    policy = {"on_error": "continue"}
    nodes = [fails("a", policy=policy), node("b", policy=policy), node("c", policy=policy), node("d", policy=policy)]
    for found in ask(workflow(nodes, ["a>b", "b>c", "c>d"]), "d"):
        assert found.sentence == f"'d' failed without running, because 'a' failed ({ERROR}), over 'c' and 'b'."
        assert (found.path, found.root_cause) == (("d", "c", "b", "a"), ERROR)


def test_a_join_that_was_too_slow_names_what_was_missing_then():
    nodes = [node("a"), sleeps("b", 9), sleeps("c", 30), node("sum", join={"join": "all", "within": 2})]
    document = workflow(nodes, ["a>sum", "b>sum", "c>sum"])
    sentence = (
        "'sum' failed without running: its join was not met within 2 s of the first token; nothing had come from "
        "'b', 'c'."
    )
    all_say(ask(document, "sum", at=3), sentence)


# --- cancels ----------------------------------------------------------------------------------------------------------


def test_a_loser_names_the_join_that_needs_it_no_more():
    nodes = [sleeps("fast", 1), sleeps("slow", 30), node("first", join="any"), sleeps("later", 5)]
    document = workflow(nodes, ["fast>first", "slow>first", "first>later"])
    all_say(
        ask(document, "slow", at=2),
        "'slow' was cancelled: its result was not needed, as the join of 'first' had decided.",
    )


def test_a_loser_that_had_not_begun_says_so():
    nodes = [sleeps("fast", 1), sleeps("slow", 30), node("then"), node("first", join="any"), sleeps("later", 5)]
    document = workflow(nodes, ["fast>first", "slow>then", "then>first", "first>later"])
    sentence = "'then' was cancelled before it began: its result was not needed, as the join of 'first' had decided."
    all_say(ask(document, "then", at=2), sentence)


def test_a_loser_that_refuses_to_end_says_of_which_join():
    nodes = [sleeps("fast", 1), node("rude", "stubborn"), node("first", join="any"), sleeps("later", 5)]
    document = workflow(nodes, ["fast>first", "rude>first", "first>later"])
    sentence = (
        "'rude' was given up, as it did not end within 0.5 s when it was asked to: its result was not needed, as the "
        "join of 'first' had decided."
    )
    all_say(ask(document, "rude", at=3, grace_seconds=0.5), sentence)


def test_a_node_that_somebody_cancelled_says_who_and_why():
    document = workflow([sleeps("a", 30), sleeps("b", 5)])
    acts = [(1, lambda handle: handle.cancel("too dear", node="a", asked_by="Ada"))]
    all_say(ask(document, "a", at=2, acts=acts), "'a' was cancelled: too dear (by Ada).")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (workflow([sleeps("a", 30), sleeps("b", 1), fails("c")], ["b>c"]), f"'c' failed: {ERROR}"),
        (
            workflow([sleeps("a", 30)], policy={"deadline_seconds": 1}),
            "ExecutionTimeoutError: workflow 'test' was not over at its deadline of 1 s",
        ),
    ],
)
def test_a_node_that_was_cancelled_with_its_execution_says_why_that_was_ending(document, why):
    all_say(ask(document, "a", at=2), f"'a' was cancelled: the execution was ending, as {why}.")


def test_a_node_that_was_to_be_retried_when_its_execution_failed():
    document = workflow([fails("a", policy={"retry": THRICE}), sleeps("b", 1), fails("c")], ["b>c"])
    all_say(ask(document, "a", at=2), f"'a' was cancelled: the execution was ending, as 'c' failed: {ERROR}.")


def test_while_an_execution_is_ending_what_may_rescue_still_waits():
    nodes = [fails("bad"), node("clean"), sleeps("more", 5), node("last"), node("never")]
    edges = [{"source": "bad", "target": "clean", "on": "always"}, "clean>more", "more>last", "bad>never"]
    document = workflow(nodes, edges)
    assert ask(document, "last", at=2).live.sentence == "'last' waits for its input: 'more', which has run for 2 s."
    never = ask(document, "never", at=2).live
    assert never.sentence == f"'never' never began: the execution was ending, as 'bad' failed: {ERROR}."


@pytest.mark.parametrize("on_error", ["skip", "continue", {"default": {}}])
def test_a_step_that_exits_is_never_absorbed(on_error):
    document = workflow([node("a", "exits", policy={"on_error": on_error}), node("b")], ["a>b"])
    answers = ask(document, "b")
    assert answers.after.sentence == answers.logged_after.sentence
    assert "StepExitedError" in answers.after.sentence


# --- Python workflows -------------------------------------------------------------------------------------------------


@step(on_error="skip")
def parse(text: str) -> float:
    return float(text)


@step
def double(number: float) -> float:
    return 2 * number


@step
def add(one: float, other: float) -> float:
    return one + other


@python_workflow
def parsed(first: str, second: str) -> float:
    return double(add(parse(first), parse(second)))


@pytest.mark.anyio
async def test_a_step_whose_argument_has_no_value_names_it():
    store = MemoryStore()
    async with Runtime(store=store, steps=StepRegistry()) as runtime:
        handle = await runtime.start(parsed, {"first": "1", "second": "?"})
        await handle.wait()
        for found in (handle.why("add"), await explain(store, handle.execution_id, "add")):
            assert found.sentence == (
                "'add' was skipped, as its parameter 'other' had no value: 'parse_2' failed "
                "(ValueError: could not convert string to float: '?')."
            )
        assert "That began with 'parse_2'" in handle.why("double").sentence
