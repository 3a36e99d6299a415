"""Finding tasks that wait for something real: a socket, a process, a thread."""

import ctypes
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

import anyio
import anyio.to_thread
import trio

from flowrt.actors.drive import resume
from flowrt.actors.worker import Worker
from flowrt.testing.errors import RealWaitError
from flowrt.testing.step_watch import StepWatch
from flowrt.testing.trio_order import runnable_tasks

SUSPEND: CodeType = vars(Worker)["_suspend"].__code__
DRIVERS = {resume.__code__: "driver", StepWatch.drive.__code__: "step"}
"""What drives a coroutine by hand, and the name under which it has it."""
THREADS = ("trio._threads",)
SOCKETS = ("trio._core._io_epoll", "trio._core._io_kqueue", "trio._core._io_windows")


class ThreadWatch(trio.abc.Instrument):
    """Notices the first thread that is used, however soon it ends: whoever waits for it holds a token meanwhile."""

    def __init__(self) -> None:
        self.found: RealWaitError | None = None
        self._limiters: tuple[Any, ...] = ()

    def begin(self) -> None:
        """Look from now on. Called inside trio."""
        self._limiters = (
            trio.to_thread.current_default_thread_limiter(),
            anyio.to_thread.current_default_thread_limiter(),
        )

    def after_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002 - trio's
        """Look after each step of a task: tokens are returned on the event loop, too."""
        for limiter in self._limiters:
            if limiter.borrowed_tokens and self.found is None:
                self.found = RealWaitError(*find_real_wait())


def count_real_waits() -> int:
    """Return how many tasks wait for sockets, trio's own wake-up included. Called inside trio."""
    statistics: Any = trio.lowlevel.current_statistics().io_statistics
    names = ("tasks_waiting_read", "tasks_waiting_write", "tasks_waiting")
    return sum(getattr(statistics, name, 0) for name in names)


def find_real_wait() -> tuple[str, str]:
    """Return the id of a node whose step waits for something real, and for what."""
    for _, node, frames in _tasks():
        for frame in frames if node else ():
            module = str(frame.f_globals.get("__name__", ""))
            if module in THREADS:
                return node, "a thread"
            if module in SOCKETS:
                return node, "a socket or a process"
    return "", "a thread, a socket or a process"


def suspended_nodes() -> tuple[str, ...]:
    """Return the ids of the nodes whose steps are suspended, sorted."""
    return tuple(sorted({node for _, node, _ in _tasks() if node}))


def runnable_nodes() -> tuple[str, ...]:
    """Return the ids of the nodes in whose steps a task can go on, sorted."""
    runnable = {*runnable_tasks()}
    return tuple(sorted({node for task, node, _ in _tasks() if node and task in runnable}))


def keep_tasks_for_ever() -> None:
    """Keep all tasks from being closed when the event loop is gone: what swallows every exception would not return."""
    for task, _, _ in _tasks():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(task.coro))


def _tasks() -> list[tuple[trio.lowlevel.Task, str, list[FrameType]]]:
    """Return every task below the root, with the node in whose step it waits or began, and its frames."""
    root = trio.lowlevel.current_root_task()
    found: list[tuple[trio.lowlevel.Task, str, list[FrameType]]] = []
    todo = [(root, "")] if root is not None else []
    while todo:
        task, node = todo.pop()
        frames = list(_frames(task.coro))
        for frame in frames:
            if frame.f_code is SUSPEND:
                node = str(frame.f_locals["node"].id)
        found.append((task, node, frames))
        for nursery in task.child_nurseries:
            todo += [(child, node) for child in nursery.child_tasks]
    return found


def _frames(coroutine: Any) -> Iterator[FrameType]:
    """Yield the frames of a suspended coroutine and of what it awaits, also through code that drives it by hand."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is None:
            return
        yield frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
        if coroutine is None and (driven := DRIVERS.get(frame.f_code)) is not None:
            coroutine = frame.f_locals[driven]
