"""`import`: what starting flowrt costs, in whole processes."""

import os
import subprocess
import sys
import time
from statistics import median
from typing import NamedTuple

from benchmarks.goals import IMPORT_GOALS
from benchmarks.measure import WrongResultError
from benchmarks.results import Judged, Kind, as_table, verdict

LEAST_STARTS = 11
HEADINGS = ("process", "median ms", "least ms", "beside", "median ms", "least ms", "ratio", "goal", "verdict")


class Process(NamedTuple):
    """A command, and what it must print."""

    name: str
    arguments: tuple[str, ...]
    expected: str = ""


PAIRS = (
    (
        Process("import flowrt", ("-c", "import flowrt; print(flowrt.__version__)"), "0."),
        Process("import asyncio", ("-c", "import asyncio")),
    ),
    (
        Process("flowrt --help", ("-m", "flowrt", "--help"), "Commands:"),
        Process("import typer", ("-c", "import typer")),
    ),
)


class ImportRow(Judged, frozen=True, kw_only=True):
    """How long a process took, beside another one."""

    process: str
    median_milliseconds: float
    least_milliseconds: float
    baseline: str
    baseline_median_milliseconds: float
    baseline_least_milliseconds: float
    repetitions: int
    ratio: float
    """Of the medians."""

    @property
    def figure(self) -> float:
        """The ratio."""
        return self.ratio

    @property
    def subject(self) -> str:
        """What was timed."""
        return self.process


def measure_imports(repetitions: int) -> list[ImportRow]:
    """Time each process and its baseline in turn, `repetitions` times but at least 11.

    Raises:
        WrongResultError: A process failed, or did not print what it should.
    """
    times: list[tuple[list[float], list[float]]] = [([], []) for _ in PAIRS]
    for repetition in range(1 + max(repetitions, LEAST_STARTS)):
        for pair, found in zip(PAIRS, times, strict=True):
            seconds = [_seconds(process) for process in pair]
            if repetition:  # the first one reads the files
                for one, all_of_it in zip(seconds, found, strict=True):
                    all_of_it.append(one)
    return [_row(process, baseline, *found) for (process, baseline), found in zip(PAIRS, times, strict=True)]


def _seconds(process: Process) -> float:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, *process.arguments]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    seconds = time.perf_counter() - started
    if done.returncode or process.expected not in done.stdout:
        raise WrongResultError(
            f"{' '.join(command)} ended with {done.returncode}: {done.stdout[:200]}{done.stderr[-2000:]}"
        )
    return seconds


def _row(process: Process, baseline: Process, seconds: list[float], baseline_seconds: list[float]) -> ImportRow:
    return ImportRow(
        process=process.name,
        median_milliseconds=median(seconds) * 1e3,
        least_milliseconds=min(seconds) * 1e3,
        baseline=baseline.name,
        baseline_median_milliseconds=median(baseline_seconds) * 1e3,
        baseline_least_milliseconds=min(baseline_seconds) * 1e3,
        repetitions=len(seconds),
        ratio=median(seconds) / median(baseline_seconds),
        goal=IMPORT_GOALS[process.name],
    )


def markdown(found: list[ImportRow]) -> str:
    """Return the measurements as a table."""
    return as_table(HEADINGS, map(_cells, found))


def _cells(row: ImportRow) -> tuple[str, ...]:
    return (
        row.process,
        f"{row.median_milliseconds:.0f}",
        f"{row.least_milliseconds:.0f}",
        row.baseline,
        f"{row.baseline_median_milliseconds:.0f}",
        f"{row.baseline_least_milliseconds:.0f}",
        f"{row.ratio:.2f}",
        f"≤ {row.goal:g} x",
        verdict(row),
    )


KIND = Kind(
    "import",
    {"import": "what starting costs"},
    lambda _name, repetitions: measure_imports(repetitions),
    markdown,
)
