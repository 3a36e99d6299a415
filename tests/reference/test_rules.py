"""The reference itself, rule by rule, on small workflows; none of them is run by the runtime."""

import pytest
from reference.ends import BEGINS, End, Finish
from reference.interpreter import possible_ends, silent_steps
from reference.joins import FAIL, FIRE, SKIP, WAIT, verdict_of
from reference.records import made_by, merged, plain
from reference.replay import run_alone
from reference.runners import catalog
from reference.small import FAILS, produces, workflow
from reference.state import SECOND
from reference.steps import after, start
from reference.workflow import Workflow

from flowrt.definition import Quorum, load_definition

V, S, F = "value", "skipped", "failed"


@pytest.mark.parametrize(
    ("join", "tokens", "verdict"),
    [
        ("all", [V], WAIT),
        ("all", [F], WAIT),
        ("all", [V, V], FIRE),
        ("all", [V, S], FIRE),
        ("all", [S, S], SKIP),
        ("all", [V, F], FAIL),
        ("all", [S, F], FAIL),
        ("any", [S], WAIT),
        ("any", [F], WAIT),
        ("any", [V], FIRE),
        ("any", [S, V], FIRE),
        ("any", [S, S], SKIP),
        ("any", [S, F], FAIL),
        (Quorum(2), [V], WAIT),
        (Quorum(2), [S], WAIT),
        (Quorum(2), [V, V], FIRE),
        (Quorum(2), [V, S], SKIP),
        (Quorum(2), [V, F], FAIL),
        ("all_settled", [V], WAIT),
        ("all_settled", [S, F], FIRE),
        ("all_settled", [S, S], FIRE),
    ],
)
def test_a_join_says_what_the_table_says(join, tokens, verdict):
    assert verdict_of(join, tokens, expected=2) == verdict


def completed(output, absorbed=0):
    return Finish("completed", output, None, None, absorbed, late_tokens=0)


def failed(error, node, absorbed=0):
    return Finish("failed", None, error, node, absorbed)


def run(document, input=None, seed=0):
    """Return the last end of each node by its id, and the finish."""
    ends, finish = run_alone(load_definition(document, catalog()).definition, input or {}, seed)
    return {end.node: end for end in ends}, finish


def behind_a_failure(on_error, join="all"):
    policy = {} if on_error is None else {"policy": {"on_error": on_error}}
    document = workflow({"a": FAILS | policy, "b": produces(b=1) | {"join": join}}, ["a>b"])
    ends, finish = run(document)
    return ends["b"].status if "b" in ends else None, finish


@pytest.mark.parametrize(
    ("on_error", "join", "status", "finish"),
    [
        ("fail", "all", None, failed("ValueError", "a")),
        (None, "all", None, failed("ValueError", "a")),
        ("skip", "all", "skipped", completed(None, 1)),
        ("continue", "all", "failed", failed("flowrt.errors.UpstreamFailedError", "b", 1)),
        ({"default": {"a": 2}}, "all", "completed", completed({"a": 2, "b": 1}, 1)),
        (None, "any", "failed", failed("flowrt.errors.UpstreamFailedError", "b", 1)),
        (None, "all_settled", "completed", None),
    ],
)
def test_a_failure_is_what_on_error_says(on_error, join, status, finish):
    found, ended = behind_a_failure(on_error, join)
    assert found == status
    if finish is None:
        finish = completed({"b": 1, "outcomes": [{"node": "a", "outcome": "failed"}]}, 1)
    assert ended == finish


def test_skipping_spreads_to_who_has_nothing_else():
    skips = FAILS | {"policy": {"on_error": "skip"}}
    nodes = {"a": skips, "b": produces(), "c": produces(), "d": produces(d=1), "e": produces(e=1)}
    ends, finish = run(workflow(nodes, ["a>b", "b>c", "b>e", "d>e"]))
    assert [ends[node].status for node in "bce"] == ["skipped", "skipped", "completed"]
    assert finish.output == {"e": {"d": 1, "e": 1}}


def test_a_failure_by_tokens_names_the_root_cause():
    goes_on = {"policy": {"on_error": "continue"}}
    ends, finish = run(workflow({"a": FAILS | goes_on, "b": produces() | goes_on, "c": produces()}, ["a>b", "b>c"]))
    assert ends["c"].blames == "'b' failed (a"
    assert finish.failures_absorbed == 2


def test_a_descendant_beats_its_ancestor_whatever_the_order_of_the_edges():
    nodes = {"a": produces(k=1), "b": produces(k=2), "c": produces()}
    for edges in (["a>b", "a>c", "b>c"], ["a>b", "b>c", "a>c"]):
        ends, finish = run(workflow(nodes, edges))
        assert (finish.output, ends["c"].note) == ({"k": 2}, None)


def test_of_two_unordered_nodes_the_later_edge_wins_and_the_key_is_named():
    nodes = {"a": produces(k=1), "b": produces(k=2), "c": produces()}
    for edges, winner in ((["a>c", "b>c"], 2), (["b>c", "a>c"], 1)):
        ends, finish = run(workflow(nodes, edges))
        assert (finish.output, ends["c"].note) == ({"k": winner}, "unordered nodes disagree on: k")


