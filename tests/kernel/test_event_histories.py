"""Random workflows, and hooks that cancel and pause at random: whatever is told makes sense, and everything ends."""

from contextlib import suppress
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowrt import FlowrtError, Runtime, StepRegistry
from flowrt.events import (
    AttemptEnded,
    AttemptStarted,
    ExecutionEnded,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    FiringParked,
    FiringResumed,
)
from flowrt.testing import Simulation, capture_events
from flowrt.testing.scripted import ScriptedType
from flowrt.testing.strategies import workflows

MOST_COMMANDS = 5


def catalog():
    registry = StepRegistry()
    registry.add(ScriptedType())
    return registry


class Meddler:
    """A hook that does something to the execution that it hears of, now and then, and resumes what it paused."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.handle = None
        self.left = MOST_COMMANDS

    def __call__(self, event):
        if isinstance(event, ExecutionPaused):
            self.handle.resume()
        elif self.handle is not None and self.left and self.random.random() < 0.2:
            self.left -= 1
            self.command(getattr(event, "node", None))

    def command(self, node):
        match self.random.randrange(4):
            case 0:
                self.handle.cancel("meddled")
            case 1 if node is not None:
                self.handle.cancel("meddled", node=node)
            case _:
                self.handle.pause()


def run(definition, seed, meddler):
    """Run a definition in virtual time; return what was told and how the execution ended."""
    simulation, events, handles = Simulation(seed, until_seconds=1e6), capture_events(), []

    async def main():
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        hooks = [events] if meddler is None else [events, meddler]
        async with Runtime(steps=catalog(), hooks=hooks, **parts) as runtime:
            handles.append(await runtime.start(definition, {}))
            if meddler is not None:
                meddler.handle = handles[0]
            with suppress(FlowrtError):
                await handles[0].result()

    simulation.run(main)
    assert not simulation.is_cut, "it did not end"
    return events, handles[0].status


def check(events):
    """Hold what was told to what can be."""
    assert isinstance(events[0], ExecutionStarted)
    assert isinstance(events[-1], ExecutionEnded)
    states, is_paused = {}, False
    for event in events[1:-1]:
        node = getattr(event, "node", None)
        state = states.get(node, ("new", 0))
        match event:
            case AttemptStarted(attempt=attempt):
                assert not is_paused
                assert state in {("new", 0), ("again", attempt)}, event
                states[node] = ("runs", attempt)
            case FiringParked(attempt=attempt, waits_for=reason):
                assert state == (("retried", attempt) if reason == "retry" else ("runs", attempt)), event
                states[node] = ("waits", attempt)
            case FiringResumed(attempt=attempt, waited_for=reason):
                assert state == ("waits", attempt), event
                states[node] = ("again" if reason == "retry" else "runs", attempt)
            case AttemptEnded(attempt=attempt, retry_delay_seconds=None):
                assert state[0] != "ended", event
                states[node] = ("ended", attempt)
            case AttemptEnded(attempt=attempt):
                assert state == ("runs", attempt), event
                states[node] = ("retried", attempt + 1)
            case ExecutionPaused() | ExecutionResumed():
                is_paused = isinstance(event, ExecutionPaused)
            case _:
                pass
    assert {state for state, _ in states.values()} <= {"ended"}


@given(workflows(), st.integers(0, 1000))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_attempt_that_begins_ends_and_every_wait_is_told(definition, seed):
    events, status = run(definition, seed, None)
    check(events)
    assert status == events[-1].status != "running"


@given(workflows(), st.integers(0, 1000))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_hook_does_at_any_moment_leaves_a_history_that_makes_sense(definition, seed):
    events, status = run(definition, seed, Meddler(seed))
    check(events)
    assert status == events[-1].status != "running"
