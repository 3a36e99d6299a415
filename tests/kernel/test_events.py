"""What a listener is told of: everything that happens, in its order; and that nothing is made where nobody listens."""

from itertools import count

import anyio
import pytest
from kernel.workflows import retried, side_by_side, workflow

import flowrt
from flowrt import MemoryStore, Runtime, step
from flowrt.channels.slots import Slots
from flowrt.clock import SystemClock
from flowrt.errors import ExecutionFailedError
from flowrt.events import (
    AttemptEnded,
    AttemptStarted,
    CancelRequested,
    ExecutionPaused,
    ExecutionResumed,
    FiringParked,
    FiringResumed,
    JoinExpired,
    JoinOpened,
    LogEvent,
    SignalKept,
    SignalTaken,
)
from flowrt.testing import Simulation, capture_events
from flowrt.typing import Delay

pytestmark = pytest.mark.anyio

APPROVAL = {"nodes": [{"id": "ask", "type": "approval", "data": {"name": "discount"}}]}
YES = {"approved": True}


def told(events):
    """Return events as their tags and, where they have one, their nodes."""
    return [" ".join([event.__struct_config__.tag, getattr(event, "node", None) or ""]).strip() for event in events]


def only(kind, events):
    return [event for event in events if isinstance(event, kind)]


def nothing(_record):
    return {}


@step(placement="thread")
def blocks() -> int:
    return 1


@flowrt.workflow
def one_in_a_thread() -> int:
    return blocks()


async def suspends(_record):
    await anyio.lowlevel.checkpoint()
    return {}


def fails(times):
    """Return a step that fails so often before it returns."""
    left = [None] * times

    def step(_record):
        if left:
            left.pop()
            raise LookupError
        return {}

    return step


@pytest.mark.parametrize("step", [nothing, suspends])
async def test_each_attempt_begins_and_ends(step):
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        await runtime.run(workflow({"a": step, "b": step}), {})
    begin_and_end = ["attempt.started a", "attempt.ended a", "attempt.started b", "attempt.ended b"]
    assert told(events) == ["execution.started", *begin_and_end, "execution.ended"]
    assert {event.execution_id for event in events} == {events[0].execution_id}


async def test_of_steps_that_wait_side_by_side_all_begin_before_one_ends():
    begun, both, events = [], anyio.Event(), capture_events()

    async def meets(_record):
        begun.append(1)
        if len(begun) == 2:
            both.set()
        await both.wait()
        return {}

    async with Runtime(hooks=[events]) as runtime:
        await runtime.run(side_by_side({"a": meets, "b": meets}), {})
    assert [type(event) for event in events[1:-1]] == [AttemptStarted] * 2 + [AttemptEnded] * 2


async def test_what_the_sink_stores_are_the_very_objects_that_are_told():
    store, events = MemoryStore(), capture_events()
    written = []
    write = store.log.write

    async def noted(batch):
        written.extend(batch)
        await write(batch)

    store.log.write = noted
    async with Runtime(store=store, hooks=[events]) as runtime:
        await runtime.run(workflow({"a": nothing, "b": suspends}), {})
    assert len(written) == 4
    assert all(one is other for one, other in zip(written, events.logged, strict=True))


async def test_a_retry_is_told_with_its_waits():
    events = capture_events()
    policy = retried(2, delay_seconds=0.001)
    async with Runtime(hooks=[events]) as runtime:
        await runtime.run(workflow({"a": fails(1)}, policies={"a": policy}), {})
    attempts = [(event.__struct_config__.tag, event.attempt) for event in events[1:-1]]
    assert attempts == [
        ("attempt.started", 1),
        ("attempt.ended", 1),
        ("firing.parked", 2),
        ("firing.resumed", 2),
        ("attempt.started", 2),
        ("attempt.ended", 2),
    ]
    (resumed,) = only(FiringResumed, events)
    assert (resumed.waited_for, resumed.duration_ns >= 1_000_000) == ("retry", True)


def test_a_wait_is_told_with_the_time_of_its_end():
    simulation = Simulation(1)
    events = capture_events()

    async def main():
        parts = {"clock": simulation.clock, "gate": simulation.schedule}
        async with Runtime(hooks=[events], **parts) as runtime:
            await runtime.run(workflow({"a": lambda _record: Delay({}, 90)}), {})

    simulation.run(main)
    (parked,), (resumed,) = only(FiringParked, events), only(FiringResumed, events)
    assert (parked.waits_for, parked.until_ns - parked.at_ns) == ("delay", 90_000_000_000)
    assert (resumed.at_ns, resumed.duration_ns) == (parked.until_ns, 90_000_000_000)


