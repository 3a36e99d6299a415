"""Who listens to executions: to one of them, or to all of a runtime."""

import logging
from typing import TYPE_CHECKING

from flowrt.channels.event_stream import Listener
from flowrt.events import Event
from flowrt.typing import EventHook

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel

logger = logging.getLogger("flowrt")


class HookListener:
    """Calls a hook with every event. Its errors are its own: no execution fails because of it."""

    def __init__(self, kernel: "Kernel", hook: EventHook) -> None:
        self._kernel = kernel
        self._hook = hook

    def hear(self, event: Event) -> None:
        """Call the hook; what it asks of executions meanwhile is done when the kernel's step is whole."""
        was_telling, self._kernel.is_telling = self._kernel.is_telling, True
        try:
            self._hook(event)
        except Exception:
            kind = type(event).__name__
            logger.warning("hook %r raised at %s of execution %s", self._hook, kind, event.execution_id, exc_info=True)
        finally:
            self._kernel.is_telling = was_telling

    def end(self) -> None:
        """Do nothing: a hook hears of no end."""


class ExecutionEvents:
    """The events of one execution, for those who want to listen."""

    def __init__(self, execution: "Execution") -> None:
        self._execution = execution

    def listen(self, listener: Listener) -> None:
        """Tell a listener of all events from now on."""
        if self._execution.status != "running":
            listener.end()
            return
        self._execution.listeners += (listener,)
        look_for_listeners(self._execution)

    def unlisten(self, listener: Listener) -> None:
        """Tell a listener no more."""
        self._execution.listeners = _without(listener, self._execution.listeners)
        look_for_listeners(self._execution)


class RuntimeEvents:
    """The events of all executions of a runtime, for those who want to listen."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel

    def listen(self, listener: Listener) -> None:
        """Tell a listener of all events from now on."""
        self._change((*self._kernel.listeners, listener))

    def unlisten(self, listener: Listener) -> None:
        """Tell a listener no more."""
        self._change(_without(listener, self._kernel.listeners))

    def _change(self, listeners: tuple[Listener, ...]) -> None:
        self._kernel.set_listeners(listeners)
        for execution in self._kernel.executions:
            look_for_listeners(execution)


def _without(listener: Listener, listeners: tuple[Listener, ...]) -> tuple[Listener, ...]:
    """Return all but one; a new tuple, since the old one may be being told of an event."""
    return tuple(other for other in listeners if other is not listener)


def look_for_listeners(execution: "Execution") -> None:
    """Let an execution make the events that somebody wants, and no others."""
    kernel, has_listeners = execution.kernel, execution.has_listeners
    execution.is_watched = has_listeners or kernel.is_watched
    execution.is_overseen = has_listeners or kernel.is_overseen
    execution.flow.count()
