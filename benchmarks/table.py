"""The results as rows, and as a table."""

from benchmarks.goals import GOALS
from benchmarks.measure import Timing, measure
from benchmarks.results import JudgedWay, Kind, as_table, verdict
from benchmarks.workloads import Workload, workloads

HEADINGS = ("workload", "nodes", "way", "backend", "median µs", "least µs", "/ b1", "/ b2", "goal", "verdict")


class Row(JudgedWay, frozen=True, kw_only=True):
    """How one contender did in one workload; times are per node, ratios are of medians."""

    median_microseconds: float
    least_microseconds: float
    repetitions: int
    b1_ratio: float
    b2_ratio: float

    @property
    def figure(self) -> float:
        """The ratio to b1."""
        return self.b1_ratio


def rows(workload: Workload, timings: list[Timing]) -> list[Row]:
    """Hold each timing against the baselines of the same colour that pass on the same; on uvloop against b1 there."""
    medians: dict[tuple[str, bool, str, str], float] = {
        (contender.name, contender.backend == "uvloop", contender.colour, contender.payload): median
        for contender, median in ((timing.contender, timing.median) for timing in timings)
        if contender.name in {"b1", "b2"}
    }
    return [_row(workload, timing, medians) for timing in timings]


def _row(workload: Workload, timing: Timing, medians: dict[tuple[str, bool, str, str], float]) -> Row:
    contender = timing.contender
    is_uvloop = contender.backend == "uvloop"
    return Row(
        workload=workload.name,
        colour=contender.colour,
        way=contender.name if contender.is_flowrt else f"{contender.name}, {contender.payload}",
        backend="" if contender.name == "b0" else contender.backend,
        median_microseconds=timing.median,
        least_microseconds=timing.least,
        repetitions=len(timing.microseconds),
        b1_ratio=timing.median / medians["b1", is_uvloop, contender.colour, contender.payload],
        b2_ratio=timing.median / medians["b2", False, contender.colour, contender.payload],
        goal=None if is_uvloop else GOALS.get(workload.name, {}).get(contender.name),
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


WORKLOADS = workloads()
KIND = Kind(
    "workloads",
    {name: workload.title for name, workload in WORKLOADS.items()},
    lambda name, repetitions: rows(WORKLOADS[name], measure(WORKLOADS[name], repetitions)),
    markdown,
)
