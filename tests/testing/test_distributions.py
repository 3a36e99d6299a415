"""Durations are drawn as their names say, and impossible parameters are refused."""

import math
from random import Random

import pytest

from flowrt.testing import constant, exponential, lognormal, poisson, uniform


def draws(distribution, count=4000):
    random = Random(1)
    return sorted(distribution.draw_seconds(random) for _ in range(count))


def test_a_constant_is_constant():
    assert set(draws(constant(0.5))) == {0.5}


def test_uniform_durations_lie_between_the_bounds():
    drawn = draws(uniform(2, 4))
    assert drawn[0] >= 2
    assert drawn[-1] <= 4
    assert math.fsum(drawn) / len(drawn) == pytest.approx(3, rel=0.05)


@pytest.mark.parametrize(("distribution", "mean"), [(exponential(0.25), 0.25), (poisson(per_second=4), 0.25)])
def test_exponential_durations_have_their_mean_and_no_memory(distribution, mean):
    drawn = draws(distribution)
    assert math.fsum(drawn) / len(drawn) == pytest.approx(mean, rel=0.05)
    assert drawn[len(drawn) // 2] == pytest.approx(mean * math.log(2), rel=0.05)


def test_lognormal_durations_have_their_median_and_tail():
    drawn = draws(lognormal(0.2, 0.5))
    assert drawn[len(drawn) // 2] == pytest.approx(0.2, rel=0.05)
    assert drawn[int(0.95 * len(drawn))] == pytest.approx(0.2 * math.exp(0.5 * 1.645), rel=0.05)


def test_one_seed_gives_the_same_durations_on_every_python():
    drawn = [one.draw_seconds(Random(7)) for one in (lognormal(1, 1), exponential(1), uniform(0, 1))]
    assert drawn == pytest.approx([1.67559137615, 0.39131484423, 0.32383276483], rel=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-1), "constant: seconds was -1"),
        (lambda: uniform(2, 1), "uniform: high_seconds was 1; expected a finite number, 2 or more"),
        (lambda: uniform(-1, 1), "uniform: low_seconds was -1"),
        (lambda: exponential(0), "exponential: mean_seconds was 0; expected a finite number, more than 0"),
        (lambda: lognormal(0, 1), "lognormal: median_seconds was 0"),
        (lambda: lognormal(1, -1), "lognormal: sigma was -1"),
        (lambda: lognormal(math.nan, 1), "lognormal: median_seconds was nan"),
        (lambda: lognormal("1", 1), "lognormal: median_seconds was '1'"),
        (lambda: poisson(per_second=0), "poisson: per_second was 0"),
        (lambda: poisson(per_second=1e-320), "poisson: per_second was 1e-320; expected a finite number, 1e-09 or more"),
        (lambda: poisson(per_second=math.inf), "poisson: per_second was inf"),
    ],
)
def test_impossible_parameters_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
