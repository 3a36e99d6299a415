"""Where a value stands on an axis."""

import math
from collections.abc import Iterable

import msgspec

LOGARITHMIC_FROM = 8
"""From which ratio of the largest to the least value on an axis is logarithmic."""
STEPS = (1, 2, 2.5, 5, 10)
TINY = 1e-9
"""What is less is drawn at 0."""


class Scale(msgspec.Struct, frozen=True):
    """An axis from one value to a larger one; logarithmic where it begins above 0 and is long."""

    low: float
    high: float

    @property
    def is_logarithmic(self) -> bool:
        """Equal ratios are equally long."""
        return self.low > 0 and self.high / self.low >= LOGARITHMIC_FROM

    def place(self, value: float) -> float:
        """Return the place of a value, 0 at the low end and 1 at the high one."""
        if self.high <= self.low:
            return 0.5
        if self.is_logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """Return the value at a place, 0 to 1."""
        if self.is_logarithmic:
            return self.low * math.pow(self.high / self.low, place)
        return self.low + (self.high - self.low) * place


def span(values: Iterable[float]) -> Scale:
    """Return the axis from the least of the values to the largest."""
    known = list(values)
    return Scale(min(known), max(known))


def from_zero(values: Iterable[float], ticks: int = 4) -> tuple[Scale, tuple[float, ...]]:
    """Return an axis from 0 to a round number that no value is above, and the round numbers to write on it."""
    most = max(values, default=0.0)
    if most < TINY:
        most = 1.0
    rough = most / ticks
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in STEPS if step * magnitude >= rough * (1 - 1e-9)) * magnitude
    count = math.ceil(most / step - 1e-9)
    return Scale(0.0, step * count), tuple(step * tick for tick in range(count + 1))
