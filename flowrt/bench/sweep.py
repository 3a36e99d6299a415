"""What is swept: a limit, and the values that it takes."""

import math
from typing import TypeAlias

import msgspec

from flowrt.bench.errors import OptionError

Value: TypeAlias = int | float
MAX_AT_ONCE = "max_at_once"
MAX_PER_SECOND = "max_per_second"
LOAD_LIMITS = (MAX_AT_ONCE, MAX_PER_SECOND)
"""The limits of the load itself: how many executions are under way, and how many begin in a second."""
PLACEMENTS = ("thread", "process")
SLOT_LIMITS = {f"limits.{placement}": placement for placement in PLACEMENTS}
"""The limits of a runtime: how many steps of a placement run at once."""
WHOLE = (MAX_AT_ONCE, *SLOT_LIMITS)
LARGEST = 1_000_000
"""The largest value of a limit."""
LEAST_PER_SECOND = 0.001
"""The smallest rate: nobody waits longer for the next execution."""


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """A limit by its name, and the values that it takes, in the order in which they are measured."""

    name: str
    values: tuple[Value, ...]
    """At least one; each above 0, and whole where the limit counts something."""

    @property
    def is_concurrency(self) -> bool:
        """It says how much is done at once, so that the Universal Scalability Law may hold for it."""
        return self.name in WHOLE

    @property
    def is_rate(self) -> bool:
        """It says how many executions begin in a second."""
        return self.name == MAX_PER_SECOND

    def __str__(self) -> str:
        return f"{self.name}={','.join(map(str, self.values))}"


def parse_sweep(text: str) -> Sweep:
    """Return the sweep that a text like `max_at_once=1,2,5` means.

    Raises:
        OptionError: It is none.
    """
    name, sign, listed = text.partition("=")
    name = name.strip()
    if not sign or not name:
        raise OptionError("sweep", text, "expected NAME=VALUE,VALUE,..., such as max_at_once=1,2,5,10")
    return Sweep(name=name, values=tuple(_value(text, name, part.strip()) for part in listed.split(",")))


def _value(text: str, name: str, part: str) -> Value:
    try:
        value = float(part)
    except ValueError:
        raise OptionError("sweep", text, f"{part!r} is no number") from None
    if not (math.isfinite(value) and 0 < value <= LARGEST):
        raise OptionError("sweep", text, f"{part} can't be: expected a number above 0, at most {LARGEST:,}")
    if name == MAX_PER_SECOND and value < LEAST_PER_SECOND:
        raise OptionError("sweep", text, f"{part} can't be: {name} is {LEAST_PER_SECOND} or more")
    if value.is_integer():
        return int(value)
    if name in WHOLE:
        raise OptionError("sweep", text, f"{part} can't be: {name} counts, so it is a whole number")
    return value
