"""W7: a chain and a layered graph of 10 to 1,000,000 nodes: what loading, compiling and running cost, per node.

`python -m benchmarks.scale SHAPE WAY NODES` measures in this process and prints JSON; `measure` starts that.
"""

import gc
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

import anyio
import msgspec

from benchmarks.alone import resident_bytes, run_alone
from benchmarks.goals import COMPILE_GOAL_MICROSECONDS, RUN_GOAL
from benchmarks.graphs import Graph, chain, layered
from benchmarks.measure import WrongResultError
from benchmarks.nodes import DEF
from benchmarks.programs import INPUT, expected_result
from benchmarks.results import Kind, as_table, verdict
from benchmarks.structs import python_structs
from benchmarks.workflows import json_workflow, python_workflow
from flowrt import Runtime
from flowrt.plans import compile_workflow

SIZES = (10, 1_000, 100_000, 1_000_000)
MOST_LOADED = 100_000
"""A larger workflow is made of its parts: recording or reading it would take longer than all else."""
REFERENCE_SIZE = 1_000
REPETITIONS = 5
LARGE_REPETITIONS = 3
NODES_TIMED = 100_000
"""A repetition runs small graphs so often that it has at least so many nodes."""


class Maker(NamedTuple):
    """How the workflow is made."""

    name: str
    make: Callable[[Graph], Any]
    input: dict[str, Any]
    expected: Callable[[Graph], Any]


