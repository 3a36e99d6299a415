"""Whether and when a failed attempt is followed by another one."""

from random import Random
from typing import Annotated, Literal, TypeAlias

import msgspec

from flowrt.option_checks import LONGEST_SECONDS

Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=LONGEST_SECONDS)]
NotNegative: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SECONDS)]

MINUTE_SECONDS = 60.0


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often and when a node's attempt is repeated after an error.

    The pause after attempt `n`, before jitter and at most the longest pause, is

    - `constant`: `delay_seconds`
    - `linear`: `delay_seconds * n`
    - `exponential`: `delay_seconds * backoff_multiplier ** (n - 1)`

    A number as `jitter` makes it up to that part longer or shorter at random: the first pause lies between
    `delay_seconds * (1 - jitter)` and `delay_seconds * (1 + jitter)`. `full` draws it from 0 to the whole pause
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). An error with an attribute
    `retry_after_seconds`, a number of 0 or more, decides the pause itself, without limit and jitter.
    """

    max_attempts: Annotated[int, msgspec.Meta(ge=1)] = 3
    """The total number of attempts, the first included, from 1."""
    delay_seconds: NotNegative = 1.0
    backoff: Literal["constant", "linear", "exponential"] = "exponential"
    backoff_multiplier: Annotated[float, msgspec.Meta(ge=1)] = 2.0
    max_delay_seconds: Positive | None = None
    """The longest pause, before jitter; `None`: a minute, or `delay_seconds` where that is longer."""
    jitter: Annotated[float, msgspec.Meta(ge=0, le=1)] | Literal["full"] = 0.1
    """The part of the pause by which it may vary, 0 to 1; `full`: any time from 0 to the pause."""
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
        asked = retry_after_seconds(error)
        return self.pause_after(attempt, random) if asked is None else asked

    def allows(self, error: BaseException) -> bool:
        """Say whether errors like this one are retried."""
        names = class_names(type(error))
        if not names.isdisjoint(self.fatal_errors):
            return False
        return self.retryable_errors is None or not names.isdisjoint(self.retryable_errors)

    def pause_after(self, attempt: int, random: Random) -> float:
        """Return the seconds to wait after attempt number `attempt`, from 1."""
        pause = min(self._backed_off(attempt), self._longest())
        if self.jitter == "full":
            return pause * random.random()
        return pause * (1 + self.jitter * (2 * random.random() - 1)) if self.jitter else pause

    def _backed_off(self, attempt: int) -> float:
        match self.backoff:
            case _ if attempt == 1:
                return self.delay_seconds
            case "constant":
                return self.delay_seconds
            case "linear":
                return self.delay_seconds * attempt
            case "exponential":
                try:
                    return self.delay_seconds * self.backoff_multiplier ** (attempt - 1)
                except OverflowError:
                    return self._longest() if self.delay_seconds else 0.0

    def _longest(self) -> float:
        return max(self.delay_seconds, MINUTE_SECONDS) if self.max_delay_seconds is None else self.max_delay_seconds


def retry_after_seconds(error: BaseException) -> float | None:
    """Return the pause that an error itself asks for, such as that of an answer with `Retry-After`."""
    try:
        asked: object = getattr(error, "retry_after_seconds", None)
    except Exception:  # noqa: BLE001 - a user's property may do anything; one that fails asks for nothing
        return None
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        return None
    return float(asked) if 0 <= asked <= LONGEST_SECONDS else None


def class_names(error_type: type[BaseException]) -> set[str]:
    """Return the names by which an exception class can be called: `TimeoutError`, `httpx.ReadTimeout`."""
    names: set[str] = set()
    for base in error_type.__mro__:
        names.add(base.__name__)
        names.add(f"{base.__module__}.{base.__qualname__}")
    return names
