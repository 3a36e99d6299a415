"""Multiples in JSON Schemas, decided on the decimal numbers that people write: 0.07 is a multiple of 0.01."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jsonschema import ValidationError

from flowrt.steps.patterns import Keyword


def exact_multiple_of(usual: Keyword) -> Keyword:
    """Return what checks `multipleOf`; the usual check divides binary numbers, and is left what is of another kind."""

    def multiple_of(validator: Any, step: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        if not validator.is_type(value, "number"):
            return
        if not (isinstance(value, int | float) and isinstance(step, int | float)):
            yield from usual(validator, step, value, schema)
        elif not _is_finite(value) or (_exact(value) / _exact(step)).denominator != 1:
            yield ValidationError(f"{value!r} is not a multiple of {step}")

    return multiple_of


def _is_finite(number: Any) -> bool:
    return isinstance(number, int) or math.isfinite(number)  # an int may be too large to ask


def _exact(number: Any) -> Fraction:
    """Return what the shortest text of a number means.

    >>> _exact(0.07) / _exact(0.01)
    Fraction(7, 1)
    """
    return Fraction(float.__repr__(number)) if isinstance(number, float) else Fraction(number)
