"""Small workflows, the steps that they are made of, and what happened in them."""

import json
from functools import partial

import anyio

from flowrt import StepRegistry, load_definition
from flowrt.clock import NANOSECONDS
from flowrt.events import AttemptEnded


def workflow(steps, edges=(), *, policies=None, joins=None, **keys):
    """A workflow of steps by node id and of edges like `a>b`, `a.yes>b` for a branch, or `a>b on failure`.

    A step is a function of a record, or what a node of a built-in type has beside its id.
    """
    registry = StepRegistry.with_builtins()
    nodes = []
    for node, step in steps.items():
        if callable(step):
            registry.step(f"of {node}")(step)
        kind = {"type": f"of {node}"} if callable(step) else step
        asked = {"policy": (policies or {}).get(node), "join": (joins or {}).get(node)}
        nodes.append({"id": node, **kind, **asked})
    return load_definition(
        {"name": "small", "nodes": nodes, "edges": [_edge(text) for text in edges], **keys}, registry
    )


def _edge(text):
    ends, _, on = text.partition(" on ")
    source, target = ends.split(">")
    source, _, handle = source.partition(".")
    return {"source": source, "sourceHandle": handle or None, "target": target, "on": on or "success"}


# --- steps ------------------------------------------------------------------------------------------------------------


def gives(_record):
    return {}


def fails(_record):
    raise LookupError("not there")


def sleeps(seconds):
    async def sleep(_record):
        await anyio.sleep(seconds)
        return {}

    return sleep


def fails_after(seconds):
    async def fail(record):
        await anyio.sleep(seconds)
        fails(record)

    return fail


def fails_once(then=gives):
    """A step that does something else after its first attempt, which fails."""
    attempts = []

    def try_again(record):
        attempts.append(record)
        return then(record) if len(attempts) > 1 else fails(record)

    return try_again


async def returns_all_the_same(_record):
    try:
        await anyio.sleep_forever()
    except anyio.get_cancelled_exc_class():
        return {"late": True}


def refuses(seconds):
    async def refuse(_record):
        with anyio.CancelScope(shield=True):
            await anyio.sleep(seconds)
        return {}

    return refuse


def delays(seconds):
    return {"type": "delay", "data": {"delay_seconds": seconds}}


WAITS_FOR_A_SIGNAL = {"type": "wait_signal", "data": {"name": "go"}}


class Held:
    """A step that begins, and ends when it is told to."""

    def __init__(self, ends=gives):
        self.begun, self.told = anyio.Event(), anyio.Event()
        self._ends = ends

    @property
    def step(self):
        return partial(_hold, self)


async def _hold(held, record):
    held.begun.set()
    await held.told.wait()
    return held._ends(record)


# --- what happened ----------------------------------------------------------------------------------------------------


class History:
    """The events of one execution that has ended."""

    def __init__(self, events):
        self.attempts = [event for event in events if isinstance(event, AttemptEnded)]
        self.end = events[-1]
        self._started_ns = self.end.at_ns - self.end.duration_ns

    @property
    def order(self):
        """The nodes in the order in which they ended, each attempt."""
        return [event.node for event in self.attempts]

    def of(self, node):
        """The ends of a node's attempts, or its only end without one."""
        return [event for event in self.attempts if event.node == node]

    def statuses(self, node):
        return [event.status for event in self.of(node)]

    def status(self, node):
        """How a node ended; `None` if it left no record."""
        return self.statuses(node)[-1] if self.of(node) else None

    def note(self, node):
        return self.of(node)[-1].note

    def error(self, node):
        """The name of a node's last error, without its module."""
        return self.of(node)[-1].error.type.rpartition(".")[2]

    def ends_seconds(self, node):
        """When the attempts of a node ended, since the execution began."""
        return [self._seconds(event) for event in self.of(node)]

    @property
    def end_seconds(self):
        return self._seconds(self.end)

    def carried(self, node):
        """The tokens that came over the edges into a node whose join is `all_settled`."""
        (end,) = self.of(node)
        return [each["outcome"] for each in json.loads(end.output.text)["outcomes"]]

    def _seconds(self, event):
        return (event.at_ns - self._started_ns) / NANOSECONDS
