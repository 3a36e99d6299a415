"""Executions that begin as inputs arrive, in virtual time."""

import math
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any, TypeAlias

import trio

from flowrt.actors.execution import Execution
from flowrt.clock import NANOSECONDS
from flowrt.events import ExecutionStatus
from flowrt.graph.plan import Plan
from flowrt.option_checks import LONGEST_SECONDS
from flowrt.testing.distributions import Distribution, draw_seconds
from flowrt.testing.simulation import Simulation

MAX_ARRIVALS_AT_ONCE = 10_000
Input: TypeAlias = Mapping[str, Any] | Callable[[int, Random], Mapping[str, Any]]
"""The input of every execution, or a function that returns that of the n-th, from 0."""


class Load:
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
        self._pauses_ns = self._draw_pauses_ns(between)
        self._end_ns = round(duration_seconds * NANOSECONDS)
        self._input: Input = input if input is not None else dict[str, Any]()
        self._max_at_once = max_at_once or math.inf
        self._queue: deque[int] = deque()
        self._under_way = 0
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

    def _draw_pauses_ns(self, between: Distribution) -> Iterator[int]:
        """Yield the times between arrivals; those that arrive at one instant are drawn before the first of them does.

        Raises:
            ValueError: They never end.
        """
        while True:
            at_once = [0]
            while not at_once[-1]:
                if len(at_once) > MAX_ARRIVALS_AT_ONCE:
                    came = f"there is no time between arrivals, {MAX_ARRIVALS_AT_ONCE:,} came at once"
                    raise ValueError(f"arrivals: {came}")
                seconds = draw_seconds(between, self._random)
                at_once.append(round(min(seconds, LONGEST_SECONDS + 1) * NANOSECONDS))
            yield from at_once[1:]

    def _await_next(self) -> None:
        try:
            self._next_ns += next(self._pauses_ns)
        except Exception as error:  # noqa: BLE001 - raised by `run`: nothing may be raised into the event loop
            self._fail(error)
            return
        if self._next_ns <= self._end_ns:
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
