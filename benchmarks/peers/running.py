"""Running a peer's script and, right after it, the same graphs with flowrt and by hand."""

import os
import subprocess
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.alone import ROOT
from benchmarks.baselines import Run
from benchmarks.contenders import contenders
from benchmarks.measure import measure_contenders
from benchmarks.nodes import DEF
from benchmarks.peers.catalog import Peer
from benchmarks.peers.tasks import Task, expected
from benchmarks.workflows import python_workflow
from benchmarks.workloads import Workload
from flowrt import Runtime


class PeerFailedError(Exception):
    """A peer's script did not come to its end; says why."""


class PeerTiming(msgspec.Struct, frozen=True, kw_only=True):
    """What a peer measured of one graph: µs per node, by repetition."""

    workload: str
    microseconds: list[float]
    reason: str
    """Why there are none."""


class PeerReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a peer's script prints."""

    versions: dict[str, str]
    timings: list[PeerTiming]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A peer and flowrt on one graph; medians, in µs per node."""

    peer: str
    versions: dict[str, str]
    workload: str
    nodes: int
    runs: int
    peer_microseconds: float | None
    reason: str
    b1_microseconds: float
    flowrt_microseconds: float

    @property
    def ratio(self) -> float | None:
        """How many times longer the peer took than flowrt."""
        return None if self.peer_microseconds is None else self.peer_microseconds / self.flowrt_microseconds


def run_peer(peer: Peer, python: Path, repetitions: int) -> Iterator[Beside]:
    """Time a peer, then flowrt and b1 on each of its graphs.

    Raises:
        PeerFailedError: Its script failed, or took too long.
    """
    report = _report(peer, python, repetitions)
    for task, timing in zip(peer.tasks, report.timings, strict=True):
        b1, flowrt = _beside(task, repetitions)
        yield Beside(
            peer=peer.name,
            versions=report.versions,
            workload=task.workload,
            nodes=len(task.graph),
            runs=task.runs,
            peer_microseconds=median(timing.microseconds) if timing.microseconds else None,
            reason=timing.reason,
            b1_microseconds=b1,
            flowrt_microseconds=flowrt,
        )


def _report(peer: Peer, python: Path, repetitions: int) -> PeerReport:
    asked = msgspec.json.encode([repetitions, peer.tasks]).decode()
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | peer.settings
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            [python, "-m", peer.script, asked],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=peer.timeout_seconds,
        )
    except subprocess.TimeoutExpired:
        raise PeerFailedError(f"it took longer than {peer.timeout_seconds:.0f} s") from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise PeerFailedError((done.stderr.splitlines() or [f"it ended with {done.returncode} and said nothing"])[-1])
    return msgspec.json.decode(lines[-1], type=PeerReport)


def _beside(task: Task, repetitions: int) -> tuple[float, float]:
    """Return what a node costs by hand and with flowrt."""
    workload = Workload(task.workload, task.shape, task.graph, task.runs, task.at_once)
    known = {(one.name, one.backend, one.payload): one for one in contenders(task.graph, DEF)}
    b1, flowrt = (known[name, "asyncio", "values"] for name in ("b1", "flowrt, Python"))
    if task.at_once == 1:
        timings = measure_contenders([b1, flowrt], workload, repetitions)
        return timings[0].median, timings[1].median
    by_hand = measure_contenders([b1], workload, repetitions)
    mapped = flowrt._replace(open=_mapping(task), expected=[expected(task.graph)] * task.runs)
    timed = measure_contenders([mapped], workload._replace(runs=1, at_once=1), repetitions)
    return by_hand[0].median, timed[0].median / task.runs


def _mapping(task: Task) -> Callable[[], Any]:
    """Return what opens a runtime whose run is a `map` of all runs."""

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Run]:
        workflow = python_workflow(task.graph, DEF)
        async with Runtime() as runtime:

            async def run() -> list[Any]:
                inputs = ({} for _ in range(task.runs))
                return [result.output async for result in runtime.map(workflow, inputs, max_at_once=task.at_once)]

            yield run

    return opened
