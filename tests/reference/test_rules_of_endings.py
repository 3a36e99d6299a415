"""The reference itself, rule by rule: handled failures, joins in time, cancels and what cleans up after them."""

import pytest
from reference.ends import CANCEL, CANCEL_NODE, End, Finish
from reference.interpreter import finish_of, possible_ends, silent_steps, waiting_ends
from reference.runners import catalog
from reference.small import FAILS, fails_after, produces, sleeps, workflow
from reference.state import SECOND
from reference.steps import after, start
from reference.workflow import Workflow

from flowrt.definition import load_definition


def run(document, *requests):
    """Let a workflow happen, of several things at one time the first; return what became of nodes, and the finish."""
    state = start(Workflow(load_definition(document, catalog()).definition, {}, is_timely=True))
    requests, ends = list(requests), {}
    while (finish := finish_of(state)) is None:
        steps = [*possible_ends(state), *waiting_ends(state), *silent_steps(state), *requests]
        step = min(steps, key=lambda step: step.at_ns)
        requests = [request for request in requests if request is not step]
        state = after(state, step)
        if step.status in {"completed", "failed", "skipped", "cancelled"}:
            ends[step.node] = (step.status, step.at_ns / SECOND)
    return ends, finish


def on(kind, *edges):
    return [{"source": edge[0], "target": edge[2], "on": kind} for edge in edges]


def with_edges(document, *edges):
    document["edges"] += edges
    return document


def cancel_at(seconds, node=None):
    return End(node or "", 0, CANCEL_NODE if node else CANCEL, at_ns=round(seconds * SECOND))


def test_a_failure_that_an_edge_carried_is_handled():
    document = with_edges(workflow({"a": FAILS, "b": produces(b=1)}, []), *on("failure", "a>b"))
    ends, finish = run(document)
    assert ends == {"a": ("failed", 0), "b": ("completed", 0)}
    error = {"node": "a", "type": "ValueError", "message": None, "attempts": 1}
    assert finish.output == {"b": {"error": error, "b": 1}}
    assert (finish.status, finish.failures_absorbed) == ("completed", 1)


def test_always_observes_and_handles_nothing():
    document = with_edges(workflow({"a": FAILS, "b": sleeps(1)}, []), *on("always", "a>b"))
    ends, finish = run(document)
    assert ends == {"a": ("failed", 0), "b": ("completed", 1)}
    assert (finish.status, finish.failed_node) == ("failed", "a")


def test_what_cleans_up_after_a_cancel_runs_and_a_second_cancel_ends_it():
    document = with_edges(workflow({"a": sleeps(5), "b": sleeps(5)}, []), *on("always", "a>b"))
    assert run(document, cancel_at(1)) == (
        {"a": ("cancelled", 1), "b": ("completed", 6)},
        Finish("cancelled", None, None, None, 0),
    )
    ends, _ = run(document, cancel_at(1), cancel_at(2))
    assert ends == {"a": ("cancelled", 1), "b": ("cancelled", 2)}


def test_the_first_value_cancels_those_who_feed_nothing_else():
    nodes = {"a": sleeps(1), "b": sleeps(2), "c": sleeps(3), "d": produces() | {"join": "any"}, "e": produces()}
    ends, finish = run(workflow(nodes, ["a>d", "b>d", "c>d", "c>e"]))
    assert ends["b"] == ("cancelled", 1)
    assert ends["c"] == ("completed", 3)
    assert finish.late_tokens == 1


def test_losers_that_may_run_are_counted():
    nodes = {"a": sleeps(1), "b": sleeps(2), "c": produces() | {"join": {"join": "any", "losers": "run"}}}
    ends, finish = run(workflow(nodes, ["a>c", "b>c"]))
    assert ends["b"] == ("completed", 2)
    assert finish.late_tokens == 1


@pytest.mark.parametrize(
    ("otherwise", "status", "seconds"),
    [(None, "failed", 2), ("any", "completed", 2), ({"quorum": 2}, "completed", 4), ("all_settled", "completed", 9)],
)
def test_a_join_whose_time_is_over_becomes_what_it_is_to_become(otherwise, status, seconds):
    join = {"join": "all", "within": 1} | ({} if otherwise is None else {"else": otherwise})
    nodes = {"a": sleeps(1), "b": sleeps(4), "c": sleeps(9), "d": produces() | {"join": join}}
    ends, _ = run(workflow(nodes, ["a>d", "b>d", "c>d"]))
    assert ends["d"] == (status, seconds)


def test_a_node_has_one_time_for_all_of_its_attempts():
    retry = {"max_attempts": 9, "delay_seconds": 3, "backoff": "constant", "jitter": 0}
    policy = {"policy": {"retry": retry, "timeout": {"total": 5}}}
    ends, finish = run(workflow({"a": fails_after(1) | policy}, []))
    assert ends == {"a": ("failed", 5)}
    assert finish.error == "flowrt.errors.NodeTimeoutError"


def test_an_execution_has_retries_for_all_of_its_nodes():
    retry = {"policy": {"retry": {"max_attempts": 9, "delay_seconds": 1, "backoff": "constant", "jitter": 0}}}
    document = workflow({"a": FAILS | retry}, []) | {"policy": {"max_retries": 2}}
    assert run(document)[0] == {"a": ("failed", 2)}


def test_a_deadline_fails_the_execution_and_what_cleans_up_still_runs():
    document = with_edges(workflow({"a": sleeps(5), "b": sleeps(5)}, []), *on("always", "a>b"))
    ends, finish = run(document | {"policy": {"deadline_seconds": 3}})
    assert ends == {"a": ("cancelled", 3), "b": ("completed", 8)}
    assert finish == Finish("failed", None, "flowrt.errors.ExecutionTimeoutError", None, 0)


def test_a_node_that_is_cancelled_lets_the_execution_go_on():
    nodes = {"a": sleeps(5), "b": produces(), "c": produces(), "d": produces()}
    ends, finish = run(workflow(nodes, ["a>b", "b>d", "c>d"]), cancel_at(1, "a"))
    assert ends["a"] == ("cancelled", 1)
    assert ends["b"] == ("skipped", 1)
    assert (ends["d"], finish.status) == (("completed", 1), "completed")


def test_a_node_that_is_cancelled_before_it_began_never_runs():
    ends, finish = run(workflow({"a": sleeps(5), "b": produces()}, ["a>b"]), cancel_at(1, "b"))
    assert ends == {"b": ("cancelled", 1), "a": ("completed", 5)}
    assert finish.status == "completed"


def test_nothing_without_a_record_begins_while_the_execution_ends():
    nodes = {"a": fails_after(1), "b": sleeps(1), "c": produces()}
    ends, _ = run(workflow(nodes, ["b>c"]))
    assert "c" not in ends