async def test_a_wait_for_a_slot_ends_when_its_execution_is_paused():
    events, slots = capture_events(), Slots(1)
    slots.take_nowait()
    async with Runtime(hooks=[events], limits={"thread": slots}) as runtime:
        handle = await runtime.start(one_in_a_thread)
        await anyio.wait_all_tasks_blocked()
        handle.pause()
        handle.resume()
        await anyio.wait_all_tasks_blocked()
        handle.cancel()
        await handle.wait()
    kinds = [type(event) for event in events]
    assert kinds.count(FiringParked) == 2
    assert kinds.index(FiringResumed) < kinds.index(ExecutionPaused)


async def test_a_wait_that_is_cut_off_is_followed_by_the_end_of_its_attempt():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(workflow({"a": lambda _record: Delay({}, 3600)}), {})
        await anyio.wait_all_tasks_blocked()
        handle.cancel("enough", asked_by="Ada")
        assert await handle.wait() == "cancelled"
    assert told(events[2:]) == ["firing.parked a", "cancel.requested", "attempt.ended a", "execution.ended"]


async def test_a_signal_is_told_when_it_is_taken():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(APPROVAL, {})
        await anyio.wait_all_tasks_blocked()
        await runtime.signal(handle.execution_id, "discount", YES)
        await handle.result()
    ends = ["attempt.ended ask", "execution.ended"]
    assert told(events[2:]) == ["firing.parked ask", "signal.taken ask", "firing.resumed ask", *ends]
    (parked,) = only(FiringParked, events)
    assert (parked.waits_for, parked.signal, parked.until_ns) == ("signal", "discount", None)


async def test_a_signal_that_comes_early_is_told_when_it_is_kept_and_when_it_is_taken():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(APPROVAL, {})
        await runtime.signal(handle.execution_id, "discount", YES)
        await handle.result()
    (kept,), (taken,) = only(SignalKept, events), only(SignalTaken, events)
    assert (kept.name, taken.name, taken.node) == ("discount", "discount", "ask")
    assert not only(FiringParked, events)


def timed_join(**join):
    steps = [
        {"id": name, "type": "delay", "data": {"delay_seconds": seconds}} for name, seconds in (("a", 1), ("b", 9))
    ]
    edges = [{"source": name, "target": "both"} for name in ("a", "b")]
    return {"nodes": [*steps, {"id": "both", "type": "start", "join": {"join": "all", **join}}], "edges": edges}


@pytest.mark.parametrize(("within", "is_over"), [(5, True), (10, False)])
def test_the_time_of_a_join_is_told_when_it_begins_and_if_it_decides(within, is_over):
    simulation = Simulation(1)
    events = capture_events()

    async def main():
        parts = {"clock": simulation.clock, "gate": simulation.schedule}
        async with Runtime(hooks=[events], **parts) as runtime:
            await runtime.run(timed_join(within=within, **{"else": "any"}), {})

    simulation.run(main)
    (opened,), expired = only(JoinOpened, events), only(JoinExpired, events)
    assert (opened.node, opened.until_ns - opened.at_ns) == ("both", within * 1_000_000_000)
    assert [event.at_ns for event in expired] == [opened.until_ns] * is_over


async def test_a_cancel_is_told_with_who_asked_and_why():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(side_by_side({"a": anyio_sleep, "b": anyio_sleep}), {})
        await anyio.wait_all_tasks_blocked()
        handle.cancel("too slow", node="a", asked_by="Ada")
        handle.cancel("enough", asked_by="Bob")
        await handle.wait()
        handle.cancel("once more")
        handle.cancel("once more", node="b")
    asked = [(event.reason, event.asked_by, event.node, event.is_stop) for event in only(CancelRequested, events)]
    assert asked == [("too slow", "Ada", "a", False), ("enough", "Bob", None, False)]


async def anyio_sleep(_record):
    await anyio.sleep_forever()


async def test_a_stop_of_what_is_ending_is_told():
    events = capture_events()
    async with Runtime(hooks=[events], grace_seconds=0.01) as runtime:
        handle = await runtime.start(workflow({"a": anyio_sleep}), {})
        await anyio.wait_all_tasks_blocked()
        handle.cancel("enough")
        handle.cancel("at once")
        await handle.wait()
    asked = [(event.reason, event.is_stop) for event in only(CancelRequested, events)]
    assert asked == [("enough", False), ("at once", True)]


