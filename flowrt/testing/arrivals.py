"""Many executions in virtual time: load as it comes in over hours."""

import math
from array import array
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from functools import partial
from heapq import merge
from random import Random
from typing import Any, TypeAlias

import trio

from flowrt.actors.execution import Execution
from flowrt.clock import NANOSECONDS
from flowrt.events import ExecutionStatus
from flowrt.graph.plan import Plan
from flowrt.testing.distributions import Distribution
from flowrt.testing.fakes import StandIn
from flowrt.testing.simulated import as_runnable
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan
from flowrt.testing.trace import Trace
from flowrt.typing import StepCatalog

MAX_ARRIVALS_AT_ONCE = 10_000
CHUNK = 100_000
Input: TypeAlias = Mapping[str, Any] | Callable[[int, Random], Mapping[str, Any]]


class SimulatedArrivals:
    """How the executions of a simulation ended, and how long they took."""

    def __init__(self, statuses: Mapping[ExecutionStatus, int], durations_ns: "array[int]", trace: Trace) -> None:
        self.completed = statuses.get("completed", 0)
        self.failed = statuses.get("failed", 0)
        self.cancelled = statuses.get("cancelled", 0)
        self.trace = trace
        """Its events are there only if they were to be kept."""
        chunks = [durations_ns[start : start + CHUNK] for start in range(0, len(durations_ns), CHUNK)]
        # sorted in parts: a list of all would take nine times the memory
        self._durations_ns = array("q", merge(*[array("q", sorted(chunk)) for chunk in chunks]))

    def __repr__(self) -> str:
        counts = f"{self.completed} completed, {self.failed} failed, {self.cancelled} cancelled"
        return f"<SimulatedArrivals {counts} in {self.trace.duration_seconds:g} s>"

    @property
    def total(self) -> int:
        """How many executions arrived."""
        return self.completed + self.failed + self.cancelled

    def duration_seconds(self, quantile: float) -> float:
        """Return how long an execution took, from its arrival to its end, at a quantile, 0 to 1: 0.99 for the p99.

        Raises:
            ValueError: The quantile is not from 0 to 1, or no execution ended.
        """
        if not 0 <= quantile <= 1 or not self._durations_ns:
            raise ValueError(f"the quantile was {quantile!r} of {len(self._durations_ns)} executions; expected 0 to 1")
        place = min(math.floor(quantile * len(self._durations_ns)), len(self._durations_ns) - 1)
        return self._durations_ns[place] / NANOSECONDS


def simulate_arrivals(
    workflow: Any,
    input: Input | None = None,
    *,
    arrivals: Distribution,
    duration_seconds: float,
    seed: int,
    steps: Mapping[str, StandIn] | None = None,
    max_at_once: int | None = None,
    keep_events: bool = False,
    check_inputs: bool = False,
    catalog: StepCatalog | None = None,
    python_modules: Collection[str] = (),
) -> SimulatedArrivals:
    """Run a workflow again and again in virtual time, as inputs arrive.

    Memory does not grow with the number of executions, but by 8 bytes each for how long it took.

    Args:
        workflow: A Python workflow or a definition.
        input: The input of every execution, or a function that returns that of the n-th, from 0, with a `Random`.
        arrivals: The times between arrivals, such as `poisson(per_second=500)`.
        duration_seconds: For how long inputs arrive; what runs then still ends.
        seed: Decides every order and every random number.
        steps: What stands for steps, as for `simulate`.
        max_at_once: How many executions may be under way; those that arrive meanwhile wait. `None` is no limit.
        keep_events: Keep the trace's events, about 200 bytes each; its hash is there in any case.
        check_inputs: Find steps that change what they are given.
        catalog: The step types of a definition; `None`: the built-in ones.
        python_modules: What `python` nodes of a definition may call; only with `catalog=None`.

    Raises:
        TypeError: The seed is no integer.
        ValueError: The duration is not above 0, `max_at_once` is below 1, or no time lies between arrivals.
        DefinitionError: The definition is wrong, or a stand-in fits no step.
        InputError: The input does not fit.
        SimulationError: A step waited for something real, or for something that never comes.
    """
    if not (duration_seconds > 0 and math.isfinite(duration_seconds)):
        raise ValueError(f"duration_seconds was {duration_seconds!r}; it must be more than 0")
    if max_at_once is not None and max_at_once < 1:
        raise ValueError(f"max_at_once was {max_at_once}; it must be at least 1, or None for no limit")
    simulation = Simulation(seed, keep_events=keep_events)
    loaded = as_runnable(workflow, catalog, python_modules)
    plan = simulated_plan(loaded, steps or {}, simulation, check_inputs=check_inputs)
    load = _Load(simulation, arrivals, duration_seconds, input, max_at_once)
    simulation.run(partial(load.run, plan))
    return SimulatedArrivals(load.statuses, load.durations_ns, simulation.recorder.trace())


