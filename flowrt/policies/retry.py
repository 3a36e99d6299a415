"""Whether and when a failed attempt is followed by another one."""

from random import Random
from typing import Annotated, TypeAlias

import msgspec

Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
NotNegative: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]

MINUTE = 60.0


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often and when a node's attempt is repeated after an error.

    The pause after attempt `n` is `delay_seconds * backoff_multiplier ** (n - 1)`, at most the longest pause, made
    up to `jitter` times longer or shorter at random: the first pause lies between `delay_seconds * (1 - jitter)` and
    `delay_seconds * (1 + jitter)`.
    """

    max_attempts: Annotated[int, msgspec.Meta(ge=1)] = 3
    """The total number of attempts, the first included, from 1."""
    delay_seconds: NotNegative = 1.0
    backoff_multiplier: Annotated[float, msgspec.Meta(ge=1)] = 2.0
    max_delay_seconds: Positive | None = None
    """The longest pause, before jitter; `None`: a minute, or `delay_seconds` where that is longer."""
    jitter: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    """The part of the pause by which it may vary, 0 to 1."""
    retryable_errors: tuple[str, ...] | None = None
    """Names of the exception classes that are retried, subclasses included; `None`: all but the fatal ones."""
    fatal_errors: tuple[str, ...] = ()
    """Names of the exception classes that are never retried, subclasses included; they win over `retryable_errors`."""

    def delay_before_next(self, error: BaseException, attempt: int, random: Random) -> float | None:
        """Return the seconds to wait before the next attempt, or `None` if there is none.

        Args:
            error: What attempt number `attempt` raised.
            attempt: The number of the attempt that failed, from 1.
            random: Where the jitter comes from.
        """
        if attempt >= self.max_attempts or not self.allows(error):
            return None
        return self.pause_after(attempt, random)

    def allows(self, error: BaseException) -> bool:
        """Say whether errors like this one are retried."""
        names = class_names(type(error))
        if not names.isdisjoint(self.fatal_errors):
            return False
        return self.retryable_errors is None or not names.isdisjoint(self.retryable_errors)

    def pause_after(self, attempt: int, random: Random) -> float:
        """Return the seconds to wait after attempt number `attempt`, from 1."""
        longest = max(self.delay_seconds, MINUTE) if self.max_delay_seconds is None else self.max_delay_seconds
        try:
            pause = min(self.delay_seconds * self.backoff_multiplier ** (attempt - 1), longest)
        except OverflowError:
            pause = longest
        return pause * (1 + self.jitter * (2 * random.random() - 1)) if self.jitter else pause


def class_names(error_type: type[BaseException]) -> set[str]:
    """Return the names by which an exception class can be called: `TimeoutError`, `httpx.ReadTimeout`."""
    names: set[str] = set()
    for base in error_type.__mro__:
        names.add(base.__name__)
        names.add(f"{base.__module__}.{base.__qualname__}")
    return names
