"""Fakes: what they return, how long they take, how often they fail."""

import pytest
from testing.flows import payment

from flowrt.errors import ExecutionFailedError
from flowrt.testing import DurationDrawnError, Fake, constant, simulate


def run(fake, x=1):
    return simulate(payment, {"x": x}, seed=0, steps={"charge": fake, "quick": lambda x: x})


def test_a_fake_returns_a_value_or_what_a_function_makes_of_its_input():
    assert run(Fake(returns=5)).result == 5
    assert run(Fake(returns=lambda x: x * 10), x=4).result == 40
    assert run(Fake()).result is None


def test_a_fake_takes_its_time():
    assert run(Fake(latency=2.5)).trace.duration_seconds == 2.5
    assert run(Fake(latency=constant(0.25))).trace.duration_seconds == 0.25


def test_a_fake_fails_as_often_as_it_is_told():
    with pytest.raises(ExecutionFailedError, match="TimeoutError"):
        run(Fake(fails=1, error=TimeoutError)).result  # noqa: B018
    steps = {"charge": Fake(fails=0.5)}
    traces = [simulate(payment, {"x": 1}, seed=seed, steps=steps).trace for seed in range(60)]
    attempts = [attempt for trace in traces for attempt in trace.attempts("charge")]
    failed = sum(attempt.status == "failed" for attempt in attempts)
    assert 0.35 < failed / len(attempts) < 0.65


def test_a_fake_may_fail_with_one_certain_error():
    error = ConnectionError("no route")
    with pytest.raises(ExecutionFailedError, match="no route"):
        run(Fake(fails=1, error=error)).result  # noqa: B018


async def returns_later(x):
    return x


def yields_twice(x):
    yield from (x, x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fails": 1.5}, "fails was 1.5; it is a share"),
        ({"fails": "often"}, "fails was 'often'"),
        ({"latency": -1}, "latency was -1"),
        ({"latency": "long"}, "latency was 'long'; expected seconds, from 0 to 1,000,000,000, or a distribution"),
        ({"latency": 1e10}, "latency was 10000000000.0; expected seconds, from 0"),
        ({"error": UnicodeDecodeError}, "which can't be made without arguments: give an exception"),
        ({"returns": returns_later}, "returns was <function returns_later.*, whose call returns no value by itself"),
        ({"returns": yields_twice}, "whose call returns no value by itself"),
        ({"error": "broken"}, "error was 'broken'; expected an exception"),
        ({"error": KeyboardInterrupt}, "error was .*KeyboardInterrupt"),
    ],
)
def test_impossible_fakes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Fake(**options)


class Draws:
    """A distribution that somebody wrote, and that draws something impossible."""

    def __init__(self, drawn):
        self.drawn = drawn

    def draw_seconds(self, random):
        return self.drawn

    def __repr__(self):
        return "Draws()"


@pytest.mark.parametrize("drawn", [-1, None, float("nan"), float("inf"), "x", True, 1e10])
def test_a_latency_that_can_not_be_ends_the_simulation_and_names_its_distribution(drawn):
    with pytest.raises(DurationDrawnError, match=rf"the distribution Draws\(\) drew {drawn!r};"):
        run(Fake(latency=Draws(drawn)))
