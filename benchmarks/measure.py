"""Taking times: all contenders of a workload in turn, again and again, so that a noisy minute hits all of them."""

import gc
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any, NamedTuple, TypeAlias

import anyio
import anyio.lowlevel

from benchmarks.backends import run_on
from benchmarks.baselines import Run
from benchmarks.contenders import Contender, contenders
from benchmarks.nodes import be_busy
from benchmarks.workloads import Workload

Clock: TypeAlias = Callable[[], float]
"""Returns seconds: `time.perf_counter`, or `time.process_time` for those that this process computed."""


class WrongResultError(Exception):
    """A contender did not compute what it should, so its time means nothing."""


class Timing(NamedTuple):
    """The repetitions of one contender, in microseconds per node."""

    contender: Contender
    microseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle repetition."""
        return median(self.microseconds)

    @property
    def least(self) -> float:
        """The quickest repetition: the one that was disturbed least."""
        return min(self.microseconds)


def measure(
    workload: Workload,
    repetitions: int,
    *,
    takes_part: Callable[[Contender], bool] = lambda _contender: True,
    clock: Clock = time.perf_counter,
) -> list[Timing]:
    """Time the contenders of a workload that take part; verify each result.

    Raises:
        WrongResultError: A result was wrong.
    """
    everybody = [contender for nodes in workload.colours for contender in contenders(workload.graph, nodes)]
    return measure_contenders(list(filter(takes_part, everybody)), workload, repetitions, clock)


def measure_contenders(
    taking_part: list[Contender], workload: Workload, repetitions: int, clock: Clock = time.perf_counter
) -> list[Timing]:
    """Time these contenders of a workload; verify each result.

    Raises:
        WrongResultError: A result was wrong.
    """
    times: list[list[float]] = [[] for _ in taking_part]
    per_node = 1e6 / len(workload.graph)
    for _ in range(repetitions):
        for contender, found in zip(taking_part, times, strict=True):
            found.append(run_on(contender.backend, seconds_per_run, contender, workload, clock) * per_node)
    return [Timing(contender, tuple(found)) for contender, found in zip(taking_part, times, strict=True)]


async def seconds_per_run(contender: Contender, workload: Workload, clock: Clock = time.perf_counter) -> float:
    """Return the time per run of one repetition in an event loop of its own, after one run that warms it up.

    The garbage collector runs while the time is taken, as it does in a program, but finds only garbage of this
    repetition: before, all is collected, and what is left is put out of its sight.
    """
    async with contender.open() as run, _neighbour(workload):
        _verify(contender, await run())
        gc.collect()
        gc.freeze()
        started = clock()
        results = await _all_results(run, max(1, workload.runs // contender.slowness), workload.at_once)
        seconds = clock() - started
        gc.unfreeze()
    for result in results:
        _verify(contender, result)
    return seconds / len(results)


def _verify(contender: Contender, result: Any) -> None:
    if result != contender.expected:
        expected = str(contender.expected)[:200]
        raise WrongResultError(f"{contender.name} on {contender.backend} returned {str(result)[:200]}, not {expected}")


async def _all_results(run: Run, runs: int, at_once: int) -> list[Any]:
    if at_once == 1:
        return [await run() for _ in range(runs)]
    results: list[Any] = []
    turns = iter(range(runs))
    async with anyio.create_task_group() as callers:
        for _ in range(at_once):
            callers.start_soon(_call, run, turns, results)
    return results


async def _call(run: Run, turns: Iterator[int], results: list[Any]) -> None:
    """Run as often as there are turns left; all callers share them."""
    for _ in turns:
        results.append(await run())  # noqa: PERF401 - the list is the callers' common one


@asynccontextmanager
async def _neighbour(workload: Workload) -> AsyncGenerator[None]:
    """Keep a task beside the workload that uses up a part of every turn of the event loop, if it has one."""
    if not workload.has_busy_neighbour:
        yield
        return
    async with anyio.create_task_group() as group:
        group.start_soon(_keep_busy)
        yield
        group.cancel_scope.cancel()


async def _keep_busy() -> None:
    while True:
        be_busy()
        await anyio.lowlevel.checkpoint()
