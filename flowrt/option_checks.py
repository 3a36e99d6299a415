"""Refusing options that can't be, in the same words wherever options are taken."""

import math
from typing import Any, TypeGuard

LONGEST_SECONDS = 1_000_000_000
"""The longest time that can be set, some 31 years: clocks count nanoseconds, and can't hold infinity."""


def check_part(name: str, part: object, method: str, expected: str) -> None:
    """Refuse a part that lacks the method by which its kind is known; a class is no part.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(part, type | str | bytes) or not hasattr(part, method):
        raise TypeError(f"{name} was {part!r}; expected {expected}")


def check_number(
    name: str, value: Any, *, least: float | None = None, above: float | None = None, most: float | None = None
) -> None:
    """Refuse what is no number, or one that is too small or too large.

    Args:
        name: The option's name.
        value: What was given.
        least: The least number.
        above: What the number must be more than.
        most: The greatest number.

    Raises:
        TypeError: It is no number.
        ValueError: It is too small or too large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} was {value!r}; expected a number")
    if (least is not None and not value >= least) or (above is not None and not value > above):
        raise ValueError(f"{name} was {value!r}; it must be {_bound(least, above)}")
    if most is not None and value > most:
        raise ValueError(f"{name} was {value!r}; it must be {most:,} or less")


def check_whole(name: str, value: Any, *, least: int) -> None:
    """Refuse what is no whole number, or one that is too small.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is too small.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} was {value!r}; expected a whole number")
    if value < least:
        raise ValueError(f"{name} was {value!r}; it must be {_bound(least, None)}")


def check_text(name: str, value: Any) -> None:
    """Refuse what is no text.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} was {value!r}; expected a text")


def is_finite_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a number that a float can hold, neither infinite nor NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _bound(least: float | None, above: float | None) -> str:
    return f"{least:g} or more" if least is not None else f"more than {above:g}"
