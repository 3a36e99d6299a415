"""Running code in virtual time, in an order that a seed decides."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from random import Random
from threading import Lock
from typing import TypeVar, cast

import anyio
import trio
import trio.testing

from flowrt.actors.limits import NO_LIMITS, Limits, as_limiters
from flowrt.actors.settings import Settings
from flowrt.clock import NANOSECONDS, UuidV7Ids
from flowrt.engine import Engine
from flowrt.option_checks import LONGEST_SECONDS, check_number
from flowrt.plans import Plans
from flowrt.testing.errors import (
    RealWaitError,
    SimulationError,
    SimulationSpinError,
    SimulationStuckError,
    SimulationTooLongError,
    TaskLeftError,
)
from flowrt.testing.randomness import seeded_randomness
from flowrt.testing.real_waits import (
    ThreadWatch,
    count_real_waits,
    find_real_wait,
    keep_tasks_for_ever,
    runnable_nodes,
    suspended_nodes,
)
from flowrt.testing.schedule import Schedule
from flowrt.testing.spin_watch import SpinWatch
from flowrt.testing.step_watch import StepWatch
from flowrt.testing.trace_recorder import TraceRecorder
from flowrt.testing.trio_order import seeded_batches
from flowrt.testing.virtual_clock import VirtualClock

T = TypeVar("T")
REAL_PAUSE_SECONDS = 0.001
RUNNING = Lock()
"""Held by the simulation that runs: it decides what the whole process takes for random."""
MAX_PROCESSES = 4
"""How many processes a simulated runtime has, on every machine."""


class Simulation:
    """Virtual time, and one order out of many.

    Its driver waits until every task is blocked, and then lets exactly one thing happen: one of those who wait at the
    gate goes on, as the seed decides, or, if nobody waits, the clock goes to the next instant at which something is
    due. So two things never race, and nothing happens that is not in the trace.

    Args:
        seed: Decides every order, and every random number.
        keep_events: Keep the trace's events; otherwise only their hash.
        until_seconds: When the simulation ends, whatever still runs then; `None`: when the code has ended.
        limits: How many steps placed in a `thread` or `process` run at once, each in its virtual time: as for a
            `Runtime`, but with 4 processes on every machine.

    Raises:
        TypeError: The seed is no integer, or `until_seconds` no number.
        ValueError: `until_seconds` is negative or infinite.
    """

    def __init__(
        self,
        seed: int,
        *,
        keep_events: bool = True,
        until_seconds: float | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        if not isinstance(cast("object", seed), int) or isinstance(seed, bool):
            raise TypeError(f"the seed was {seed!r}, a {type(seed).__name__}; it must be an integer")
        if until_seconds is not None:
            check_number("until_seconds", until_seconds, least=0, most=LONGEST_SECONDS)
        self.seed = seed
        self._limiters = as_limiters(limits, max_processes=MAX_PROCESSES)
        self.clock = VirtualClock()
        self.watch = StepWatch()
        self._threads = ThreadWatch()
        self._spinning = SpinWatch(self._spins)
        self.recorder = TraceRecorder(self.clock.monotonic_ns, keep_events=keep_events)
        self.schedule = Schedule(self.clock, self.random("schedule"))
        self.is_cut = False
        """`until_seconds` was reached."""
        self._has_end = until_seconds is not None
        if until_seconds is not None:
            self.schedule.end_ns = round(until_seconds * NANOSECONDS)
        self.left_tasks: list[str] = []
        """The names of tasks that still ran when the code had ended, and that no nursery of it owned."""
        self._failure: SimulationError | None = None
        self._scope = trio.CancelScope()
        self._usual_waits = 0
        self._engine: Engine | None = None

    def random(self, purpose: str) -> Random:
        """Return a source of random numbers that no other purpose disturbs."""
        return Random(f"flowrt {purpose} {self.seed}")  # noqa: S311 - it is to be repeated

    def execution_id(self) -> str:
        """Return the id of the execution to which the step belongs that runs now."""
        execution = None if self._engine is None else self._engine.kernel.parent.get()
        return "" if execution is None else execution.id

    @asynccontextmanager
    async def open_engine(self) -> AsyncGenerator[Engine, None]:
        """Open the inside of a runtime that keeps no log."""
        random = self.random("runtime")
        settings = Settings(
            clock=self.clock,
            random=random,
            ids=UuidV7Ids(self.clock, random),
            gate=self.schedule,
            hooks=(self.recorder,),
            limiters=self._limiters,
        )
        engine = self._engine = Engine(settings, Plans(None, None, ()))
        await engine.open()
        try:
            yield engine
        finally:
            await engine.leave(None)

    def run(self, main: Callable[[], Awaitable[T]]) -> T | None:
        """Run code on trio in virtual time and return what it returns; `None` if it was cut.

        Raises:
            RuntimeError: A trio event loop or another simulation runs here already.
            SimulationError: It can't go on, or can't be trusted.
            Exception: What the code raises.
        """
        with _alone(), seeded_batches(f"flowrt batches {self.seed}"), seeded_randomness(f"flowrt steps {self.seed}"):
            watches = [self.schedule, self._threads, self._spinning]
            try:
                return trio.run(self._run, main, clock=self.clock, instruments=watches)
            except trio.TrioInternalError:
                if self.clock.failure is None:
                    raise
                raise self.clock.failure from None

    def refuse_left_tasks(self) -> None:
        """Raise if a step left a task behind.

        Raises:
            TaskLeftError: It did.
        """
        if self.left_tasks:
            raise TaskLeftError(tuple(self.left_tasks))

    async def _run(self, main: Callable[[], Awaitable[T]]) -> T | None:
        await trio.testing.wait_all_tasks_blocked()
        self._usual_waits = count_real_waits()
        self._threads.begin()
        trio.lowlevel.spawn_system_task(self._drive)
        result = None
        usual = {task.id for task in anyio.get_running_tasks()}
        try:
            with self._scope:
                result = await main()
                left = [task for task in anyio.get_running_tasks() if task.id not in usual]
                self.left_tasks = sorted(task.name or "" for task in left)
        finally:
            self._check_watch()
            if self._failure is not None:
                raise self._failure
        return result

    async def _drive(self) -> None:
        is_stuck = False
        while True:
            await trio.testing.wait_all_tasks_blocked()
            self._spinning.rest()
            if self._failure is None:
                self._check()
            if self.schedule.happen() or self._advance():
                is_stuck = False
            elif self.is_cut or self._failure is not None:
                time.sleep(REAL_PAUSE_SECONDS)  # noqa: ASYNC251 - a thread may have to end before the code can
            elif is_stuck:
                self._fail(SimulationStuckError(suspended_nodes(), self.clock.now_seconds))
            else:
                is_stuck = True  # unless somebody else waited until all tasks are blocked, and goes on now

    def _advance(self) -> bool:
        """Let time pass until something is due; say whether it did."""
        now_ns = self.schedule.next_ns()
        if now_ns is None:
            return False
        if now_ns > self.schedule.end_ns and not self.is_cut and self._failure is None:
            if not self._has_end:
                self._fail(SimulationTooLongError(suspended_nodes(), self.clock.now_seconds))
                return True
            self.clock.now_ns = self.schedule.end_ns
            self.is_cut = True
            self.recorder.close()
            self._scope.cancel()
        else:
            self.clock.now_ns = now_ns
        return True

    def _check(self) -> None:
        self._check_watch()
        if self._failure is None and count_real_waits() > self._usual_waits:
            self._fail(RealWaitError(*find_real_wait()))

    def _check_watch(self) -> None:
        found = self.watch.found or self._threads.found
        if self._failure is None and found is not None:
            self._fail(found)

    def _spins(self) -> None:
        """Cancel everything, and end the event loop if that does not help."""
        is_cancelled = self.is_cut or self._failure is not None
        if self._failure is None:
            self._fail(SimulationSpinError(runnable_nodes(), self.clock.now_seconds))
        if is_cancelled:
            self.clock.failure = self._failure
            keep_tasks_for_ever()

    def _fail(self, error: SimulationError) -> None:
        self._failure = error
        self.recorder.close()
        self._scope.cancel()


@contextmanager
def _alone() -> Generator[None, None, None]:
    """Refuse to run a simulation inside of an event loop of trio's, or beside another simulation."""
    if trio.lowlevel.in_trio_run():
        raise RuntimeError(
            "a simulation runs an event loop of its own, but was called within one of trio's: by a step, or by an "
            "`async def` test on trio or with flow_runtime; call it from a plain `def` test"
        )
    if not RUNNING.acquire(blocking=False):
        raise RuntimeError("another thread runs a simulation: run one at a time, or each in a process of its own")
    try:
        yield
    finally:
        RUNNING.release()
