"""W9: how long pings and executions wait in an asyncio service with the log on; each round a service of its own."""

import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import msgspec

from benchmarks.alone import ROOT
from benchmarks.goals import PING_GOALS_MILLISECONDS
from benchmarks.measure import WrongResultError
from benchmarks.pings import ping
from benchmarks.results import Judged, Kind, as_table, verdict
from benchmarks.service import Done, Load
from flowrt.bench.measurement import nearest_rank

LOADS = {
    "nothing": Load(),
    "100 executions per second": Load(per_second=100),
    "1,000 executions per second": Load(per_second=1000),
    "5,000 executions per second": Load(per_second=5000),
    "20 callers, `def` workflows of 50 ms": Load(callers=20),
}
INTERVAL_SECONDS = 0.004
PINGS, WARMING_PINGS = 250, 50
PATIENCE_SECONDS = 60.0
HEADINGS = (
    "W9, beside the pings", "ping p50 ms", "ping p99 ms", "executions p50 ms", "p99 ms", "a second", "goal", "verdict",
)  # fmt: skip


class Round(NamedTuple):
    """What one service did."""

    pings: list[float]
    done: Done


class LatencyRow(Judged, frozen=True, kw_only=True):
    """How long pings and executions took from when they were due; each figure is the median of the rounds."""

    load: str
    ping_p50_milliseconds: float
    ping_p99_milliseconds: float
    execution_p50_milliseconds: float
    execution_p99_milliseconds: float
    executions_per_second: float
    pings: int
    """In each round."""
    rounds: int

    @property
    def figure(self) -> float:
        """The pings at the 99th percentile."""
        return self.ping_p99_milliseconds

    @property
    def subject(self) -> str:
        """What was timed."""
        return f"W9 pings beside {self.load}"


def measure_latency(rounds: int, pings: int = PINGS, warming_pings: int = WARMING_PINGS) -> list[LatencyRow]:
    """Ping a service under each load in turn, as often as there are rounds.

    Raises:
        NoAnswerError: A ping was not answered.
        WrongResultError: The service found a result or its log wrong.
    """
    found: dict[str, list[Round]] = {name: [] for name in LOADS}
    for _ in range(rounds):
        for name, load in LOADS.items():
            found[name].append(_round(load, pings, warming_pings))
    return [_row(name, of_load) for name, of_load in found.items()]


def _round(load: Load, pings: int, warming_pings: int) -> Round:
    command = [sys.executable, "-m", "benchmarks.service", msgspec.json.encode(load).decode()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as service:  # noqa: S603 - our own
        try:
            port = service.stdout.readline() if service.stdout else ""
            if not port:
                raise WrongResultError(f"the service did not start: {' '.join(command)}")
            latencies = ping(int(port), count=warming_pings + pings, interval_seconds=INTERVAL_SECONDS)
            told, _ = service.communicate(timeout=PATIENCE_SECONDS)
        finally:
            service.kill()
    if service.returncode:
        raise WrongResultError(f"the service ended with {service.returncode}; it said why above")
    return Round(latencies[warming_pings:], msgspec.json.decode(told, type=Done))


def _row(name: str, rounds: Sequence[Round]) -> LatencyRow:
    pings = [sorted(one.pings) for one in rounds]
    done = [one.done for one in rounds]
    return LatencyRow(
        load=name,
        ping_p50_milliseconds=median(nearest_rank(of_round, 50) for of_round in pings) * 1e3,
        ping_p99_milliseconds=median(nearest_rank(of_round, 99) for of_round in pings) * 1e3,
        execution_p50_milliseconds=median(one.p50_milliseconds for one in done),
        execution_p99_milliseconds=median(one.p99_milliseconds for one in done),
        executions_per_second=median(one.executions / one.seconds if one.seconds else 0 for one in done),
        pings=len(pings[0]),
        rounds=len(rounds),
        goal=PING_GOALS_MILLISECONDS.get(name),
    )


def markdown(found: list[LatencyRow]) -> str:
    """Return the measurements as a table."""
    return as_table(HEADINGS, map(_cells, found))


def _cells(row: LatencyRow) -> tuple[str, ...]:
    executions = ("", "", "")
    if row.executions_per_second:
        executions = (
            f"{row.execution_p50_milliseconds:.2f}",
            f"{row.execution_p99_milliseconds:.2f}",
            f"{row.executions_per_second:,.0f}",
        )
    goal = "" if row.goal is None else f"ping p99 ≤ {row.goal:g} ms"
    return (
        row.load,
        f"{row.ping_p50_milliseconds:.2f}",
        f"{row.ping_p99_milliseconds:.2f}",
        *executions,
        goal,
        verdict(row),
    )


KIND = Kind(
    "latency",
    {"W9": "pings of a service that runs workflows, with the log on"},
    lambda _name, repetitions: measure_latency(repetitions),
    markdown,
)