class _Load:
    """Begins an execution at each arrival; what arrives when no more may be under way waits in a queue."""

    def __init__(
        self,
        simulation: Simulation,
        between: Distribution,
        duration_seconds: float,
        input: Input | None,
        max_at_once: int | None,
    ) -> None:
        self._clock = simulation.clock
        self._random = simulation.random("arrivals")
        self._input_random = simulation.random("inputs")
        self._simulation = simulation
        self._between = between
        self._end_ns = round(duration_seconds * NANOSECONDS)
        self._input: Input = input if input is not None else dict[str, Any]()
        self._max_at_once = max_at_once or math.inf
        self._queue: deque[int] = deque()
        self._under_way = 0
        self._at_once = 0
        self._begun = 0
        self._next_ns = 0
        self._is_over = trio.Event()
        self._failure: Exception | None = None
        self.statuses: Counter[ExecutionStatus] = Counter()
        self.durations_ns = array("q")

    async def run(self, plan: Plan) -> None:
        """Let all inputs arrive, and wait until all executions have ended."""
        async with self._simulation.open_engine() as engine:
            self._begin = partial(engine.begin_plan, plan)
            self._call = engine.kernel.crew.call
            self._await_next()
            await self._is_over.wait()
        if self._failure is not None:
            raise self._failure

    def _await_next(self) -> None:
        pause_ns = round(self._between.draw_seconds(self._random) * NANOSECONDS)
        self._at_once = 0 if pause_ns else self._at_once + 1
        self._next_ns += pause_ns
        if self._at_once >= MAX_ARRIVALS_AT_ONCE:
            self._fail(
                ValueError(f"arrivals: there is no time between arrivals, {MAX_ARRIVALS_AT_ONCE:,} came at once")
            )
        elif self._next_ns <= self._end_ns:
            self._clock.sleepers.set_at(self._next_ns, self._arrive)
        else:
            self._next_ns = -1
            self._end_if_over()

    def _arrive(self) -> None:
        self._queue.append(self._next_ns)
        self._start_next()
        if self._failure is None:
            self._await_next()

    def _start_next(self) -> None:
        if not self._queue or self._under_way >= self._max_at_once or self._failure is not None:
            return
        arrived_ns = self._queue.popleft()
        try:
            given = self._input(self._begun, self._input_random) if callable(self._input) else self._input
            execution = self._begin(given)
        except Exception as error:  # noqa: BLE001 - raised by `run`: nothing may be raised into the event loop
            self._fail(error)
            return
        self._begun += 1
        self._under_way += 1
        execution.when_ended(partial(self._ended, arrived_ns))
        self._call(execution)

    def _ended(self, arrived_ns: int, execution: Execution) -> None:
        self._under_way -= 1
        self.statuses[execution.status] += 1
        self.durations_ns.append(self._clock.now_ns - arrived_ns)
        self._start_next()
        self._end_if_over()

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._queue.clear()
        self._is_over.set()

    def _end_if_over(self) -> None:
        if self._next_ns < 0 and not self._under_way:
            self._is_over.set()
