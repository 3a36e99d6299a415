"""The results as rows, as a Markdown table and as JSON."""

from typing import Any

import msgspec

from benchmarks.measure import Timing
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
    # the goals are for nodes that do nothing: where each adds a key, all ways spend most of the time on copying records
    is_uvloop = way.backend == "uvloop"
    is_judged = way.is_flowrt and way.payload == "values" and workload.goal is not None and not is_uvloop
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
        goal=workload.goal.most if is_judged and workload.goal else None,
    )


def markdown(found: list[Row]) -> str:
    """Return the rows as a table."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---" * len(HEADINGS) + "|"]
    lines.extend("| " + " | ".join(_cells(row)) + " |" for row in found)
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    goal, verdict = "", ""
    if row.goal is not None:
        goal, verdict = f"≤ {row.goal:g} b1", "**fail**" if row.is_missed else "pass"
    return (
        row.workload,
        row.colour,
        row.way,
        row.backend,
        f"{row.median_microseconds:.2f}",
        f"{row.least_microseconds:.2f}",
        f"{row.b1_ratio:.2f}",
        f"{row.b2_ratio:.2f}",
        goal,
        verdict,
    )


def as_data(found: list[Row]) -> list[dict[str, Any]]:
    """Return the rows as JSON objects, each with its verdict."""
    return [{**msgspec.to_builtins(row), "is_missed": row.is_missed} for row in found]
