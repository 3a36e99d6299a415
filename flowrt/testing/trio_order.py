"""What a simulation must know of trio beyond its public names, which are used here only; a test fails if they change.

The order of flowrt's own firings and completions does not depend on it: they pass through a gate of their own.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from importlib import import_module
from random import Random
from typing import Any

from trio.lowlevel import Task

_trio: Any = import_module("trio._core._run")


@contextmanager
def seeded_batches(seed: str) -> Generator[None, None, None]:
    """Let trio order the tasks of user code that are runnable in one batch by a seed, for runs that begin inside."""
    names = {"_ALLOW_DETERMINISTIC_SCHEDULING": True, "_r": Random(seed)}  # noqa: S311 - it is to be repeated
    before = {name: getattr(_trio, name) for name in names}
    _set(names)
    try:
        yield
    finally:
        _set(before)


def runnable_tasks() -> Collection[Task]:
    """Return the tasks that were made runnable since the current batch began. Called inside trio."""
    tasks: Collection[Task] = _trio.GLOBAL_RUN_CONTEXT.runner.runq
    return tasks


def next_deadline_seconds() -> float:
    """Return the time of the next deadline by trio's clock; infinite if there is none. Called inside trio."""
    deadline: float = _trio.GLOBAL_RUN_CONTEXT.runner.deadlines.next_deadline()
    return deadline


def _set(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(_trio, name, value)
