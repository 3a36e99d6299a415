"""Asking why in virtual time: of the execution while it runs, of it when it has ended, and of its log."""

from typing import NamedTuple

import anyio

from flowrt import MemoryStore, Runtime, StepRegistry
from flowrt.explain import Explanation, explain
from flowrt.testing import Simulation
from flowrt.testing.scripted import ScriptedType


class Answers(NamedTuple):
    live: Explanation
    logged: Explanation
    after: Explanation
    """Of the execution, when it had ended."""
    logged_after: Explanation


def catalog(handles, called):
    registry = StepRegistry.with_builtins(entry_points=False)
    registry.add(ScriptedType())

    @registry.step("stubborn")
    async def stubborn(_record):
        """Refuses to end for 20 seconds."""
        with anyio.CancelScope(shield=True):
            await anyio.sleep(20)
        return {}

    @registry.step("calls")
    def calls(_record):
        """Does what the question says, inside of the step."""
        called(*handles)
        return {}

    registry.step("blocks")(block)

    @registry.step("exits")
    def exits(_record):
        raise SystemExit(3)

    return registry


def block(_record):
    """Takes 2 seconds, wherever it is placed: a simulation waits for what it returns."""

    async def wait():
        await anyio.sleep(2)
        return {}

    return wait()


def node(key, kind="scripted", policy=None, join=None, **data):
    """A node; by default it returns at once."""
    made = {"id": key, "type": kind, "data": data}
    return made | ({"policy": policy} if policy else {}) | ({"join": join} if join else {})


def sleeps(key, seconds, **options):
    return node(key, attempts=[{"runs": "sleep", "seconds": seconds}], **options)


def fails(key, error="ValueError", **options):
    return node(key, attempts=[{"fails": error}], **options)


def workflow(nodes, edges=(), **options):
    """A definition with edges like `a>b`, or as dicts."""
    made = [
        edge if isinstance(edge, dict) else dict(zip(("source", "target"), edge.split(">"), strict=True))
        for edge in edges
    ]
    return {"name": "test", "nodes": list(nodes), "edges": made, **options}


def ask(document, key, *, at=0.5, acts=(), called=None, input=None, until=60, **options):
    """Ask about a node at a time, and again when the execution has ended.

    Args:
        document: The definition.
        key: The node.
        at: When, in seconds.
        acts: Times, and what is done then with the handle.
        called: What `calls` nodes do with the handle.
        input: The execution's input.
        until: When the execution is cancelled, in seconds.
        options: Those of the runtime.
    """
    simulation = Simulation(0)
    handles = []

    async def main():
        store = MemoryStore(clock=simulation.clock)
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        async with (
            Runtime(store=store, steps=catalog(handles, called), **parts, **options) as runtime,
            anyio.create_task_group() as group,
        ):

            async def act(seconds, what):
                await anyio.sleep(seconds)
                what(handle)

            handle = await runtime.start(document, input)
            handles.append(handle)
            for seconds, what in acts:
                group.start_soon(act, seconds, what)
            await anyio.sleep(at)
            await handle._execution.kernel.acknowledge(handle._execution)
            live = handle.why(key), await explain(store, handle.execution_id, key, clock=simulation.clock)
            with anyio.move_on_after(until):
                await handle.wait()
            handle.cancel("the test is over")
            await handle.wait()
            return Answers(
                *live, handle.why(key), await explain(store, handle.execution_id, key, clock=simulation.clock)
            )

    return simulation.run(main)


def ask_all(document, input, *, seed, cancels):
    """Run a definition of `scripted` nodes, ask about all nodes all the time, and return the answers of its end.

    Args:
        document: The definition.
        input: Its input.
        seed: What decides the order, and which nodes fail.
        cancels: Times in seconds, each with the place of a node that is cancelled, or `None` for the execution.
    """
    simulation = Simulation(seed)
    keys = [found["id"] for found in document["nodes"]]
    for found in simulation.random("failures").sample(document["nodes"], len(keys) // 3):
        found["data"]["attempts"][0]["fails"] = "ValueError"

    async def main():
        store = MemoryStore(clock=simulation.clock)
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        async with (
            Runtime(store=store, steps=catalog((), None), **parts) as runtime,
            anyio.create_task_group() as group,
        ):
            handle = await runtime.start(document, input)

            async def cancel(seconds, place):
                await anyio.sleep(seconds)
                handle.cancel("asked", node=None if place is None else keys[place % len(keys)])

            async def look():
                while handle.status == "running":
                    for key in keys:
                        assert str(handle.why(key))
                        assert str(await explain(store, handle.execution_id, key, clock=simulation.clock))
                    await anyio.sleep(0.37)

            for seconds, place in cancels:
                group.start_soon(cancel, seconds, place)
            group.start_soon(look)
            await handle.wait()
        return [(handle.why(key), await explain(store, handle.execution_id, key)) for key in keys]

    return simulation.run(main)
