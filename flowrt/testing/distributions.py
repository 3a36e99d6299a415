"""Random durations and arrivals, for simulations. Every draw comes from a `Random` that is an argument."""

import math
from random import Random
from typing import Protocol

import msgspec

from flowrt.option_checks import LONGEST_SECONDS, is_finite_number
from flowrt.testing.errors import DurationDrawnError


class Distribution(Protocol):
    """Something that durations are drawn from."""

    def draw_seconds(self, random: Random) -> float:
        """Return the next duration in seconds: a finite number, 0 or more, and as a latency at most 1e9."""
        ...


def draw_seconds(distribution: Distribution, random: Random, *, most: float = math.inf) -> float:
    """Return the next duration of a distribution that anybody may have written.

    Raises:
        DurationDrawnError: It drew no finite number, or one that is below 0 or too large.
    """
    drawn = distribution.draw_seconds(random)
    if not is_finite_number(drawn) or not 0 <= drawn <= most:
        raise DurationDrawnError(f"the distribution {distribution!r}", repr(drawn))
    return drawn


class Constant(msgspec.Struct, frozen=True):
    """Always the same duration."""

    seconds: float

    def __post_init__(self) -> None:
        _check("constant", "seconds", self.seconds, least=0)

    def draw_seconds(self, random: Random) -> float:  # noqa: ARG002 - the protocol's
        """Return the duration."""
        return self.seconds


class Uniform(msgspec.Struct, frozen=True):
    """Every duration between two is as likely as any other."""

    low_seconds: float
    high_seconds: float

    def __post_init__(self) -> None:
        _check("uniform", "low_seconds", self.low_seconds, least=0)
        _check("uniform", "high_seconds", self.high_seconds, least=self.low_seconds)

    def draw_seconds(self, random: Random) -> float:
        """Return a duration."""
        return self.low_seconds + (self.high_seconds - self.low_seconds) * random.random()


class Exponential(msgspec.Struct, frozen=True):
    """Durations without memory: short ones often, long ones rarely."""

    mean_seconds: float

    def __post_init__(self) -> None:
        _check("exponential", "mean_seconds", self.mean_seconds, above=0)

    def draw_seconds(self, random: Random) -> float:
        """Return a duration."""
        return -math.log(1.0 - random.random()) * self.mean_seconds


class Lognormal(msgspec.Struct, frozen=True):
    """Durations whose logarithm is normal: how remote calls behave, mostly quick with a long tail."""

    median_seconds: float
    sigma: float
    """The standard deviation of the logarithm: at 0.5, one of 20 takes over 2.3 times the median."""

    def __post_init__(self) -> None:
        _check("lognormal", "median_seconds", self.median_seconds, above=0)
        _check("lognormal", "sigma", self.sigma, least=0)

    def draw_seconds(self, random: Random) -> float:
        """Return a duration."""
        return self.median_seconds * math.exp(self.sigma * _normal(random))


def constant(seconds: float) -> Distribution:
    """Return a duration that is always the same.

    Raises:
        ValueError: It is negative, or no finite number.
    """
    return Constant(seconds)


def uniform(low_seconds: float, high_seconds: float) -> Distribution:
    """Return a distribution in which every duration between two is equally likely.

    Raises:
        ValueError: A bound is negative, or the upper one is below the lower.
    """
    return Uniform(low_seconds, high_seconds)


def exponential(mean_seconds: float) -> Distribution:
    """Return an exponential distribution.

    Raises:
        ValueError: The mean is not above 0.
    """
    return Exponential(mean_seconds)


def lognormal(median_seconds: float, sigma: float) -> Distribution:
    """Return a lognormal distribution.

    Args:
        median_seconds: Half of the durations are below it.
        sigma: The standard deviation of the logarithm; 0 makes it constant.

    Raises:
        ValueError: The median is not above 0, or sigma is negative.
    """
    return Lognormal(median_seconds, sigma)


def poisson(*, per_second: float) -> Distribution:
    """Return the times between arrivals that do not know of each other (a Poisson process).

    Args:
        per_second: How many arrive in a second, on average.

    Raises:
        ValueError: The rate is not above 0, or below 1e-9.
    """
    _check("poisson", "per_second", per_second, above=0)
    _check("poisson", "per_second", per_second, least=1 / LONGEST_SECONDS)
    return Exponential(1.0 / per_second)


def _normal(random: Random) -> float:
    """Return a normal variate (Box and Muller 1958), which spends two draws each time: replay stays simple."""
    return math.sqrt(-2.0 * math.log(1.0 - random.random())) * math.cos(2.0 * math.pi * random.random())


def _check(kind: str, name: str, value: float, *, least: float | None = None, above: float | None = None) -> None:
    if is_finite_number(value) and (least is None or value >= least) and (above is None or value > above):
        return
    bound = f"more than {above:g}" if above is not None else f"{least:g} or more"
    raise ValueError(f"{kind}: {name} was {value!r}; expected a finite number, {bound}")
