"""W6 and W6c: the small workflow with the SQLite log on, beside `sqlite3.executemany` of the same rows."""

import shutil
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import anyio

from benchmarks.backends import Backend, run_on
from benchmarks.contenders import Contender, opener
from benchmarks.goals import LOG_GOALS, PYTHON
from benchmarks.measure import Clock, WrongResultError, seconds_per_run
from benchmarks.programs import expected_result
from benchmarks.raw_inserts import TransactionSize, contents, read_written, write_again
from benchmarks.results import JudgedWay, Kind, as_table, verdict
from benchmarks.workflows import python_workflow
from benchmarks.workloads import Workload, workloads
from flowrt import SqlStore
from flowrt.events import AttemptEnded, ExecutionStarted, LogEvent
from flowrt.storage import upgrade_database

LOG_BACKENDS: tuple[Backend, ...] = ("asyncio", "trio")
HEADINGS = (
    "log", "nodes", "way", "backend", "median µs a row", "least µs", "raw median µs", "raw least µs", "/ raw",
    "rows a transaction", "goal", "verdict",
)  # fmt: skip


class LogRow(JudgedWay, frozen=True, kw_only=True):
    """What running and logging cost per row of the log, beside writing the same rows by hand."""

    median_microseconds: float
    least_microseconds: float
    raw_median_microseconds: float
    raw_least_microseconds: float
    rows_per_transaction: float
    repetitions: int
    raw_ratio: float
    """Of the medians."""

    @property
    def figure(self) -> float:
        """The ratio."""
        return self.raw_ratio


class Variant(NamedTuple):
    """One of the ways in which a workload's workflow runs."""

    colour: str
    backend: Backend
    made: Any
    """The workflow."""


class Pair(NamedTuple):
    """One repetition: what a row cost flowrt, and what it cost by hand, in seconds."""

    flowrt: float
    raw: float
    rows_per_transaction: float


class CountingLog:
    """Passes batches on to a log, and notes how many new rows each of them had."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self.sizes: list[TransactionSize] = []

    async def write(self, batch: Sequence[LogEvent]) -> None:
        """Write events in one transaction."""
        await self._log.write(batch)
        kinds = Counter(map(type, batch))
        self.sizes.append(TransactionSize(kinds[ExecutionStarted], kinds[AttemptEnded]))


class CountingStore(SqlStore):
    """A store that notes the size of each of its transactions."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._counting = CountingLog(super().log)

    @property
    def log(self) -> Any:
        """The log that counts."""
        return self._counting


def log_workloads(size: int = 1000) -> dict[str, Workload]:
    """Return the workloads by name; each is one without a log, too."""
    known = workloads(size)
    made = {"W6": known["W4"], "W6c": known["W4c"]}
    return {name: one._replace(name=name, title=f"{one.title}, with the log on") for name, one in made.items()}


def measure_log(workload: Workload, repetitions: int, clock: Clock = time.perf_counter) -> list[LogRow]:
    """Run a workload with the log on, on each backend; after each run write the same rows by hand.

    Raises:
        WrongResultError: A result or the log was wrong.
    """
    variants = [
        Variant("async" if nodes.is_async else "def", backend, made)
        for nodes, made in ((nodes, python_workflow(workload.graph, nodes)) for nodes in workload.colours)
        for backend in LOG_BACKENDS
    ]
    pairs: list[list[Pair]] = [[] for _ in variants]
    with TemporaryDirectory(prefix="flowrt-benchmark-") as folder:
        empty = Path(folder) / "empty.db"
        anyio.run(upgrade_database, empty)
        for _ in range(repetitions):
            for variant, found in zip(variants, pairs, strict=True):
                found.append(_pair(variant, workload, empty, clock))
    return [_row(workload, variant, found) for variant, found in zip(variants, pairs, strict=True)]


def _pair(variant: Variant, workload: Workload, empty: Path, clock: Clock) -> Pair:
    with TemporaryDirectory(dir=empty.parent) as folder:
        logged, by_hand = Path(folder) / "logged.db", Path(folder) / "by_hand.db"
        store = CountingStore(logged)
        opened, expected = opener(variant.made, {}, store=store), expected_result(workload.graph)
        contender = Contender(PYTHON, variant.backend, variant.colour, "values", opened, expected)
        seconds = run_on(variant.backend, seconds_per_run, contender, workload, clock)
        sizes = store.log.sizes
        _verify(sizes, workload)
        shutil.copy(empty, by_hand)
        raw_seconds = write_again(by_hand, read_written(logged, sizes), clock)
        if contents(by_hand) != contents(logged):
            raise WrongResultError("what was written by hand is not what flowrt had written")
    row_count = sum(map(sum, sizes))
    return Pair(seconds / rows_of_run(workload), raw_seconds / row_count, row_count / len(sizes))


def rows_of_run(workload: Workload) -> int:
    """Return how many rows the log gets from one execution: one for itself and one for each node."""
    return 1 + len(workload.graph)


def _verify(sizes: list[TransactionSize], workload: Workload) -> None:
    runs = workload.runs + 1  # one warms up
    executions, nodes = (sum(counts) for counts in zip(*sizes, strict=True))
    if (executions, nodes) != (runs, runs * len(workload.graph)):
        raise WrongResultError(f"{runs} executions of {len(workload.graph)} nodes logged {executions} and {nodes}")


def _row(workload: Workload, variant: Variant, pairs: list[Pair]) -> LogRow:
    flowrt, raw, per_transaction = zip(*pairs, strict=True)
    return LogRow(
        workload=workload.name,
        colour=variant.colour,
        way=PYTHON,
        backend=variant.backend,
        median_microseconds=median(flowrt) * 1e6,
        least_microseconds=min(flowrt) * 1e6,
        raw_median_microseconds=median(raw) * 1e6,
        raw_least_microseconds=min(raw) * 1e6,
        rows_per_transaction=median(per_transaction),
        repetitions=len(pairs),
        raw_ratio=median(flowrt) / median(raw),
        goal=LOG_GOALS.get(workload.name),
    )


def markdown(found: list[LogRow]) -> str:
    """Return the measurements as a table."""
    return as_table(HEADINGS, map(_cells, found))


def _cells(row: LogRow) -> tuple[str, ...]:
    return (
        row.workload,
        row.colour,
        row.way,
        row.backend,
        f"{row.median_microseconds:.2f}",
        f"{row.least_microseconds:.2f}",
        f"{row.raw_median_microseconds:.2f}",
        f"{row.raw_least_microseconds:.2f}",
        f"{row.raw_ratio:.2f}",
        f"{row.rows_per_transaction:.0f}",
        "" if row.goal is None else f"≤ {row.goal:g} raw",
        verdict(row),
    )


WORKLOADS = log_workloads()
KIND = Kind(
    "log",
    {name: workload.title for name, workload in WORKLOADS.items()},
    lambda name, repetitions: measure_log(WORKLOADS[name], repetitions),
    markdown,
)