def test_anybody_beats_the_input_and_equal_values_are_no_conflict():
    record, conflicts = merged(
        [made_by("a", {"k": 1}), made_by(None, {"k": 0}), made_by("b", {"k": 1})], lambda *_: False
    )
    assert (plain(record), conflicts) == ({"k": 1}, [])


def test_an_ancestor_that_a_third_node_beats_does_not_come_back():
    def descends(node, ancestor):
        return (node, ancestor) == ("z", "x")

    records = [made_by("z", {"k": 2}), made_by("y", {"k": 3}), made_by("x", {"k": 1})]
    assert merged(records, descends) == ({"k": (3, "y")}, ["k"])


def test_emit_replace_sends_on_only_what_was_produced():
    _, finish = run(workflow({"a": produces(a=1), "b": produces(b=1) | {"emit": "replace"}}, ["a>b"]), {"i": 0})
    assert finish.output == {"b": 1}


def ends_after(document, *ends, is_timely=True):
    """Return how attempts may end after those ends, when all that may begin has begun."""
    definition = load_definition(document, catalog()).definition
    state = start(Workflow(definition, {}, is_timely=is_timely))
    for end in ends:
        state = after(_with_all_begun(state), end)
    return [end._replace(at_ns=None) for end in possible_ends(_with_all_begun(state))]


def _with_all_begun(state):
    while begins := [step for step in silent_steps(state) if step.status == BEGINS]:
        state = after(state, begins[0])
    return state


def test_an_attempt_is_retried_as_often_and_as_late_as_its_policy_says():
    retry = {"max_attempts": 3, "delay_seconds": 1.0, "backoff_multiplier": 3.0, "jitter": 0, "max_delay_seconds": 2.0}
    document = workflow({"a": FAILS | {"policy": {"retry": retry}}}, [])
    first, second, third = (
        End("a", n, "failed", error="ValueError", retry_delay_seconds=p) for n, p in enumerate((1.0, 2.0, None), 1)
    )
    assert ends_after(document) == [first]
    assert ends_after(document, first) == [second]
    assert ends_after(document, first, second) == [third]


def test_errors_are_retried_by_the_names_of_their_classes():
    retry = {"max_attempts": 2, "jitter": 0, "retryable_errors": ["LookupError"], "fatal_errors": ["IndexError"]}
    for name, is_retried in (("KeyError", True), ("LookupError", True), ("ValueError", False)):
        node = {"data": {"attempts": [{"fails": name}]}, "policy": {"retry": retry}}
        (end,) = ends_after(workflow({"a": node}, []))
        assert (end.retry_delay_seconds is not None) == is_retried


def test_a_timeout_is_sure_in_virtual_time_and_possible_on_a_real_clock():
    node = {"data": {"attempts": [{"runs": "sleep", "seconds": 0.5}]}, "policy": {"timeout": {"attempt": 1}}}
    document = workflow({"a": node}, [])
    assert [end.status for end in ends_after(document)] == ["completed"]
    assert "failed" in [end.status for end in ends_after(document, is_timely=False)]
    node["data"]["attempts"][0]["seconds"] = 2
    assert [end.status for end in ends_after(document)] == ["failed"]


def test_a_condition_sees_the_record_and_fails_the_source():
    nodes = {"a": produces(a=1), "b": produces(b=1), "c": produces()}
    document = workflow(nodes, ["a>b", "b>c"])
    for condition, status, last in (("a == 1", "completed", "c"), ("a == 2", "completed", "c"), ("z", "failed", "b")):
        document["edges"][1]["condition"] = condition
        ends, finish = run(document)
        assert (finish.status, list(ends)[-1]) == (status, last)
    assert finish.error == "flowrt.errors.ExpressionError"


def test_a_condition_that_fails_on_a_default_fails_the_execution():
    document = workflow({"a": FAILS | {"policy": {"on_error": {"default": {"a": 1}}}}, "b": produces()}, ["a>b"])
    document["edges"][0]["condition"] = "z"
    _, finish = run(document)
    assert finish == failed("flowrt.errors.ExpressionError", "a")


def test_only_edges_of_chosen_handles_and_those_without_are_taken():
    branch = {"data": {"attempts": [{"chooses": ["x"]}], "handles": ["x", "y"]}}
    document = workflow({"a": branch, "b": produces(), "c": produces(), "d": produces()}, ["a>b", "a>c", "a>d"])
    document["edges"][0]["sourceHandle"], document["edges"][1]["sourceHandle"] = "x", "y"
    ends, _ = run(document)
    assert [ends[node].status for node in "bcd"] == ["completed", "skipped", "completed"]


def test_when_an_execution_fails_only_what_was_under_way_still_ends():
    sleeps = {"data": {"attempts": [{"runs": "sleep", "seconds": 1}]}}
    fails = {"data": {"attempts": [{"runs": "sleep", "seconds": 1, "fails": "ValueError"}]}}
    document = workflow({"a": fails, "b": sleeps, "d": sleeps}, ["b>d"])
    at_once = End("a", 1, "failed", error="ValueError", at_ns=SECOND)
    statuses = {(end.node, end.status, end.note) for end in ends_after(document, at_once)}
    assert statuses == {("b", "cancelled", None), ("b", "completed", "finished anyway")}
    earlier = at_once._replace(at_ns=SECOND // 2)
    assert [(end.node, end.status) for end in ends_after(document, earlier)] == [("b", "cancelled")]
