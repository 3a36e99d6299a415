"""A runtime for tests: in virtual time, with its log in memory, and strict about what is left when the test ends."""

from collections.abc import Collection, Iterator
from typing import Any, Self

import anyio

from flowrt.actors.execution import Execution
from flowrt.actors.sink import Sink
from flowrt.clock import NANOSECONDS, UuidV7Ids
from flowrt.events import AttemptEnded, ExecutionEnded, LogEvent, WaitsFor
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.testing.capture import CapturedEvents
from flowrt.testing.real_waits import suspended_nodes
from flowrt.testing.simulation import MAX_PROCESSES, Simulation
from flowrt.testing.trace import Trace
from flowrt.testing.virtual_clock import VirtualClock
from flowrt.testing.watched_plans import WatchedPlans
from flowrt.typing import StepCatalog

USUAL_TASKS = frozenset({"flowrt helper", "flowrt sink"})
"""Tasks that an open runtime has, whatever became of its executions."""

DECIDED = ("store", "clock", "random", "gate", "hooks")
"""The options of a runtime that the simulation sets."""

WAITS: dict[WaitsFor, str] = {
    "retry": "its next attempt",
    "delay": "its delay to end",
    "signal": "its signal",
    "thread": "a free thread",
    "process": "a free process",
}


class FlowRuntime(Runtime):
    """What the fixture `flow_runtime` gives: a runtime in the time and order of a simulation.

    It is to be entered inside of `simulation.run`.

    Args:
        simulation: Whose time and order it follows, and which looks at its steps as `simulate` does.
        check_inputs: Find steps that change what they are given; each call costs a copy of its input.
        steps: The step types of definitions, as for `Runtime`.
        python_modules: The modules whose functions `python` nodes may call, as for `Runtime`.
        options: Those of `Runtime` that the simulation does not decide: `durability`, `grace_seconds`, ...

    Raises:
        TypeError: An option is of another kind than expected, or one that the simulation decides.
        ValueError: An option has an impossible value.
    """

    store: MemoryStore
    """Its log; it can still be read when the runtime was left."""
    clock: VirtualClock
    """Its time, which passes only when everybody waits."""
    captured: CapturedEvents
    """All events so far, in their order."""

    def __init__(
        self,
        simulation: Simulation,
        *,
        check_inputs: bool = True,
        steps: StepCatalog | None = None,
        python_modules: Collection[str] = (),
        **options: Any,
    ) -> None:
        if decided := [repr(name) for name in DECIDED if name in options]:
            raise TypeError(f"the simulation decides {' and '.join(decided)}: leave that out of flow_runtime_options")
        self.clock = simulation.clock
        self.store = MemoryStore(clock=self.clock, ids=UuidV7Ids(self.clock, simulation.random("store")))
        self.captured = CapturedEvents()
        self._recorder = simulation.recorder
        self._sink: Sink | None = None
        options["limits"] = {"process": MAX_PROCESSES, **options.get("limits", {})}
        super().__init__(
            store=self.store,
            clock=self.clock,
            random=simulation.random("runtime"),
            gate=simulation.schedule,
            hooks=[self.captured, simulation.recorder],
            **options,
        )
        self._engine.plans = WatchedPlans(
            self.store, steps, python_modules, simulation=simulation, check_inputs=check_inputs
        )

    async def __aenter__(self) -> Self:
        """Open the store and start the actors."""
        await super().__aenter__()
        self._sink = self._engine.kernel.sink
        return self

    @property
    def trace(self) -> Trace:
        """What happened so far."""
        return self._recorder.trace()

    async def find_left(self) -> list[str]:
        """Return what is still under way in the open runtime, as phrases that name the nodes.

        What happens without any time passing, such as the end of a step that was just cancelled, may happen first.
        """
        await anyio.sleep(1 / NANOSECONDS)  # virtual time: the next instant begins when nothing is left of this one
        executions = list(self._engine.kernel.executions)
        named = {node.id for execution in executions for node in execution.suspended}
        abandoned = [node_id for node_id in suspended_nodes() if node_id not in named]
        tasks = sorted({task.name or "" for task in anyio.get_running_tasks()} - USUAL_TASKS)
        return [
            *(self._describe(execution) for execution in executions),
            *(f"the step of node {node_id!r}, which was cancelled, has not ended" for node_id in abandoned),
            *(f"the task {name!r} still runs" for name in tasks if name.startswith("flowrt ")),
        ]

    def find_unwritten(self) -> list[str]:
        """Return the records that did not get into the store; asked when the runtime was left."""
        logged = self.captured.logged
        committed = len(logged) if self._sink is None else self._sink.statistics().committed
        return [f"not written to the store: {_name_of(event)}" for event in logged[committed:]]

    def _describe(self, execution: Execution) -> str:
        states = "; ".join(self._states(execution)) or "it is about to end"
        how = "is paused" if execution.is_paused else "still runs"
        how = "was cancelled, but has not ended" if execution.is_ending else how
        return f"execution {execution.id} of {execution.plan.name!r} {how}: {states}"

    def _states(self, execution: Execution) -> Iterator[str]:
        for node in execution.suspended:
            yield f"the step of node {node.id!r} is suspended"
        for node, parked in execution.parking.items():
            yield f"node {node.id!r} waits for {WAITS[parked.waits_for]}"
        for node in (*execution.flow.ready, *execution.rare.held):
            yield f"node {node.id!r} is ready to fire"


def _name_of(event: LogEvent) -> str:
    match event:
        case AttemptEnded():
            return f"attempt {event.attempt} of node {event.node!r} in execution {event.execution_id}"
        case ExecutionEnded():
            return f"the end of execution {event.execution_id}"
        case _:
            return f"the start of execution {event.execution_id} of {event.workflow!r}"
