"""What is measured: samples of executions, the points made of them, and curves of points."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from flowrt.bench.sweep import Sweep, Value

Source: TypeAlias = Literal["measured", "simulated"]


class Sample(NamedTuple):
    """One execution of a point."""

    due_seconds: float
    """When it was to begin, on the clock of the load."""
    ended_seconds: float
    error: str | None = None
    """Why it failed; `None`: it completed."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured at one value of a sweep."""

    value: Value
    executions: int
    completed: int
    failed: int
    duration_seconds: float
    """From when the first execution was to begin to the end of the last."""
    throughput_per_second: float
    """Executions that completed in a second; those that failed are not in it."""
    p50_seconds: float | None
    """Half of the completed executions took at most that long, from when they were to begin; `None`: none completed."""
    p95_seconds: float | None
    p99_seconds: float | None
    first_error: str | None = None
    """Why the first one that failed did."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a sweep, as far as it was measured."""

    source: Source
    sweep: Sweep
    points: tuple[Point, ...]


def make_point(value: Value, samples: Sequence[Sample], *, is_paced: bool) -> Point:
    """Return what samples amount to.

    Executions that begin when another one ends are counted from the beginning of the first to the end of the last.
    Where executions begin at a rate, that time holds the latency of the last one, too, so that a rate which was
    sustained would seem to be missed: there the rate of the ends is measured, from the first to the last.

    Args:
        value: The value of the sweep.
        samples: All executions; at least one.
        is_paced: They began at a rate.
    """
    first_due = min(sample.due_seconds for sample in samples)
    ends = sorted(sample.ended_seconds for sample in samples)
    duration = ends[-1] - first_due
    latencies = sorted(sample.ended_seconds - sample.due_seconds for sample in samples if sample.error is None)
    ended_per_second = _rate(len(ends) - 1, ends[-1] - ends[0]) if is_paced else 0.0
    ended_per_second = ended_per_second or _rate(len(ends), duration)
    return Point(
        value=value,
        executions=len(samples),
        completed=len(latencies),
        failed=len(samples) - len(latencies),
        duration_seconds=duration,
        throughput_per_second=ended_per_second * len(latencies) / len(samples),
        p50_seconds=nearest_rank(latencies, 50),
        p95_seconds=nearest_rank(latencies, 95),
        p99_seconds=nearest_rank(latencies, 99),
        first_error=next((sample.error for sample in samples if sample.error is not None), None),
    )


def nearest_rank(values: Sequence[float], percent: int) -> float | None:
    """Return the least value that at least that many percent of all are not above; `None` of nothing.

    Args:
        values: Sorted.
        percent: From 1 to 100.
    """
    return values[math.ceil(len(values) * percent / 100) - 1] if values else None


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
