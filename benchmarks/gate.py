"""The gate: a short form of the workloads that fails where flowrt got slower. `docs/benchmarks.md` has the figures."""

import time
from collections.abc import Iterator

from benchmarks.contenders import Contender
from benchmarks.goals import JSON, MARGINS, PYTHON, gate_limit
from benchmarks.log import log_workloads, measure_log
from benchmarks.measure import Timing, measure
from benchmarks.results import JudgedWay, as_table, verdict
from benchmarks.workloads import workloads

SIZE = 500
REPETITIONS = 7
WAITING = {"W5b"}
"""What waits is timed by the clock on the wall."""
HEADINGS = ("workload", "nodes", "way", "backend", "ratio", "limit", "verdict")


class GateRow(JudgedWay, frozen=True, kw_only=True):
    """How one way did against its baseline: a ratio of medians of one run.

    Its goal has the margin for noise in it.
    """

    ratio: float

    @property
    def figure(self) -> float:
        """The ratio."""
        return self.ratio


def run(size: int = SIZE, repetitions: int = REPETITIONS) -> int:
    """Measure, print the ratios, and return the exit status: 1 if something got slower.

    A workload with a ratio over its limit is measured once more, and only what is over it again counts.
    """
    found: list[GateRow] = []
    for name in MARGINS:
        rows = measure_ratios(name, size, repetitions)
        if any(row.is_missed for row in rows):
            print(f"{name}: over a limit; once more ...", flush=True)
            again = measure_ratios(name, size, repetitions)
            rows = [min(pair, key=lambda row: row.ratio) for pair in zip(rows, again, strict=True)]
        found.extend(rows)
    print(as_table(HEADINGS, map(_cells, found)))
    missed = [row.subject for row in found if row.is_missed]
    print(f"\nslower than before: {'; '.join(missed)}" if missed else "\nnothing is slower than it may be")
    return int(bool(missed))


def measure_ratios(name: str, size: int, repetitions: int) -> list[GateRow]:
    """Measure one workload, in seconds that this process computed, which other processes hardly change."""
    if name in (logged := log_workloads(size)):
        rows = measure_log(logged[name], repetitions, time.process_time)
        return [_row(name, row.way, row.colour, row.backend, row.raw_ratio) for row in rows]
    clock = time.perf_counter if name in WAITING else time.process_time
    timings = measure(workloads(size)[name], repetitions, takes_part=_takes_part, clock=clock)
    return list(_against_b1(name, timings))


def _takes_part(contender: Contender) -> bool:
    is_plain = contender.payload == "values" and contender.backend != "uvloop"
    return is_plain and contender.name in {"b1", PYTHON, JSON}


def _against_b1(name: str, timings: list[Timing]) -> Iterator[GateRow]:
    by_hand = {timing.contender.colour: timing.median for timing in timings if timing.contender.name == "b1"}
    for timing in timings:
        contender = timing.contender
        if contender.name != "b1":
            ratio = timing.median / by_hand[contender.colour]
            yield _row(name, contender.name, contender.colour, contender.backend, ratio)


def _row(workload: str, way: str, colour: str, backend: str, ratio: float) -> GateRow:
    limit = gate_limit(workload, way, colour)
    return GateRow(workload=workload, colour=colour, way=way, backend=backend, ratio=ratio, goal=limit)


def _cells(row: GateRow) -> tuple[str, ...]:
    return (row.workload, row.colour, row.way, row.backend, f"{row.ratio:.2f}", f"≤ {row.goal:.2f}", verdict(row))
