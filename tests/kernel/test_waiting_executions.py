"""Executions that wait: a million of them fit into memory, and they go on as if they had not."""

import gc
from contextvars import ContextVar

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import retried, workflow

from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio

MANY = 200
MOST_OBJECTS = 18
"""That the garbage collector follows, for each execution that waits: 16 of them, 30 if all were kept."""
who = ContextVar("who", default="nobody")


async def until(condition):
    with anyio.fail_after(60):
        while not condition():
            await anyio.lowlevel.checkpoint()


async def test_what_waits_keeps_nothing_that_it_does_not_need():
    def fails(_record):
        raise ConnectionError

    waiting = workflow({"a": lambda _record: {}, "b": fails}, policies={"b": retried(2, delay_seconds=3600)})
    async with Runtime() as runtime:
        handles = [await runtime.start(waiting)]
        kernel = runtime._engine.kernel
        await until(lambda: len(kernel.timers) == 1)
        gc.collect()
        before = len(gc.get_objects())
        handles += [await runtime.start(waiting) for _ in range(MANY)]
        await until(lambda: len(kernel.timers) == 1 + MANY)
        gc.collect()
        assert len(gc.get_objects()) - before < MOST_OBJECTS * MANY


async def test_what_has_waited_goes_on_in_the_context_that_it_began_in():
    seen = []

    def looks(_record):
        seen.append(who.get())
        if len(seen) == 1:
            raise ConnectionError
        return {}

    def looks_again(_record):
        seen.append(who.get())
        return {}

    waiting = workflow({"a": looks, "b": looks_again}, policies={"a": retried(2)})
    async with Runtime() as runtime:
        who.set("the caller")
        handle = await runtime.start(waiting)
        who.set("somebody else")
        assert await handle.wait() == "completed"
    assert seen == ["the caller"] * 3