async def test_pauses_are_told_and_nothing_begins_in_one():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(workflow({"a": nothing}), {})
        handle.pause()
        handle.pause()
        await anyio.wait_all_tasks_blocked()
        handle.resume()
        handle.resume()
        await handle.result()
    assert told(events[:4]) == ["execution.started", "execution.paused", "execution.resumed", "attempt.started a"]
    assert (len(only(ExecutionPaused, events)), len(only(ExecutionResumed, events))) == (1, 1)


async def test_a_pause_ends_with_its_execution_without_being_told():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        handle = await runtime.start(workflow({"a": anyio_sleep}), {})
        await anyio.wait_all_tasks_blocked()
        handle.pause()
        handle.cancel("not needed", node="a")
        assert await handle.wait() == "completed"
        assert not handle.is_paused
        handle.resume()
    assert told(events[-3:]) == ["cancel.requested a", "attempt.ended a", "execution.ended"]


async def test_the_start_of_an_execution_is_its_first_event_also_in_a_paused_runtime():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        runtime.pause()
        handle = await runtime.start(workflow({"a": nothing}), {})
        runtime.resume()
        await handle.wait()
    assert told(events[:3]) == ["execution.started", "execution.paused", "execution.resumed"]


async def test_the_end_of_an_execution_is_its_last_event_whatever_ends_it():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        with pytest.raises(ExecutionFailedError):
            await runtime.run(workflow({"a": fails(1)}), {})
        handle = await runtime.start(workflow({"a": anyio_sleep}), {})
        handle.cancel()
        assert await handle.wait() == "cancelled"
        left = await runtime.start(workflow({"a": anyio_sleep}), {})
        await anyio.wait_all_tasks_blocked()
    by_execution = {}
    for event in events:
        by_execution.setdefault(event.execution_id, []).append(event.__struct_config__.tag)
    assert {tags[-1] for tags in by_execution.values()} == {"execution.ended"}
    assert all(tags.count("execution.ended") == 1 for tags in by_execution.values())
    assert left.status == "cancelled"


class CountingClock(SystemClock):
    """A clock that counts how often it is asked what time it is, as whoever makes an event does."""

    def __init__(self):
        self.count = 0

    def time_ns(self):
        self.count += 1
        return super().time_ns()


class Numbers:
    """Ids for which no clock is asked."""

    def __init__(self):
        self._numbers = count()

    def new_id(self):
        return str(next(self._numbers))


@pytest.mark.parametrize("has_store", [False, True])
async def test_where_nobody_listens_no_event_is_made_that_the_log_does_not_keep(has_store):
    clock, store = CountingClock(), MemoryStore() if has_store else None
    async with Runtime(store=store, clock=clock, ids=Numbers()) as runtime:
        await runtime.run(workflow({"a": nothing, "b": fails(1)}, policies={"b": retried(2, 0)}), {})
        handle = await runtime.start(APPROVAL, {})
        await runtime.signal(handle.execution_id, "discount", YES)
        await handle.wait()
        handle = await runtime.start(APPROVAL, {})
        handle.cancel()
        await handle.wait()
    logged = 0
    if store is not None:
        rows = await store.log.executions()
        logged = 2 * len(rows) + sum([len(await store.log.nodes(row.id)) for row in rows])
    assert clock.count == logged + 1  # and the cancel knows when it was asked for


async def test_events_are_made_again_when_somebody_listens_and_not_any_more_when_nobody_does():
    clock = CountingClock()
    async with Runtime(clock=clock, ids=Numbers()) as runtime:
        for _ in range(2):
            handle = await runtime.start(APPROVAL, {})
            with handle_events(handle):
                handle.pause()
                handle.resume()
            made = clock.count
            assert made > 0
            await runtime.signal(handle.execution_id, "discount", YES)
            assert await handle.wait() == "completed"
            assert clock.count == made
            clock.count = 0


class handle_events:  # noqa: N801 - stands where a function would
    def __init__(self, handle):
        self._stream = handle.events()

    def __enter__(self):
        return self._stream

    def __exit__(self, *_error):
        self._stream.close()


def test_every_event_is_a_log_event_or_a_live_one():
    assert {kind.__struct_config__.tag for kind in LogEvent.__args__} == {
        "execution.started",
        "attempt.ended",
        "execution.ended",
    }
