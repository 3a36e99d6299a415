"""The Universal Scalability Law finds what is in the measurements, and no more."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.bench.usl import Usl, fit_usl

CONCURRENCIES = st.lists(st.sampled_from([2**power for power in range(1, 11)]), min_size=2, unique=True).map(
    lambda some: [1, *some]
)
SHARES = st.one_of(st.just(0.0), st.floats(1e-4, 0.9))


def law(rate=50.0, contention=0.0, coherency=0.0):
    return Usl(rate_per_second=rate, contention=contention, coherency=coherency)


def points_of(usl, concurrencies):
    return [(at_once, usl.throughput(at_once)) for at_once in concurrencies]


@given(st.floats(0.01, 1e5), SHARES, st.one_of(st.just(0.0), st.floats(1e-5, 0.1)), CONCURRENCIES)
@settings(deadline=None)
def test_what_has_no_noise_is_found_again(rate, contention, coherency, concurrencies):
    true = law(rate, contention, coherency)
    found = fit_usl(points_of(true, concurrencies))
    for at_once in concurrencies:
        assert found.throughput(at_once) == pytest.approx(true.throughput(at_once), rel=1e-9)
    assert found.rate_per_second == pytest.approx(rate, rel=1e-4)
    assert found.contention == pytest.approx(contention, rel=1e-4, abs=1e-8)
    assert found.coherency == pytest.approx(coherency, rel=1e-4, abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(1e-3, 1e6)), max_size=20))
@settings(deadline=None)
def test_whatever_was_measured_no_coefficient_is_negative(points):
    found = fit_usl(points)
    if len({at_once for at_once, _ in points}) < 3:
        assert found is None
    else:
        assert found.rate_per_second > 0
        assert found.contention >= 0
        assert found.coherency >= 0


@given(CONCURRENCIES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_no_other_law_fits_better_by_relative_errors(concurrencies, random):
    points = [(n, 40 * n / (1 + 0.1 * n) * random.uniform(0.7, 1.3)) for n in concurrencies]

    def loss(usl):
        return sum((throughput / usl.throughput(n) - 1) ** 2 for n, throughput in points)

    found = fit_usl(points)
    for factors in ((1.01, 1, 1), (0.99, 1, 1), (1, 1.05, 1), (1, 0.95, 1), (1, 1, 1.05), (1, 1, 0.95)):
        rate, contention, coherency = factors
        other = law(found.rate_per_second * rate, found.contention * contention, found.coherency * coherency)
        assert loss(other) >= loss(found) - 1e-9


def test_noise_moves_the_knee_a_little():
    random = Random(3)
    true = law(50, 0.02, 0.001)
    noisy = [(n, x * random.uniform(0.97, 1.03)) for n, x in points_of(true, (1, 2, 4, 8, 16, 32, 64, 128))]
    assert fit_usl(noisy).knee == pytest.approx(true.knee, rel=0.1)


def test_the_knee_is_where_throughput_is_highest():
    usl = law(50, 0.05, 0.002)
    assert usl.knee == pytest.approx(math.sqrt(0.95 / 0.002))
    assert usl.throughput(usl.knee) > max(usl.throughput(usl.knee - 1), usl.throughput(usl.knee + 1))


def test_without_coherency_there_is_no_knee():
    assert fit_usl(points_of(law(), (1, 10, 100))).knee is None
    assert fit_usl(points_of(law(contention=0.1), (1, 10, 100))).knee is None


def test_what_only_gets_worse_has_its_knee_at_1():
    falling = fit_usl([(1, 100), (2, 60), (3, 40)])
    assert falling.knee == 1
    assert falling.practical_limit(3) == 1


def test_the_practical_limit_is_the_least_that_reaches_the_share():
    usl = law(50, 0.1, 0.001)
    limit = usl.practical_limit(1000)
    enough = 0.95 * usl.throughput(usl.knee)
    assert usl.throughput(limit - 1) < enough <= usl.throughput(limit)
    assert law().practical_limit(100) == 95


def test_points_without_throughput_tell_nothing():
    assert fit_usl([(1, 10), (2, 20), (4, 0), (8, 0)]) is None
    assert fit_usl([(1, 10), (2, 20), (4, 40), (8, 0)]).knee is None


def test_one_concurrency_measured_three_times_is_too_few():
    assert fit_usl([(4, 10), (4, 11), (4, 12)]) is None
