"""Running a definition: each runner takes a definition and an input and returns the events."""

from contextlib import suppress
from functools import partial

import anyio

from flowrt.errors import FlowrtError
from flowrt.runtime import Runtime
from flowrt.steps.registry import StepRegistry
from flowrt.testing import Simulation
from flowrt.testing.scripted import ScriptedType

LONGEST_SECONDS = 10
"""After that an execution is cancelled, which no reference allows."""


def catalog():
    registry = StepRegistry()
    registry.add(ScriptedType())
    return registry


def in_real_time(document, input, *, backend, events=None):
    events = [] if events is None else events

    async def main():
        async with Runtime(steps=catalog(), on_event=events.append) as runtime:
            with anyio.move_on_after(LONGEST_SECONDS), suppress(FlowrtError):
                await runtime.run(document, input)

    anyio.run(main, backend=backend)
    return events


on_asyncio = partial(in_real_time, backend="asyncio")
on_trio = partial(in_real_time, backend="trio")


def in_virtual_time(document, input, *, seed, events=None):
    events = [] if events is None else events
    simulation = Simulation(seed, until_seconds=1e6)

    def tell(event):
        simulation.recorder.event(event)
        events.append(event)

    async def main():
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        async with Runtime(steps=catalog(), on_event=tell, **parts) as runtime:
            with suppress(FlowrtError):
                await runtime.run(document, input)

    simulation.run(main)
    return events
