"""Catching steps that wait for something real, read the real clock or change their input, while they do it."""

import gc
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutine, iscoroutinefunction
from types import FrameType, coroutine
from typing import Any

from flowrt.testing.errors import InputMutatedError, RealWaitError, SimulationError
from flowrt.testing.input_check import Arguments, copy_arguments, find_change

CLOCKS = frozenset(
    {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "now", "utcnow", "today"}
    | {"clock_gettime", "clock_gettime_ns", "process_time", "process_time_ns", "thread_time", "thread_time_ns"}
)
WAITS = frozenset(
    {"sleep", "connect", "connect_ex", "recv", "recv_into", "send", "sendall", "accept", "getaddrinfo", "fork_exec"}
    | {"system", "select", "poll", "control", "posix_spawn", "posix_spawnp", "fork", "forkpty", "wait", "waitpid"}
    | {"pause", "sigwait", "sigwaitinfo", "sigtimedwait", "generate_time_safe", "getrandom"}
)
THREADS = frozenset({"start_new_thread", "start_joinable_thread"})
LOCKS = frozenset({"acquire"})
WATCHED = CLOCKS | WAITS | THREADS | LOCKS
OWNERS = frozenset(
    {"time", "datetime", "date", "socket", "_socket", "_posixsubprocess", "_thread", "posix", "nt", "select"}
    | {"epoll", "kqueue", "poll", "_signal", "_uuid"}
)
"""The modules, or classes, whose functions of these names are meant."""
WAIT_OF_CONDITION = threading.Condition.wait.__code__
"""What events, queues, semaphores and futures of threads wait in."""
LIBRARIES = sys.stdlib_module_names | {"anyio", "trio"}


class StepWatch:
    """Looks at every built-in function that a step calls.

    What it finds is raised in the step, and kept: a policy that would retry or absorb it can't hide it.
    """

    def __init__(self) -> None:
        self.found: SimulationError | None = None

    def guard(self, node_id: str, call: Callable[..., Any], *, check_inputs: bool) -> Callable[..., Any]:
        """Return a step that is looked at whenever it runs; it takes what `call` takes.

        Args:
            node_id: The node that runs the step.
            call: The step.
            check_inputs: Look whether it changes what it is given, too.
        """

        @wraps(call)
        async def run_async(*args: Any, **options: Any) -> Any:
            with self._comparing(node_id, (args, options), check_inputs=check_inputs):
                return await self.drive(node_id, call(*args, **options))

        @wraps(call)
        def run(*args: Any, **options: Any) -> Any:
            with self._comparing(node_id, (args, options), check_inputs=check_inputs), self._looking(node_id):
                result = call(*args, **options)
            return self.drive(node_id, result) if iscoroutine(result) else result

        return run_async if iscoroutinefunction(call) else run

    def reporting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a made-up step that takes what `call` takes; what makes the simulation impossible ends it."""

        def run(*args: Any, **options: Any) -> Any:
            try:
                return call(*args, **options)
            except SimulationError as error:
                self._report(error)

        return run

    @contextmanager
    def _comparing(self, node_id: str, arguments: Arguments, *, check_inputs: bool) -> Generator[None, None, None]:
        """Find out whether a step changes its arguments, however it ends; how it failed is not hidden."""
        before = copy_arguments(arguments) if check_inputs else None
        try:
            yield
        except BaseException:
            self._find_change(node_id, before, arguments)
            raise
        if (error := self._find_change(node_id, before, arguments)) is not None:
            raise error

    def _find_change(self, node_id: str, before: Arguments | None, after: Arguments) -> SimulationError | None:
        change = find_change(before, after)
        if change is None:
            return None
        error = InputMutatedError(node_id, *change)
        self.found = self.found or error
        return error

    @coroutine
    def drive(self, node_id: str, step: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Drive a step's coroutine, and look at it whenever it runs."""
        resume: Callable[[], Any] = lambda: step.send(None)  # noqa: E731
        while True:
            try:
                with self._looking(node_id):
                    trap = resume()
            except StopIteration as stop:
                return stop.value
            try:
                value = yield trap
            except BaseException as error:  # noqa: BLE001 - it is the step's to handle
                resume = _thrower(step, error)
            else:
                resume = _sender(step, value)

    @contextmanager
    def _looking(self, node_id: str) -> Generator[None, None, None]:
        before = sys.getprofile()

        def look(frame: FrameType, event: str, called: Any) -> None:
            if event == "c_call" and called.__name__ in WATCHED:
                self._judge(node_id, frame, called)

        sys.setprofile(look)
        try:
            yield
        finally:
            sys.setprofile(before)

    def _judge(self, node_id: str, frame: FrameType, called: Any) -> None:
        owner = getattr(called, "__self__", None)
        name = getattr(owner, "__name__", None) or type(owner).__name__
        if called.__name__ in LOCKS:
            if _is_wait_of_condition(frame, owner):
                self._report(RealWaitError(node_id, "threading.Condition.wait()", _place(frame)))
            return
        if name not in OWNERS:
            return
        caller = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if called.__name__ in CLOCKS and caller in sys.stdlib_module_names:
            return  # such as the time of a log record, which nothing depends on
        if _is_garbage_collection(frame):
            return
        what = "a thread" if called.__name__ in THREADS else f"{name}.{called.__name__}()"
        self._report(RealWaitError(node_id, what, _place(frame)))

    def _report(self, error: SimulationError) -> None:
        self.found = self.found or error
        raise error


def _is_wait_of_condition(frame: FrameType, lock: Any) -> bool:
    """Say whether a lock is one that a condition holds until it is notified, and the condition waits for that."""
    timeout = frame.f_locals.get("timeout")
    return frame.f_code is WAIT_OF_CONDITION and lock.locked() and (timeout is None or timeout > 0)


def _place(frame: FrameType) -> str:
    """Return the file and line at which a step came to this, rather than those of the library that it called."""
    place: FrameType | None = frame
    while place is not None and str(place.f_globals.get("__name__", "")).partition(".")[0] in LIBRARIES:
        place = place.f_back
    place = place or frame
    return f"{place.f_code.co_filename}:{place.f_lineno}"


def _is_garbage_collection(frame: FrameType | None) -> bool:
    """Say whether the garbage collector runs this: it may clear up after anybody, while a step runs."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        is_finalizer = frame.f_code.co_name == "__del__" or frame.f_globals.get("__name__") == "weakref"
        if is_finalizer or frame.f_code in callbacks:
            return True
        frame = frame.f_back
    return False


def _sender(step: Coroutine[Any, Any, Any], value: Any) -> Callable[[], Any]:
    return lambda: step.send(value)


def _thrower(step: Coroutine[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: step.throw(error)
