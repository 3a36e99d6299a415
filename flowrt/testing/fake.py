"""A step that is made up: a time that it takes, and how it ends."""

from collections.abc import Callable
from random import Random
from typing import Any

from flowrt.definition.signature import is_async, yields
from flowrt.option_checks import LONGEST_SECONDS, is_finite_number
from flowrt.testing.distributions import Distribution, draw_seconds
from flowrt.typing import Delay


class Fake:
    """A step that takes its time and then returns or fails; it waits as a record and holds no task unless it is placed.

    Args:
        returns: What it returns: a value, or a plain function of what the step would be called with. Without it a
            JSON node adds nothing to its record, and a Python node returns `None`.
        latency: How long it takes: seconds, at most 1e9, or a distribution.
        fails: How many of the attempts fail: a share from 0 to 1.
        error: What they fail with: an exception, or a class of exceptions that takes no arguments.

    Raises:
        ValueError: A parameter is impossible.
    """

    def __init__(
        self,
        *,
        returns: Any = None,
        latency: Distribution | float = 0.0,
        fails: float = 0.0,
        error: Exception | type[Exception] = RuntimeError,
    ) -> None:
        _check(latency, fails)
        _check_error(error)
        _check_returns(returns)
        self._returns = returns
        self._latency = latency
        self._fails = fails
        self._error = error

    def step(
        self,
        random: Random,
        *,
        takes_record: bool,
        execution_id: Callable[[], str],  # noqa: ARG002 - as `MadeUp` has it
    ) -> Callable[..., Delay]:
        """Return the function that is called for each attempt."""
        nothing: Any = {} if takes_record else None
        returns, fails, latency = self._returns, self._fails, self._latency

        def attempt(*args: Any, **options: Any) -> Delay:
            if isinstance(latency, int | float):
                seconds = latency
            else:
                seconds = draw_seconds(latency, random, most=LONGEST_SECONDS)
            if fails and random.random() < fails:
                return Delay(None, seconds, self._make_error())
            produced = returns(*args, **options) if callable(returns) else returns
            return Delay(nothing if produced is None else produced, seconds)

        return attempt

    def _make_error(self) -> Exception:
        return self._error() if isinstance(self._error, type) else self._error.with_traceback(None)


def _check(latency: object, fails: object) -> None:
    if not is_finite_number(fails) or not 0 <= fails <= 1:
        raise ValueError(f"fails was {fails!r}; it is a share of the attempts, from 0 to 1")
    if isinstance(latency, type) or not hasattr(latency, "draw_seconds"):
        is_possible = is_finite_number(latency) and 0 <= latency <= LONGEST_SECONDS
        if not is_possible:
            expected = f"seconds, from 0 to {LONGEST_SECONDS:,}, or a distribution"
            raise ValueError(f"latency was {latency!r}; expected {expected}")


def _check_returns(returns: object) -> None:
    if callable(returns) and (is_async(returns) or yields(returns)):
        advice = "give a plain `def`, or put the function itself in the place of the step"
        raise ValueError(f"returns was {returns!r}, whose call returns no value by itself: {advice}")


def _check_error(error: object) -> None:
    if isinstance(error, Exception):
        return
    if not isinstance(error, type) or not issubclass(error, Exception):
        reason = f"error was {error!r}; expected an exception, or a class of exceptions"
        raise ValueError(reason)  # noqa: TRY004 - as for all else that is impossible
    try:
        error()
    except TypeError as cause:
        raise ValueError(f"error was {error!r}, which can't be made without arguments: give an exception") from cause
