"""What all parts of one runtime share."""

import logging
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from anyio.abc import TaskGroup

from flowrt.actors import ending, placing, supervisor
from flowrt.actors.backend import current_backend
from flowrt.actors.crew import Crew
from flowrt.actors.execution import Execution
from flowrt.actors.places import Places
from flowrt.actors.settings import Settings
from flowrt.actors.timers import Timers
from flowrt.actors.turn import GatedTurn, Turn
from flowrt.actors.watchdog import Watchdog
from flowrt.actors.worker import Worker
from flowrt.events import LogEvent

if TYPE_CHECKING:
    from flowrt.actors.sink import Sink

logger = logging.getLogger("flowrt")

GUARDED: tuple[Callable[..., Any], ...] = (
    Crew.help,
    Crew.call,
    Crew.suspended,
    Timers.run,
    Execution.begin_work,
    Execution.end_work,
    Execution.succeed,
    Execution.cancel,
    Execution.check_rest,
    Execution.stop,
    Execution.pause,
    Execution.resume,
    ending.end_interrupted,
    placing.granted,
    supervisor.attempt_failed,
    supervisor.wait_ended,
)


class Kernel:
    """The injected parts, the actors of the runtime, and its running executions.

    Args:
        settings: What the runtime was made with.
        group: The nursery of everything but the log.
        sink: The actor that writes the log; `None` keeps none.
        places: Where placed steps run; they outlive the nursery.
        guarded: What Ctrl-C must not interrupt, beside the kernel's own functions.
    """

    def __init__(
        self,
        settings: Settings,
        group: TaskGroup,
        sink: "Sink | None",
        places: Places,
        guarded: Iterable[Callable[..., Any]],
    ) -> None:
        gate = settings.gate
        self.backend = current_backend()
        # a Ctrl-C that tears one of these apart would leave executions that never end
        self.backend.guard(protected=(*GUARDED, *guarded), exposed=(Worker.work,))
        self.thread = threading.get_ident()
        self.clock = settings.clock
        self.monotonic_ns: Callable[[], int] = settings.clock.monotonic_ns
        self.random = settings.random
        self.ids = settings.ids
        self.gate = gate
        self.sink = sink
        self.on_event = None if settings.on_event is None else _harmless(settings.on_event)
        self.grace_seconds = settings.grace_seconds
        self.is_paused = False
        """Executions begin paused."""
        self.is_draining = False
        """No execution begins any more, but in a step."""
        self.max_payload_bytes = settings.max_payload_bytes
        wait_space = None if sink is None else sink.wait_space
        self.turn = Turn(settings.clock.monotonic_ns, wait_space) if gate is None else GatedTurn(gate, wait_space)
        self.watchdog = Watchdog(settings.watchdog_seconds if gate is None else None)
        self.parent: ContextVar[Execution | None] = ContextVar("flowrt execution", default=None)
        self.executions: dict[str, Execution] = {}
        """Those that run, by id, in the order in which they began."""
        self.group = group
        self.interruption: KeyboardInterrupt | None = None
        self.timers = Timers(settings.clock)
        self.places = places
        self.crew = Crew(self, group)
        if gate is None:
            group.start_soon(self.timers.run, name="flowrt timers")
        else:
            gate.start(self.timers, group)

    def interrupt(self, interruption: KeyboardInterrupt) -> None:
        """End everything because of Ctrl-C in a helper; whoever leaves the runtime raises it, once the log is written.

        Raised in the helper's task, it would stop asyncio's loop before that.
        """
        self.interruption = interruption
        self.group.cancel_scope.cancel()


def _harmless(on_event: Callable[[LogEvent], None]) -> Callable[[LogEvent], None]:
    """Return a listener whose errors are its own: no execution fails because of it."""

    def listen(event: LogEvent) -> None:
        try:
            on_event(event)
        except Exception:
            kind = type(event).__name__
            logger.warning("on_event raised at %s of execution %s", kind, event.execution_id, exc_info=True)

    return listen