SHAPES: dict[str, Callable[[int], Graph]] = {
    "chain": chain,
    "layers": lambda size: layered(9, (size - 1) // 9) if size >= REFERENCE_SIZE else layered(3, (size - 1) // 3),
}
PARTS = Maker("parts", lambda graph: python_structs(graph, DEF), {}, expected_result)
WAYS = {
    "python": Maker("Python", lambda graph: python_workflow(graph, DEF), {}, expected_result),
    "json": Maker("JSON", lambda graph: json_workflow(graph, DEF, "nothing"), INPUT, lambda _graph: INPUT),
}


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """What a workflow of a size costs; times and bytes are per node."""

    shape: str
    way: str
    nodes: int
    load_microseconds: float
    """Recording the calls of a workflow function, or parsing and validating a definition; `parts`: neither."""
    load_bytes: float
    compile_microseconds: float
    """From the workflow to a plan; the median, as are the times below."""
    compile_bytes: float
    """By how much the resident memory grew."""
    run_microseconds: float
    reference_microseconds: float
    """A run of the same shape with 1,000 nodes, in turn with the other in the same process."""

    @property
    def run_ratio(self) -> float:
        """How much more a node costs than one of 1,000."""
        return self.run_microseconds / self.reference_microseconds

    @property
    def missed(self) -> list[str]:
        """Which goals were missed; in a smaller workflow fixed costs decide, which nobody notices there."""
        goals = {
            "compile": self.nodes >= REFERENCE_SIZE and self.compile_microseconds > COMPILE_GOAL_MICROSECONDS,
            "run": self.nodes > REFERENCE_SIZE and self.run_ratio > RUN_GOAL,
        }
        return [name for name, is_missed in goals.items() if is_missed]

    @property
    def subject(self) -> str:
        """What was measured, in words."""
        return f"W7 {self.shape} of {self.nodes:,}, {self.way}"

    @property
    def is_judged(self) -> bool:
        """There is a goal for it."""
        return self.nodes >= REFERENCE_SIZE

    @property
    def is_missed(self) -> bool:
        """One was."""
        return bool(self.missed)


def measure(sizes: tuple[int, ...] = SIZES) -> list[Scale]:
    """Measure each shape and size, in a process of its own.

    Raises:
        FailedAloneError: A result was wrong, or there was not enough memory.
    """
    return [
        msgspec.json.decode(run_alone("benchmarks.scale", shape, way, size), type=Scale)
        for way in WAYS
        for shape in SHAPES
        for size in sizes
        if way == "python" or size <= MOST_LOADED
    ]


def measure_here(shape: str, way: str, size: int) -> Scale:
    """Measure in this process.

    Raises:
        WrongResultError: A result was wrong.
    """
    how = WAYS[way] if size <= MOST_LOADED else PARTS
    graph, small = SHAPES[shape](size), SHAPES[shape](REFERENCE_SIZE)
    reference = how.make(small)
    count = len(graph)
    gc.collect()
    at_first = resident_bytes()
    load_seconds, made = _timed(lambda: how.make(graph))
    loaded = resident_bytes()
    compile_seconds, plan = _timed(lambda: compile_workflow(made, made.steps))
    compiled = resident_bytes()
    del plan  # the runtime compiles its own
    compile_times = [compile_seconds, *_compile_again(made, count)]
    repetitions = REPETITIONS if count <= NODES_TIMED else LARGE_REPETITIONS
    run_times, reference_times = anyio.run(_run_times, how, [(made, graph), (reference, small)], repetitions)
    return Scale(
        shape=shape,
        way=how.name,
        nodes=count,
        load_microseconds=load_seconds / count * 1e6,
        load_bytes=(loaded - at_first) / count,
        compile_microseconds=median(compile_times) / count * 1e6,
        compile_bytes=(compiled - loaded) / count,
        run_microseconds=median(run_times) / count * 1e6,
        reference_microseconds=median(reference_times) / len(small) * 1e6,
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor's time for something, and what it made; the garbage collector sees only what it makes."""
    gc.collect()
    gc.freeze()
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def _compile_again(made: Any, count: int) -> list[float]:
    """Return the times of more compilations, as many as do not take long."""
    more = REPETITIONS - 1 if count <= NODES_TIMED else 0
    return [_timed(lambda: compile_workflow(made, made.steps))[0] for _ in range(more)]


async def _run_times(how: Maker, workflows: list[tuple[Any, Graph]], repetitions: int) -> list[list[float]]:
    """Return the times per run of each workflow, taken in turn."""
    times: list[list[float]] = [[] for _ in workflows]
    async with Runtime(watchdog_seconds=None) as runtime:
        expected = [how.expected(graph) for _, graph in workflows]
        for workflow, _ in workflows:
            await runtime.run(workflow, how.input)  # compiles it
        for _ in range(repetitions):
            for (workflow, graph), right, found in zip(workflows, expected, times, strict=True):
                runs = max(1, NODES_TIMED // len(graph))
                gc.collect()
                gc.freeze()
                started = time.process_time()
                for _ in range(runs):
                    result = await runtime.run(workflow, how.input)
                found.append((time.process_time() - started) / runs)
                if result != right:
                    raise WrongResultError(f"{how.name} of {len(graph)} nodes returned {str(result)[:200]}")
    return times


def markdown(found: list[Scale]) -> str:
    """Return the measurements as a table."""
    headings = [
        "W7",
        "way",
        "nodes",
        "µs to load",
        "µs to compile",
        "µs to run",
        "/ 1,000 nodes",
        "bytes loaded",
        "bytes compiled",
        "verdict",
    ]
    lines = [
        (
            scale.shape,
            scale.way,
            f"{scale.nodes:,}",
            f"{scale.load_microseconds:.1f}",
            f"{scale.compile_microseconds:.1f}",
            f"{scale.run_microseconds:.2f}",
            f"{scale.run_ratio:.2f}",
            f"{scale.load_bytes:,.0f}",
            f"{scale.compile_bytes:,.0f}",
            f"**fail**: {', '.join(scale.missed)}" if scale.is_missed else verdict(scale),
        )
        for scale in found
    ]
    return as_table(headings, lines)


KIND = Kind(
    "scale",
    {"W7": "a chain and layers of 10 to 1,000,000 nodes"},
    lambda _name, _repetitions: measure(),
    markdown,
)

if __name__ == "__main__":
    print(msgspec.json.encode(measure_here(sys.argv[1], sys.argv[2], int(sys.argv[3]))).decode())
