"""Hooks: they hear of everything at once, and harm nobody, whatever they do."""

import anyio
import pytest
from kernel.workflows import retried, side_by_side, workflow

from flowrt import ExecutionCancelledError, Runtime
from flowrt.events import AttemptEnded, AttemptStarted, ExecutionEnded, ExecutionStarted, FiringParked
from flowrt.testing import Simulation, capture_events

pytestmark = pytest.mark.anyio


def nothing(_record):
    return {}


async def suspends(_record):
    await anyio.lowlevel.checkpoint()
    return {}


def fails(_record):
    raise LookupError


CHAIN = workflow({"a": nothing, "b": nothing, "c": nothing})


async def test_hooks_hear_in_the_order_in_which_they_are_given():
    heard = []
    hooks = [lambda event: heard.append((1, event)), lambda event: heard.append((2, event))]
    async with Runtime(hooks=hooks) as runtime:
        await runtime.run(CHAIN, {})
    assert [number for number, _ in heard] == [1, 2] * 8
    assert all(first is second for (_, first), (_, second) in zip(heard[::2], heard[1::2], strict=True))


async def test_a_hook_that_raises_harms_nobody(caplog):
    def hook(event):
        raise LookupError(type(event).__name__)

    events = capture_events()
    async with Runtime(hooks=[hook, events]) as runtime:
        assert await runtime.run(CHAIN, {"x": 1}) == {"x": 1}
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 8 == ["WARNING"] * len(events)
    assert "raised at AttemptEnded of execution" in caplog.text


class OnlyFor:
    """A hook that gives every event of one kind to a function."""

    def __init__(self, kind, act):
        self.kind, self.act = kind, act

    def __call__(self, event):
        if isinstance(event, self.kind):
            self.act(event)


KINDS = [AttemptStarted, AttemptEnded]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [nothing, suspends])
async def test_a_hook_cancels_the_execution_that_it_hears_of(kind, step):
    handles, events = [], capture_events()
    hooks = [OnlyFor(kind, lambda _event: handles[0].cancel("heard enough")), events]
    async with Runtime(hooks=hooks) as runtime:
        handles.append(await runtime.start(workflow({"a": step, "b": step}), {}))
        with pytest.raises(ExecutionCancelledError, match="heard enough"):
            await handles[0].result()
    assert [event.node for event in events if isinstance(event, AttemptStarted)] == ["a"]
    assert isinstance(events[-1], ExecutionEnded)


@pytest.mark.parametrize("delay_seconds", [0, 3600])
async def test_a_hook_cancels_when_it_hears_of_a_failure_that_is_to_be_retried(delay_seconds):
    handles, events = [], capture_events()
    hooks = [OnlyFor(AttemptEnded, lambda _event: handles[0].cancel("it failed")), events]
    async with Runtime(hooks=hooks) as runtime:
        handles.append(await runtime.start(workflow({"a": fails}, policies={"a": retried(9, delay_seconds)}), {}))
        assert await handles[0].wait() == "cancelled"
    assert [event.attempt for event in events if isinstance(event, AttemptStarted)] == [1]


async def test_a_hook_cancels_a_node_when_it_hears_that_it_waits():
    handles = []
    hooks = [OnlyFor(FiringParked, lambda event: handles[0].cancel("no retries", node=event.node))]
    async with Runtime(hooks=hooks) as runtime:
        steps = side_by_side({"a": fails, "b": nothing}, policies={"a": retried(9, 3600)})
        handles.append(await runtime.start(steps, {}))
        assert await handles[0].wait() == "completed"


async def test_a_hook_cancels_another_execution_than_that_of_which_it_hears():
    async def hangs(_record):
        await anyio.sleep_forever()

    handles = []
    async with Runtime(
        hooks=[OnlyFor(ExecutionEnded, lambda _event: handles[0].cancel("the other is over"))]
    ) as runtime:
        handles.append(await runtime.start(workflow({"a": hangs}), {}))
        await runtime.run(CHAIN, {})
        assert await handles[0].wait() == "cancelled"


