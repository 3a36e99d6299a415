"""What all parts of one runtime share."""

import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from anyio.abc import TaskGroup

from flowrt.actors import ending, interrupting, live, overseeing, pausing, placing, signals, supervisor, waiting
from flowrt.actors.backend import current_backend, functions_of
from flowrt.actors.crew import Crew
from flowrt.actors.execution import Execution
from flowrt.actors.executions import Executions
from flowrt.actors.journal import Journal
from flowrt.actors.listeners import HookListener
from flowrt.actors.places import Places
from flowrt.actors.settings import Settings
from flowrt.actors.timers import Timers
from flowrt.actors.turn import GatedTurn, Turn
from flowrt.actors.watchdog import Watchdog
from flowrt.actors.worker import Worker
from flowrt.channels.event_stream import Listener
from flowrt.errors import StoreError, WrongThreadError

if TYPE_CHECKING:
    from flowrt.actors.sink import Sink


class Kernel:
    """The injected parts, the actors of the runtime, and its running executions.

    Args:
        settings: What the runtime was made with.
        group: The nursery of everything but the log.
        sink: The actor that writes the log; `None` keeps none.
        places: Where placed steps run; they outlive the nursery.
        guarded: What Ctrl-C must not tear apart, beside the kernel's own functions.
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
        self.backend.guard(protected=(*GUARDED, *guarded), exposed=Worker.EXPOSED)
        self.thread = threading.get_ident()
        self.clock = settings.clock
        self.monotonic_ns: Callable[[], int] = settings.clock.monotonic_ns
        self.random = settings.random
        self.gate = gate
        self.sink = sink
        self.is_durable = settings.durability == "execution"
        """Results are given once they are committed."""
        self.journal = Journal(self)
        self.set_listeners(tuple(HookListener(self, hook) for hook in settings.hooks))
        self.is_telling = False
        """A hook is being called, in the midst of a step of the kernel."""
        self.grace_seconds = settings.grace_seconds
        self.is_paused = False
        """Executions begin paused."""
        self.is_draining = False
        """No execution begins any more, but in a step."""
        self.max_payload_bytes = settings.max_payload_bytes
        wait_space = None if sink is None else sink.wait_space
        now_ns, checkpoint = settings.clock.monotonic_ns, self.backend.checkpoint
        self.turn = Turn(now_ns, checkpoint, wait_space) if gate is None else GatedTurn(gate, wait_space)
        self.watchdog = Watchdog(settings.watchdog_seconds if gate is None else None)
        self.parent: ContextVar[Execution | None] = ContextVar("flowrt execution", default=None)
        self.executions = Executions(settings.ids)
        self.group = group
        self.interruption: KeyboardInterrupt | None = None
        self.timers = Timers(settings.clock, self.turn)
        self.places = places
        self.crew = Crew(self, group)
        if gate is None:
            group.start_soon(self.timers.run, name="flowrt timers")
        else:
            gate.start(self.timers, group)

    def set_listeners(self, listeners: tuple[Listener, ...]) -> None:
        """Say who hears of all executions; those that run already have to be told."""
        self.listeners = listeners
        self.is_watched = bool(listeners) or self.sink is not None
        """Somebody wants the log events of all executions."""
        self.is_overseen = bool(listeners) or self.gate is not None
        """What fires next in any execution is told, or decided by a gate."""

    def check_thread(self, what: str) -> None:
        """Refuse calls of other threads.

        Raises:
            WrongThreadError: This is another one than the runtime's.
        """
        if self.thread != threading.get_ident():
            raise WrongThreadError(what, is_in_loop=False)

    def do(self, command: Callable[[], None]) -> None:
        """Do what somebody asks of executions; what a hook asks, before the next firing: a step of the kernel is whole.

        A worker between two firings does it, or the timers, whoever comes first.

        Raises:
            WrongThreadError: This is another thread than the runtime's.
        """
        self.check_thread("the runtime or a handle of it")
        if self.is_telling:
            self.turn.do_next(command)
            self.timers.set(0, self.turn.do_waiting)
        else:
            command()

    async def acknowledge(self, execution: Execution) -> None:
        """Wait until what the execution logged so far is as durable as the runtime promises.

        Raises:
            StoreError: It could not be written.
        """
        if self.sink is not None and self.is_durable:
            await self.sink.wait_committed(execution.position)

    def when_acknowledged(self, execution: Execution, callback: Callable[[StoreError | None], None]) -> None:
        """Call back when `acknowledge` would return, or with what it would raise."""
        if self.sink is not None and self.is_durable:
            self.sink.when_committed(execution.position, callback)
        else:
            callback(None)

    def end_listening(self) -> None:
        """Tell those who listen to all executions that no more events come."""
        for listener in self.listeners:
            listener.end()

    def interrupt(self, interruption: KeyboardInterrupt) -> None:
        """End everything because of Ctrl-C in a helper; whoever leaves the runtime raises it, once the log is written.

        Raised in the helper's task, it would stop asyncio's loop before that.
        """
        self.interruption = interruption
        self.group.cancel_scope.cancel()


GUARDED = functions_of(
    Crew,
    Execution,
    Kernel,
    Timers,
    Turn,
    Worker,
    ending,
    interrupting,
    live,
    overseeing,
    pausing,
    placing,
    signals,
    supervisor,
    waiting,
)
"""All that steps the kernel, whoever calls it: torn apart by a Ctrl-C, it would leave executions that never end."""
