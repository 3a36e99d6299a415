"""What samples amount to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.bench.measurement import Sample, make_point, nearest_rank


def point(*samples, is_paced=False):
    return make_point(1, [Sample(*sample) for sample in samples], is_paced=is_paced)


def test_the_nearest_rank_is_a_value_that_was_measured():
    values = [float(value) for value in range(1, 101)]
    assert [nearest_rank(values, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert [nearest_rank([1.0, 2.0, 3.0], percent) for percent in (1, 33, 34, 50, 67, 99)] == [1, 1, 2, 2, 3, 3]
    assert nearest_rank([], 50) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_at_least_that_many_percent_are_not_above_the_nearest_rank(values, percent):
    found = nearest_rank(sorted(values), percent)
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


def test_throughput_is_what_completed_from_the_first_start_to_the_last_end():
    measured = point((10, 11), (10, 12), (11, 14))
    assert (measured.duration_seconds, measured.throughput_per_second) == (4, 0.75)
    assert (measured.p50_seconds, measured.p95_seconds) == (2, 3)


def test_failures_are_counted_and_neither_in_throughput_nor_in_latency():
    measured = point((0, 1), (0, 9, "no"), (1, 2, "never"), (1, 2))
    assert (measured.executions, measured.completed, measured.failed) == (4, 2, 2)
    assert measured.throughput_per_second == pytest.approx(2 / 9)
    assert (measured.p99_seconds, measured.first_error) == (1, "no")


def test_where_everything_failed_there_is_no_latency():
    measured = point((0, 1, "no"), (0, 2, "no"))
    assert (measured.throughput_per_second, measured.p50_seconds, measured.p99_seconds) == (0, None, None)


def test_a_rate_that_was_sustained_is_not_missed_because_the_last_one_took_its_time():
    every_second = [(start, start + 5) for start in range(10)]
    assert point(*every_second, is_paced=True).throughput_per_second == 1
    assert point(*every_second).throughput_per_second == pytest.approx(10 / 14)


def test_one_execution_at_a_rate_is_measured_by_how_long_it_took():
    assert point((3, 5), is_paced=True).throughput_per_second == 0.5


def test_what_took_no_time_has_no_throughput():
    assert point((3, 3)).throughput_per_second == 0
