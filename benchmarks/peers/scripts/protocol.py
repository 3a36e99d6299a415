"""How a script is told what to run, and how it tells what it measured: one line of JSON each."""

import asyncio
import gc
import inspect
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from benchmarks.peers.tasks import Task, expected

Run = Callable[[], Any]
"""Runs a graph once and returns the last node's result, or something to await that does."""


class CannotError(Exception):
    """The peer can't express a graph; says why."""


class WrongResultError(Exception):
    """The peer computed something else, so its time means nothing."""


def main(prepare: Callable[[Task], Run], *packages: str, runs_all: bool = False) -> None:
    """Time what the command line asks for, and print it.

    Args:
        prepare: Makes the peer's form of a graph; raises `CannotError`.
        packages: Whose versions to tell.
        runs_all: A run is all runs of a task, and its result the list of their results.
    """
    repetitions, tasks = json.loads(sys.argv[1])
    found = [_timed(prepare, Task(*task), repetitions, runs_all=runs_all) for task in tasks]
    print(json.dumps({"versions": {name: version(name) for name in packages}, "timings": found}))


def _timed(prepare: Callable[[Task], Run], task: Task, repetitions: int, *, runs_all: bool) -> dict[str, Any]:
    told = {"workload": task.workload, "microseconds": [], "reason": ""}
    graph, calls = task.graph, 1 if runs_all else task.runs
    wanted = [expected(graph)] * (task.runs if runs_all else 1)
    per_node = 1e6 / (task.runs * len(graph))
    try:
        run = prepare(task)
        with asyncio.Runner() as runner:
            runner.run(_run(run, 1, wanted, is_all=runs_all))
            seconds = [runner.run(_run(run, calls, wanted, is_all=runs_all)) for _ in range(repetitions)]
    except (CannotError, WrongResultError) as error:
        return {**told, "reason": str(error)}
    except Exception as error:  # noqa: BLE001 - what it can't run is a line of the table, whatever it says
        return {**told, "reason": f"{type(error).__name__}: {error}".splitlines()[0]}
    return {**told, "microseconds": [taken * per_node for taken in seconds]}


async def _run(run: Run, calls: int, wanted: list[int], *, is_all: bool) -> float:
    """Return how long so many calls take."""
    is_async = inspect.iscoroutinefunction(run)
    gc.collect()
    gc.freeze()
    started = time.perf_counter()
    for _ in range(calls):
        result = await run() if is_async else run()
    seconds = time.perf_counter() - started
    gc.unfreeze()
    found = list(result) if is_all else [result]
    if found != wanted:
        raise WrongResultError(f"its result is {found[0]}, not {wanted[0]}")
    return seconds
