"""`map`: whether memory stays what it was while many executions go through `Runtime.map`."""

import time
from collections.abc import Iterator
from typing import Any

import anyio
import msgspec

from benchmarks.alone import resident_bytes
from benchmarks.graphs import chain
from benchmarks.measure import WrongResultError
from benchmarks.nodes import DEF
from benchmarks.results import as_table, verdict
from benchmarks.workflows import python_workflow
from flowrt import Runtime

EXECUTIONS = 100_000
MAX_AT_ONCE = 100
PARTS = (0.1, 0.5, 1.0)
MOST_GROWTH = 1.05
"""Times the resident memory at 10 %: what the memory at 100 % may be."""


class MapMemory(msgspec.Struct, frozen=True, kw_only=True):
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
    def is_judged(self) -> bool:
        """There is a goal for it."""
        return True

    @property
    def is_missed(self) -> bool:
        """The memory grew."""
        first, *_, last = self.resident_bytes.values()
        return last > first * MOST_GROWTH


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
                f"≤ {MOST_GROWTH:g} x {marks[0]}",
                verdict(memory),
            )
            for memory in found
        ),
    )
