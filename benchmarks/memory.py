"""`map`: whether memory stays what it was while many executions go through `Runtime.map`."""

import time
from collections.abc import Iterator
from typing import Any

import anyio

from benchmarks.alone import resident_bytes
from benchmarks.goals import MAP_GOAL
from benchmarks.graphs import chain
from benchmarks.measure import WrongResultError
from benchmarks.nodes import DEF
from benchmarks.results import Judged, Kind, as_table, verdict
from benchmarks.workflows import python_workflow
from flowrt import Runtime

EXECUTIONS = 100_000
MAX_AT_ONCE = 100
PARTS = (0.1, 0.5, 1.0)


class MapMemory(Judged, frozen=True, kw_only=True):
    """The resident memory of the process while `map` runs, and how long an execution took."""

    backend: str
    executions: int
    resident_bytes: dict[str, int]
    """By how much of the executions had ended."""
    microseconds_per_execution: float

    @property
    def subject(self) -> str:
        """What was measured."""
        return f"map, {self.backend}"

    @property
    def figure(self) -> float:
        """The memory at the end, times that at the first mark."""
        first, *_, last = self.resident_bytes.values()
        return last / first


def measure_map(backend: str, executions: int = EXECUTIONS) -> MapMemory:
    """Run a workflow of three nodes many times through `map`.

    Raises:
        WrongResultError: A result was wrong.
    """
    return anyio.run(_measure, backend, executions, backend=backend)


async def _measure(backend: str, executions: int) -> MapMemory:
    graph = chain(3)
    marks = {max(1, round(executions * part)): f"{part:.0%}" for part in PARTS}
    resident: dict[str, int] = {}
    started, count = time.perf_counter(), 0
    async with Runtime() as runtime:
        async for result in runtime.map(python_workflow(graph, DEF), _inputs(executions), max_at_once=MAX_AT_ONCE):
            count += 1
            if result.output != len(graph):
                raise WrongResultError(f"execution {result.index} returned {result.output}, not {len(graph)}")
            if count in marks:
                resident[marks[count]] = resident_bytes()
    microseconds = (time.perf_counter() - started) / executions * 1e6
    if count != executions:
        raise WrongResultError(f"there were {count} results for {executions} inputs")
    return MapMemory(
        backend=backend,
        executions=executions,
        resident_bytes=resident,
        microseconds_per_execution=microseconds,
        goal=MAP_GOAL,
    )


def _inputs(count: int) -> Iterator[dict[str, Any]]:
    for _ in range(count):
        yield {}


def markdown(found: list[MapMemory]) -> str:
    """Return the measurements as a table."""
    marks = list(found[0].resident_bytes)
    headings = ["map", "backend", "µs each", *(f"MB at {mark}" for mark in marks), "goal", "verdict"]
    return as_table(
        headings,
        (
            (
                f"{memory.executions:,} executions",
                memory.backend,
                f"{memory.microseconds_per_execution:.1f}",
                *(f"{memory.resident_bytes[mark] / 1e6:.1f}" for mark in marks),
                f"≤ {memory.goal:g} x {marks[0]}",
                verdict(memory),
            )
            for memory in found
        ),
    )


KIND = Kind(
    "map",
    {"map": f"{EXECUTIONS:,} executions through Runtime.map"},
    lambda _name, _repetitions: [measure_map(backend) for backend in ("asyncio", "trio")],
    markdown,
)
