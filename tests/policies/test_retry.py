"""When a failed attempt is followed by another one, and after which pause."""

from random import Random

import pytest

from flowrt.policies import Retry
from flowrt.policies.retry import MINUTE_SECONDS


def pauses(retry, count=5, random=None):
    return [retry.pause_after(attempt, random or Random(1)) for attempt in range(1, count + 1)]


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [("constant", [3, 3, 3, 3, 3]), ("linear", [3, 6, 9, 12, 15]), ("exponential", [3, 6, 12, 24, 48])],
)
def test_the_pause_grows_as_the_backoff_says(backoff, expected):
    assert pauses(Retry(delay_seconds=3, backoff=backoff, jitter=0)) == expected


def test_the_multiplier_is_that_of_the_exponential_backoff():
    assert pauses(Retry(delay_seconds=1, backoff_multiplier=10, max_delay_seconds=500, jitter=0), 4) == [
        1,
        10,
        100,
        500,
    ]


@pytest.mark.parametrize("backoff", ["constant", "linear", "exponential"])
def test_no_pause_is_longer_than_the_longest(backoff):
    assert max(pauses(Retry(delay_seconds=3, backoff=backoff, max_delay_seconds=2, jitter=0), 2000)) == 2


def test_without_a_longest_pause_it_is_a_minute_or_the_first_where_that_is_longer():
    assert pauses(Retry(delay_seconds=50, jitter=0), 3) == [50, MINUTE_SECONDS, MINUTE_SECONDS]
    assert pauses(Retry(delay_seconds=90, jitter=0), 3) == [90, 90, 90]


def test_full_jitter_draws_from_nothing_to_the_whole_pause():
    drawn = [Retry(delay_seconds=8, jitter="full").pause_after(2, Random(seed)) for seed in range(500)]
    assert 0 <= min(drawn) < 0.5
    assert 15.5 < max(drawn) <= 16


def test_a_part_as_jitter_makes_the_pause_longer_or_shorter_by_that():
    drawn = [Retry(delay_seconds=10, jitter=0.2).pause_after(1, Random(seed)) for seed in range(500)]
    assert 8 <= min(drawn) < 8.1
    assert 11.9 < max(drawn) <= 12


class BusyError(Exception):
    def __init__(self, retry_after_seconds):
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


@pytest.mark.parametrize(
    ("asked", "pause"),
    [(0, 0), (0.5, 0.5), (3600, 3600), (None, 1), (-1, 1), (True, 1), ("5", 1), (1e300, 1), (float("nan"), 1)],
    ids=str,
)
def test_an_error_decides_the_pause_where_it_asks_for_one(asked, pause):
    retry = Retry(delay_seconds=1, jitter=0, max_delay_seconds=30)
    assert retry.delay_before_next(BusyError(asked), 1, Random(1)) == pause


def test_an_error_that_asks_for_a_pause_gets_no_more_attempts_than_others():
    retry = Retry(max_attempts=2, fatal_errors=("ValueError",))
    assert retry.delay_before_next(BusyError(1), 2, Random(1)) is None
    assert retry.delay_before_next(ValueError(), 1, Random(1)) is None


@pytest.mark.parametrize(
    ("retryable", "fatal", "is_retried"),
    [
        (None, (), True),
        (("OSError",), (), True),
        (("builtins.ConnectionError",), (), True),
        (("ValueError",), (), False),
        (None, ("ConnectionError",), False),
        (("ConnectionResetError",), ("OSError",), False),
    ],
)
def test_errors_are_known_by_the_names_of_their_classes(retryable, fatal, is_retried):
    retry = Retry(retryable_errors=retryable, fatal_errors=fatal)
    assert retry.allows(ConnectionResetError()) == is_retried


def test_no_pause_stays_no_pause_however_many_attempts_there_were():
    retry = Retry(max_attempts=2000, delay_seconds=0)
    assert [retry.pause_after(attempt, Random(1)) for attempt in (1, 1024, 1025, 1999)] == [0, 0, 0, 0]


class UnreadableError(Exception):
    @property
    def retry_after_seconds(self):
        raise ZeroDivisionError


def test_an_error_whose_pause_can_not_be_read_asks_for_none():
    assert Retry(delay_seconds=1, jitter=0).delay_before_next(UnreadableError(), 1, Random(1)) == 1
