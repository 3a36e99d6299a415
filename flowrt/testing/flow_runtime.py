"""A runtime for tests: in virtual time, with its log in memory, and strict about what is left when it ends."""

import trio

from flowrt.actors.execution import Execution
from flowrt.clock import UuidV7Ids
from flowrt.events import LogEvent
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.testing.real_waits import suspended_nodes
from flowrt.testing.simulation import Simulation
from flowrt.testing.trace import Trace
from flowrt.testing.virtual_clock import VirtualClock


class FlowRuntime(Runtime):
    """What the fixture `flow_runtime` gives.

    Args:
        simulation: Whose time and order it follows.
    """

    store: MemoryStore
    """Its log."""
    clock: VirtualClock
    """Its time; it stands still unless everybody waits."""
    events: list[LogEvent]
    """All events so far."""

    def __init__(self, simulation: Simulation) -> None:
        self.store = MemoryStore()
        self.clock = simulation.clock
        self.events = []
        self._simulation = simulation
        random = simulation.random("runtime")
        super().__init__(
            store=self.store,
            clock=simulation.clock,
            random=random,
            ids=UuidV7Ids(simulation.clock, random),
            gate=simulation.schedule,
            on_event=self._take,
        )

    @property
    def trace(self) -> Trace:
        """What happened so far."""
        return self._simulation.recorder.trace()

    async def find_left(self) -> list[str]:
        """Return what a test left behind, as sentences: executions, suspended steps, unwritten records."""
        await self.clock.sleep_until(self.clock.now_ns + 1)  # until nothing more happens at this instant
        kernel = self._engine.kernel
        left = [_describe(execution) for execution in kernel.executions]
        named = {node.id for execution in kernel.executions for node in execution.suspended.values()}
        left += [f"the step of node {node!r} refused to end" for node in suspended_nodes() if node not in named]
        if kernel.sink is not None:
            with trio.move_on_after(1):
                await kernel.sink.wait_committed(kernel.sink.statistics().sent)
            missing = kernel.sink.statistics().sent - kernel.sink.statistics().committed
            left += [f"{missing} records were not written to the store"] if missing else []
        return left

    def _take(self, event: LogEvent) -> None:
        self.events.append(event)
        self._simulation.recorder.event(event)


def _describe(execution: Execution) -> str:
    states = [f"the step of node {node.id!r} is suspended" for node in execution.suspended.values()]
    states += [f"node {node.id!r} waits for its time" for node in execution.attempts.parked_nodes()]
    states += [f"node {node.id!r} is ready" for node in execution.flow.ready]
    return f"execution {execution.id} of {execution.plan.name!r} still runs: {', '.join(states)}"
