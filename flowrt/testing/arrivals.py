"""Many executions in virtual time: load as it comes in over hours."""

import math
from array import array
from collections.abc import Collection, Mapping
from functools import partial
from heapq import merge
from typing import Any

from flowrt.actors.limits import NO_LIMITS, Limits
from flowrt.clock import NANOSECONDS
from flowrt.events import ExecutionStatus
from flowrt.option_checks import LONGEST_SECONDS, check_number, check_part, check_whole
from flowrt.testing.distributions import Distribution
from flowrt.testing.load import Input, Load
from flowrt.testing.runnable import as_runnable
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import StandIn, check_stand_ins, simulated_plan
from flowrt.testing.trace import Trace
from flowrt.typing import StepCatalog

CHUNK = 100_000
"""How many durations are sorted at once: a list of all would take nine times the memory."""


class SimulatedArrivals:
    """How the executions of a simulation ended, and how long they took.

    Attributes:
        completed: How many executions completed.
        failed: How many failed.
        cancelled: How many were cancelled.
        trace: What happened; its events are there only if they were to be kept.
    """

    def __init__(self, statuses: Mapping[ExecutionStatus, int], durations_ns: "array[int]", trace: Trace) -> None:
        self.completed = statuses.get("completed", 0)
        self.failed = statuses.get("failed", 0)
        self.cancelled = statuses.get("cancelled", 0)
        self.trace = trace
        chunks = [durations_ns[start : start + CHUNK] for start in range(0, len(durations_ns), CHUNK)]
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
    limits: Limits = NO_LIMITS,
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
        limits: How many steps placed in a `thread` or `process` run at once, each in its virtual time: as for a
            `Runtime`, but with 4 processes on every machine.
        check_inputs: Find steps that change what they are given.
        catalog: The step types of a definition, as `load_definition` takes them; `None`: the built-in ones.
        python_modules: What `python` nodes of a definition may call; only with `catalog=None`.

    Raises:
        TypeError: The seed is no integer, `steps` no mapping, or another option of another kind than expected.
        ValueError: The duration is not above 0, `max_at_once` is below 1, or no time lies between arrivals.
        DefinitionError: The definition is wrong, or a stand-in fits no step.
        RuntimeError: An event loop of trio's runs here, or a simulation in another thread.
        InputError: The input does not fit.
        DurationDrawnError: `arrivals` or a latency drew what can't be a duration.
        SimulationError: A step waited for something real, or for something that never comes, or the like.
    """
    check_part("arrivals", arrivals, "draw_seconds", "a distribution, such as poisson(per_second=5)")
    check_number("duration_seconds", duration_seconds, above=0, most=LONGEST_SECONDS)
    if max_at_once is not None:
        check_whole("max_at_once", max_at_once, least=1)
    simulation = Simulation(seed, keep_events=keep_events, limits=limits)
    stand_ins = check_stand_ins(steps)
    loaded = as_runnable(workflow, catalog, python_modules)
    plan = simulated_plan(loaded, stand_ins, simulation, check_inputs=check_inputs)
    load = Load(simulation, arrivals, duration_seconds, input, max_at_once)
    simulation.run(partial(load.run, plan))
    simulation.refuse_left_tasks()
    return SimulatedArrivals(load.statuses, load.durations_ns, simulation.recorder.trace())
