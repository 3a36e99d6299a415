"""Many executions in virtual time."""

import math

import pytest
from testing.flows import payment

from flowrt.errors import DefinitionError, InputError
from flowrt.testing import DurationDrawnError, Fake, constant, exponential, poisson, simulate_arrivals

STEPS = {"charge": Fake(returns=1, latency=exponential(0.1)), "quick": Fake(returns=1, latency=0.05)}


def arrive(**options):
    given = {"arrivals": poisson(per_second=20), "duration_seconds": 60, "seed": 1, "steps": STEPS} | options
    return simulate_arrivals(payment, {"x": 1}, **given)


def test_as_many_arrive_as_the_rate_says_and_all_of_them_end():
    load = arrive()
    assert load.total == load.completed == pytest.approx(1200, rel=0.1)
    assert load.trace.duration_seconds == pytest.approx(60, abs=2)
    assert load.duration_seconds(0.5) == pytest.approx(0.05 + 0.1 * math.log(2), rel=0.1)
    assert load.duration_seconds(0) >= 0.05
    assert load.duration_seconds(1) > load.duration_seconds(0.99) > load.duration_seconds(0.5)


def test_one_seed_gives_one_trace_and_events_are_kept_only_when_asked_for():
    first, second, third = arrive(), arrive(keep_events=True), arrive(seed=2)
    assert first.trace.hash == second.trace.hash != third.trace.hash
    assert not first.trace.events
    assert len(second.trace.events) == first.trace.event_count
    second.trace.assert_order("charge", "quick")


def test_those_that_may_not_begin_wait_and_their_wait_counts():
    steps = {"charge": Fake(returns=1, latency=1.0), "quick": Fake(returns=1)}
    load = arrive(arrivals=constant(0.5), duration_seconds=10, max_at_once=1, steps=steps)
    assert load.total == 20
    assert load.trace.duration_seconds == pytest.approx(20.5)
    assert load.duration_seconds(0) == pytest.approx(1)
    assert load.duration_seconds(1) == pytest.approx(10.5)


def test_failures_are_counted():
    load = arrive(steps={"charge": Fake(returns=1), "quick": Fake(fails=0.25)})
    assert load.failed / load.total == pytest.approx(0.25, abs=0.05)


def test_each_execution_may_have_its_own_input():
    seen = []

    def charge(x):
        seen.append(x)
        return x

    load = simulate_arrivals(
        payment,
        lambda index, random: {"x": index * 10 + random.randrange(1)},
        arrivals=constant(1),
        duration_seconds=5,
        seed=0,
        steps={"charge": charge},
    )
    assert (load.completed, seen) == (5, [0, 10, 20, 30, 40])


def test_nothing_may_arrive():
    load = arrive(arrivals=constant(100), duration_seconds=1)
    assert load.total == 0
    with pytest.raises(ValueError, match="of 0 executions"):
        load.duration_seconds(0.5)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"duration_seconds": 0}, ValueError, "duration_seconds was 0"),
        ({"duration_seconds": math.inf}, ValueError, "duration_seconds was inf"),
        ({"duration_seconds": "5"}, TypeError, "duration_seconds was '5'"),
        ({"max_at_once": 0}, ValueError, "max_at_once was 0"),
        ({"max_at_once": 1.5}, TypeError, "max_at_once was 1.5; expected a whole number"),
        ({"arrivals": 5}, TypeError, "arrivals was 5; expected a distribution"),
        ({"arrivals": constant(0)}, ValueError, "no time between arrivals"),
        ({"seed": "1"}, TypeError, "must be an integer"),
        ({"steps": {"no": Fake()}}, DefinitionError, "no node or type 'no'"),
    ],
)
def test_impossible_parameters_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        arrive(**options)


def test_an_input_that_does_not_fit_is_an_error():
    with pytest.raises(InputError):
        simulate_arrivals(payment, {"y": 1}, arrivals=constant(1), duration_seconds=5, seed=0)


class Draws:
    def __init__(self, *drawn):
        self.drawn = iter(drawn)

    def draw_seconds(self, random):
        return next(self.drawn)


@pytest.mark.parametrize("drawn", [-1, None, float("nan"), "x"])
def test_a_time_between_arrivals_that_can_not_be_is_an_error(drawn):
    for arrivals in (Draws(drawn), Draws(1, 0, drawn)):
        with pytest.raises(DurationDrawnError, match=f"drew {drawn!r};"):
            arrive(arrivals=arrivals)


def test_what_a_distribution_raises_ends_the_simulation():
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        arrive(arrivals=Draws(1, 2))


def test_several_may_arrive_at_one_instant():
    assert arrive(arrivals=Draws(1, 0, 0, 5, 100), duration_seconds=20).total == 4


def test_arrivals_without_time_between_them_are_refused_before_any_begins():
    begun = []
    with pytest.raises(ValueError, match="no time between arrivals"):
        simulate_arrivals(payment, lambda n, _random: begun.append(n), arrivals=constant(0), duration_seconds=5, seed=0)
    assert begun == []
