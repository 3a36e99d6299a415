"""What all parts of one runtime share."""

from collections.abc import Callable
from contextvars import ContextVar
from random import Random
from typing import TYPE_CHECKING

from anyio.abc import TaskGroup

from flowrt.actors import supervisor
from flowrt.actors.backend import current_backend
from flowrt.actors.crew import Crew
from flowrt.actors.execution import Execution
from flowrt.actors.timers import Timers
from flowrt.actors.turn import Turn
from flowrt.events import LogEvent
from flowrt.typing import Clock, CompletionGate, Ids

if TYPE_CHECKING:
    from flowrt.actors.sink import Sink


class Kernel:
    """The injected parts, the actors of the runtime, and its running executions."""

    def __init__(
        self,
        *,
        group: TaskGroup,
        clock: Clock,
        random: Random,
        ids: Ids,
        gate: CompletionGate | None,
        sink: "Sink | None",
        on_event: Callable[[LogEvent], None] | None,
        turn: Turn,
        max_payload_bytes: int,
    ) -> None:
        self.backend = current_backend()
        self.clock = clock
        self.monotonic_ns: Callable[[], int] = clock.monotonic_ns
        self.random = random
        self.ids = ids
        self.gate = gate
        self.sink = sink
        self.on_event = on_event
        self.turn = turn
        self.max_payload_bytes = max_payload_bytes
        self.parent: ContextVar[Execution | None] = ContextVar("flowrt execution", default=None)
        self.timers = Timers(clock)
        self.crew = Crew(self, group)
        if gate is None:
            group.start_soon(self.timers.run, name="flowrt timers")
        else:
            gate.start(self.timers, group)
        self.executions: dict[Execution, None] = {}
        """Those that run, in the order in which they began."""
        self.backend.protect(
            Execution.succeed,
            Execution.record_cancelled,
            Execution.cancel,
            Execution.check_rest,
            supervisor.attempt_failed,
            supervisor.delay_ended,
        )