async def test_a_hook_cancels_an_execution_of_another_runtime():
    async def hangs(_record):
        await anyio.sleep_forever()

    handles = []
    hooks = [OnlyFor(AttemptEnded, lambda _event: handles[0].cancel("the other is under way"))]
    async with Runtime() as one, Runtime(hooks=hooks) as other:
        handles.append(await one.start(workflow({"a": hangs}), {}))
        await anyio.wait_all_tasks_blocked()
        await other.run(CHAIN, {})
        assert await handles[0].wait() == "cancelled"


async def test_a_hook_pauses_and_resumes():
    handles, events = [], capture_events()
    hooks = [events, OnlyFor(AttemptEnded, lambda event: event.node == "a" and handles[0].pause())]
    async with Runtime(hooks=hooks) as runtime:
        handles.append(await runtime.start(CHAIN, {}))
        await anyio.wait_all_tasks_blocked()
        assert handles[0].is_paused
        assert [event.node for event in events if isinstance(event, AttemptStarted)] == ["a"]
        handles[0].resume()
        assert await handles[0].wait() == "completed"


async def test_a_hook_pauses_the_whole_runtime():
    events = capture_events()
    async with Runtime(hooks=[events, OnlyFor(ExecutionStarted, lambda _event: runtime.pause())]) as runtime:
        handle = await runtime.start(CHAIN, {})
        await anyio.wait_all_tasks_blocked()
        assert handle.is_paused
        runtime.resume()
        assert await handle.wait() == "completed"
    assert len(events) == 8 + 2


async def test_a_hook_starts_executions():
    async with anyio.create_task_group() as group:
        events = capture_events()

        def follow(event):
            if len(ended()) == 1:
                group.start_soon(runtime.run, CHAIN, {})

        def ended():
            return [event for event in events if isinstance(event, ExecutionEnded)]

        async with Runtime(hooks=[events, OnlyFor(ExecutionEnded, follow)]) as runtime:
            await runtime.run(CHAIN, {})
            await anyio.wait_all_tasks_blocked()
    assert len(ended()) == 2


async def test_a_hook_opens_a_stream_of_the_execution_that_it_hears_of():
    handles, streams = [], []
    async with Runtime(hooks=[OnlyFor(AttemptStarted, lambda _e: streams.append(handles[0].events()))]) as runtime:
        handles.append(await runtime.start(CHAIN, {}))
        await handles[0].wait()
        counts = [len([event async for event in stream]) for stream in streams]
    assert counts == [6, 4, 2]


@pytest.mark.parametrize("seed", range(20))
def test_what_a_hook_asks_for_is_done_in_every_order(seed):
    simulation = Simulation(seed)
    handles, events = [], capture_events()
    policies = {name: retried(3, 1) for name in "ab"}

    async def main():
        hooks = [events, OnlyFor(AttemptEnded, lambda event: event.attempt == 2 and handles[0].cancel("twice"))]
        parts = {"clock": simulation.clock, "random": simulation.random("runtime"), "gate": simulation.schedule}
        async with Runtime(hooks=hooks, **parts) as runtime:
            handles.append(await runtime.start(side_by_side({"a": fails, "b": fails}, policies=policies), {}))
            assert await handles[0].wait() == "cancelled"

    simulation.run(main)
    assert isinstance(events[-1], ExecutionEnded)
    assert max(event.attempt for event in events if isinstance(event, AttemptStarted)) == 2


async def heard_in_vain(event):
    raise AssertionError


class AsyncHook:
    async def __call__(self, event):
        raise AssertionError


@pytest.mark.parametrize(
    ("hooks", "complaint"),
    [
        (print, "hooks was .*expected a list"),
        ([5], "a hook was 5"),
        ([AsyncHook], "a hook was <class"),
        ([heard_in_vain], "is async, and hooks can't wait"),
        ([AsyncHook()], "is async, and hooks can't wait"),
    ],
)
def test_what_is_no_hook_is_refused(hooks, complaint):
    with pytest.raises(TypeError, match=complaint):
        Runtime(hooks=hooks)
