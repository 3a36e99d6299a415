"""A step that is made up: a time that it takes, and how it ends."""

from collections.abc import Callable
from random import Random
from typing import Any

from flowrt.option_checks import is_finite_number
from flowrt.testing.distributions import Distribution
from flowrt.typing import Delay


class Fake:
    """A step that takes its time and then returns or fails; it waits as a record and holds no task unless it is placed.

    Args:
        returns: What it returns: a value, or a function of what the step would be called with. Without it a JSON node
            adds nothing to its record, and a Python node returns `None`.
        latency: How long it takes: seconds, or a distribution.
        fails: How many of the attempts fail: a share from 0 to 1.
        error: What they fail with: an exception, or a class of exceptions.

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
        _check(latency, fails, error)
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
            seconds = latency if isinstance(latency, int | float) else latency.draw_seconds(random)
            if fails and random.random() < fails:
                return Delay(None, seconds, self._make_error())
            produced = returns(*args, **options) if callable(returns) else returns
            return Delay(nothing if produced is None else produced, seconds)

        return attempt

    def _make_error(self) -> Exception:
        return self._error() if isinstance(self._error, type) else self._error.with_traceback(None)


def _check(latency: object, fails: object, error: object) -> None:
    if not is_finite_number(fails) or not 0 <= fails <= 1:
        raise ValueError(f"fails was {fails!r}; it is a share of the attempts, from 0 to 1")
    is_class = isinstance(error, type) and issubclass(error, Exception)
    if not is_class and not isinstance(error, Exception):
        raise ValueError(f"error was {error!r}; expected an exception, or a class of exceptions")
    if not (is_finite_number(latency) and latency >= 0) and not hasattr(latency, "draw_seconds"):
        raise ValueError(f"latency was {latency!r}; expected seconds, 0 or more, or a distribution")
