"""Running a definition: each runner takes a definition and an input and returns the events."""

from contextlib import suppress
from functools import partial

import anyio
from reference.ends import BEGINS, SIGNAL, End

from flowrt.errors import FlowrtError, SignalRefusedError
from flowrt.events import LogEvent
from flowrt.runtime import Runtime
from flowrt.steps.registry import StepRegistry
from flowrt.storage import MemoryStore
from flowrt.testing import Simulation
from flowrt.testing.scripted import ScriptedType

LONGEST_SECONDS = 10
"""After that an execution is cancelled, which no reference allows."""


def catalog():
    registry = StepRegistry()
    registry.add(ScriptedType())
    return registry


class LogThatTells(MemoryStore):
    """A store whose log puts the events into a list. Where nobody else listens, nodes may fire in the plan's order."""

    def __init__(self, events):
        super().__init__()
        self._events = events

    @property
    def log(self):
        return self

    async def write(self, batch):
        self._events += batch


def in_real_time(document, input, *, backend, is_overseen, events=None):
    events = [] if events is None else events

    def tell(event):
        if isinstance(event, LogEvent):
            events.append(event)

    listens = {"hooks": [tell]} if is_overseen else {"store": LogThatTells(events)}

    async def main():
        async with Runtime(steps=catalog(), **listens) as runtime:
            with anyio.move_on_after(LONGEST_SECONDS), suppress(FlowrtError):
                await runtime.run(document, input)

    anyio.run(main, backend=backend)
    return events


on_asyncio = partial(in_real_time, backend="asyncio", is_overseen=True)
on_trio = partial(in_real_time, backend="trio", is_overseen=True)
alone_on_asyncio = partial(in_real_time, backend="asyncio", is_overseen=False)
alone_on_trio = partial(in_real_time, backend="trio", is_overseen=False)


def in_virtual_time(document, input, *, seed, events=None, requests=()):
    """Run a definition in virtual time; the events come with their times, and with the begins of attempts.

    Args:
        document: The definition.
        input: Its input.
        seed: What decides the order.
        events: Where they go.
        requests: The cancels and signals that are asked for on the way, as `End`s with their times.
    """
    events = [] if events is None else events
    simulation = Simulation(seed, until_seconds=1e6)
    told = []

    def tell(event):
        simulation.recorder(event)
        if isinstance(event, LogEvent):
            told.append(event)

    async def main():
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        async with Runtime(steps=catalog(), hooks=[tell], **parts) as runtime, anyio.create_task_group() as group:
            handle = await runtime.start(document, input)
            for request in requests:
                group.start_soon(ask, runtime, handle, request)
            with suppress(FlowrtError):
                await handle.result()
            await anyio.sleep(LONGEST_SECONDS)  # whatever still runs would go on now
            assert left_over(runtime, handle) == []

    try:
        simulation.run(main)
    finally:
        events += with_begins(simulation.recorder.trace().events, told)
    return events


def left_over(runtime, handle):
    """Return what is left of an execution that has ended: there must be nothing."""
    execution, kernel = handle._execution, runtime._engine.kernel
    left = [*execution.suspended.values(), *execution.parking, *execution.flow.ready, *execution.rare.held]
    tasks = [f"{execution.hands} workers"] if execution.hands else []
    timers = [f"{len(kernel.timers)} timers"] if len(kernel.timers) else []
    return [*left, *tasks, *timers, *kernel.executions]


def with_begins(traced, told):
    """Return the events that were told with their times, and among them the begins of attempts."""
    rest = iter(told)
    return [
        (
            event.at_ns,
            End(event.node, event.attempt, BEGINS, at_ns=event.at_ns)
            if event.what == "attempt.started"
            else next(rest),
        )
        for event in traced
    ]


async def ask(runtime, handle, request):
    """Cancel an execution or one of its nodes at a time, or send it a signal, which nobody may want any more."""
    await anyio.sleep(request.at_ns / 1e9)
    if request.status == SIGNAL:
        with suppress(SignalRefusedError):
            await runtime.signal(handle.execution_id, request.note, request.produced)
    else:
        handle.cancel(request.note or "asked", node=request.node or None)
