"""The results as rows, and as a table."""

import msgspec

from benchmarks.goals import GOALS
from benchmarks.measure import Timing
from benchmarks.results import as_table, verdict
from benchmarks.workloads import Workload

HEADINGS = ("workload", "nodes", "way", "backend", "median µs", "least µs", "/ b1", "/ b2", "goal", "verdict")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How one contender did in one workload; times are per node, ratios are of medians."""

    workload: str
    colour: str
    way: str
    backend: str
    median_microseconds: float
    least_microseconds: float
    repetitions: int
    b1_ratio: float
    b2_ratio: float
    goal: float | None
    """The most that `b1_ratio` may be; `None`: nothing is asked of it."""

    @property
    def subject(self) -> str:
        """What was timed."""
        return f"{self.workload} {self.way}, {self.colour}, {self.backend}"

    @property
    def is_judged(self) -> bool:
        """There is a goal for it."""
        return self.goal is not None

    @property
    def is_missed(self) -> bool:
        """There is a goal, and it was not reached."""
        return self.goal is not None and self.b1_ratio > self.goal


def rows(workload: Workload, timings: list[Timing]) -> list[Row]:
    """Hold each timing against the baselines of the same colour that pass on the same; on uvloop against b1 there."""
    medians: dict[tuple[str, bool, str, str], float] = {
        (way.name, way.backend == "uvloop", way.colour, way.payload): median
        for way, median in ((timing.contender, timing.median) for timing in timings)
        if way.name in {"b1", "b2"}
    }
    return [_row(workload, timing, medians) for timing in timings]


def _row(workload: Workload, timing: Timing, medians: dict[tuple[str, bool, str, str], float]) -> Row:
    way = timing.contender
    is_uvloop = way.backend == "uvloop"
    return Row(
        workload=workload.name,
        colour=way.colour,
        way=way.name if way.is_flowrt else f"{way.name}, {way.payload}",
        backend="" if way.name == "b0" else way.backend,
        median_microseconds=timing.median,
        least_microseconds=timing.least,
        repetitions=len(timing.microseconds),
        b1_ratio=timing.median / medians["b1", is_uvloop, way.colour, way.payload],
        b2_ratio=timing.median / medians["b2", False, way.colour, way.payload],
        goal=None if is_uvloop else GOALS.get(workload.name, {}).get(way.name),
    )


def markdown(found: list[Row]) -> str:
    """Return the rows as a table."""
    return as_table(HEADINGS, map(_cells, found))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.workload,
        row.colour,
        row.way,
        row.backend,
        f"{row.median_microseconds:.2f}",
        f"{row.least_microseconds:.2f}",
        f"{row.b1_ratio:.2f}",
        f"{row.b2_ratio:.2f}",
        "" if row.goal is None else f"≤ {row.goal:g} b1",
        verdict(row),
    )
