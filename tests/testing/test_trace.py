"""What a trace can be asked."""

from functools import partial

import pytest
from testing.flows import payment, wide

import flowrt
from flowrt.testing import Fake, Trace, constant, simulate, simulate_arrivals


@flowrt.step
def left(x: int) -> int:
    return x


@flowrt.step
def right(x: int) -> int:
    return x


@flowrt.step
def both(first: int, second: int) -> int:
    return first + second


@flowrt.workflow
def pair(x: int) -> int:
    return both(left(x), right(x))


def trace_of(left_seconds, right_seconds, seed=0):
    steps = {"left": Fake(returns=1, latency=left_seconds), "right": Fake(returns=2, latency=right_seconds)}
    return simulate(pair, {"x": 1}, seed=seed, steps=steps).trace


def test_order_is_asserted_by_ends_and_starts():
    trace = trace_of(1, 2)
    trace.assert_order("left", "both")
    trace.assert_order("right", "both")
    with pytest.raises(AssertionError, match="'right' started before 'left' had ended"):
        trace.assert_order("left", "right")
    with pytest.raises(AssertionError, match="node 'middle' did not run in execution"):
        trace.assert_order("left", "middle")


def test_a_node_that_did_not_run_has_no_order():
    trace = simulate(pair, {"x": 1}, seed=0, steps={"left": Fake(fails=1)}).trace
    with pytest.raises(AssertionError, match="node 'both' did not run"):
        trace.assert_order("left", "both")


def test_what_was_not_kept_is_not_asserted(tmp_path):
    load = simulate_arrivals(pair, {"x": 1}, arrivals=constant(1), duration_seconds=2, seed=0)
    path = tmp_path / "trace.txt"
    path.write_text("")
    asks = [Trace.assert_order, Trace.assert_never_parallel, Trace.attempts]
    for ask in [*(partial(each, load.trace, "left") for each in asks), partial(load.trace.assert_matches_file, path)]:
        with pytest.raises(AssertionError, match="16 events of the trace were not kept; pass keep_events=True"):
            ask()
    with pytest.raises(AssertionError, match="nothing ran"):
        Trace((), hash="", event_count=0, duration_ns=0).assert_order("left")


def test_a_retried_node_is_over_after_its_last_attempt():
    left_over = iter([True, True])

    def charge(x):
        if next(left_over, False):
            raise ConnectionError
        return x

    trace = simulate(payment, {"x": 1}, seed=0, steps={"charge": charge}).trace
    trace.assert_order("charge", "quick")
    first, second, third = trace.attempts("charge")
    assert [attempt.number for attempt in (first, second, third)] == [1, 2, 3]
    assert (first.error, first.retry_delay_ns) == ("ConnectionError", 3600 * 10**9)
    assert second.started_ns == first.ended_ns + first.retry_delay_ns


def test_parallel_nodes_are_found():
    trace = trace_of(1, 2)
    trace.assert_never_parallel("left", "both")
    with pytest.raises(AssertionError, match=r"started while '(left|right)' was under way"):
        trace.assert_never_parallel("left", "right")


def test_steps_that_take_no_time_are_parallel_only_if_one_began_within_the_other():
    simulate(pair, {"x": 1}, seed=0).trace.assert_never_parallel("left", "right")
    trace = simulate(wide, {"x": 1}, seed=0).trace
    with pytest.raises(AssertionError, match="was under way"):
        trace.assert_never_parallel("waits", "waits_2")


def test_attempts_can_be_asked_by_execution():
    trace = trace_of(1, 2)
    (attempt,) = trace.attempts("left")
    assert trace.attempts("left", attempt.execution_id) == [attempt]
    assert trace.attempts("left", "another") == []


def test_a_trace_is_compared_with_a_file(tmp_path):
    trace = trace_of(1, 2)
    with pytest.raises(AssertionError, match="is not there; write it with update=True"):
        trace.assert_matches_file(tmp_path / "trace.txt")
    trace.assert_matches_file(tmp_path / "trace.txt", update=True)
    trace.assert_matches_file(tmp_path / "trace.txt")
    assert "1.000000000 [1] left #1 ended completed" in (tmp_path / "trace.txt").read_text(encoding="utf-8")
    with pytest.raises(AssertionError, match="the trace is not that of"):
        trace_of(1, 3).assert_matches_file(tmp_path / "trace.txt")


def test_the_hash_is_that_of_what_happened_not_of_payloads_and_messages():
    steps = [{"left": Fake(fails=1, error=ValueError(text))} for text in ("one", "two")]
    hashes = [simulate(pair, {"x": x}, seed=0, steps=given).trace.hash for x, given in enumerate(steps)]
    assert hashes[0] == hashes[1]
    assert simulate(pair, {"x": 0}, seed=0, steps={"left": Fake(fails=1, error=KeyError)}).trace.hash != hashes[0]
    assert trace_of(1, 2).hash != trace_of(1, 2.000000001).hash
