"""The sink: batches, commits, a store that fails, and how it ends."""

from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.lowlevel import checkpoint
from sink.manual_clock import ManualClock
from storage.hand_made import attempt, events_of, snapshot, started

from flowrt import Runtime
from flowrt.actors.sink import Sink
from flowrt.clock import SystemClock
from flowrt.errors import SchemaError, StoreError, StoreUnavailableError
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio

SMALL = {"nodes": [{"id": "a", "type": "start"}]}
GONE = StoreUnavailableError("x.db", "it went away")


class SlowLog:
    """A log whose writes end, or fail, when the test says so."""

    def __init__(self, *outcomes, is_slow=False):
        self.batches = []
        self.tries = 0
        self._outcomes = list(outcomes)
        self._gate = anyio.Event()
        if not is_slow:
            self._gate.set()

    async def write(self, batch):
        self.tries += 1
        await self._gate.wait()
        await checkpoint()
        outcome = self._outcomes.pop(0) if self._outcomes else None
        if outcome is not None:
            raise outcome
        self.batches.append(list(batch))

    def go_on(self):
        self._gate.set()


@asynccontextmanager
async def running(log, clock=None, **options):
    sink = Sink(log, clock or ManualClock(), **options)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sink.run)
        await anyio.wait_all_tasks_blocked()
        yield sink
        sink.close_nowait()


def send_all(sink, events):
    return [sink.send_nowait(event) for event in events]


async def test_positions_count_from_one():
    async with running(SlowLog()) as sink:
        assert send_all(sink, events_of("chain")) == [1, 2, 3, 4, 5]


async def test_events_wait_for_others_when_nobody_waits_for_them():
    log, clock = SlowLog(), ManualClock()
    async with running(log, clock, max_wait_seconds=0.05) as sink:
        send_all(sink, events_of("chain"))
        await anyio.wait_all_tasks_blocked()
        assert log.batches == []
        await clock.advance(0.05)
        assert [len(batch) for batch in log.batches] == [5]


async def test_who_waits_for_a_commit_does_not_wait_for_others():
    log = SlowLog()
    async with running(log) as sink:
        position = send_all(sink, events_of("chain"))[-1]
        await sink.wait_committed(position)
        assert len(log.batches) == 1
        await sink.wait_committed(position)


async def test_many_executions_share_a_commit():
    log = SlowLog(is_slow=True)
    async with running(log) as sink, anyio.create_task_group() as tasks:
        for number in range(10):
            position = send_all(sink, events_of("chain", str(number)))[-1]
            tasks.start_soon(sink.wait_committed, position)
            await anyio.wait_all_tasks_blocked()
        log.go_on()
    assert [len(batch) for batch in log.batches] == [5, 45]


async def test_callbacks_come_in_the_order_of_their_positions_and_only_after_the_commit():
    called = []
    log = SlowLog(is_slow=True)
    async with running(log) as sink:
        send_all(sink, events_of("chain"))
        for position in (5, 2, 3):
            sink.when_committed(position, lambda error, at=position: called.append((at, error)))
        await anyio.wait_all_tasks_blocked()
        assert called == []
        log.go_on()
        await anyio.wait_all_tasks_blocked()
        sink.when_committed(1, lambda error: called.append((1, error)))
    assert called == [(2, None), (3, None), (5, None), (1, None)]


async def test_batches_are_bounded_by_count_and_by_bytes():
    log = SlowLog()
    async with running(log, max_batch_events=4, max_batch_bytes=3000) as sink:
        big = snapshot('"' + "x" * 2000 + '"')
        send_all(sink, [started("1"), *[attempt("1", "a") for _ in range(5)]])
        send_all(sink, [attempt("1", "a", output=big) for _ in range(2)])
    assert [len(batch) for batch in log.batches] == [4, 3, 1]


async def test_a_full_sink_slows_producers_down_and_drops_nothing():
    log = SlowLog(is_slow=True)
    async with running(log, capacity_events=5) as sink:
        send_all(sink, events_of("chain", "1"))
        await anyio.wait_all_tasks_blocked()
        assert not sink.is_full
        send_all(sink, events_of("chain", "2"))
        assert sink.is_full
        log.go_on()
        await sink.wait_space()
        assert not sink.is_full
    assert sum(map(len, log.batches)) == 10


async def test_a_refused_batch_is_written_again_after_growing_pauses():
    log, clock, pauses = SlowLog(GONE, GONE, GONE), ManualClock(), []
    async with running(log, clock) as sink, anyio.create_task_group() as tasks:
        tasks.start_soon(sink.wait_committed, send_all(sink, events_of("chain"))[-1])
        for _ in range(3):
            await anyio.wait_all_tasks_blocked()
            pauses += clock.waits_seconds
            await clock.advance(pauses[-1])
    assert pauses == [0.05, 0.1, 0.2]
    assert [len(batch) for batch in log.batches] == [5]
    assert (sink.statistics().retries, sink.statistics().lost, sink.failed) == (3, 0, None)


async def patience_of(clock, sink):
    """Let time pass until the sink gives up, and say how much passed."""
    while sink.failed is None:
        await anyio.wait_all_tasks_blocked()
        await clock.advance(clock.waits_seconds[0])
    return clock.now_ns / 1e9


async def test_when_patience_ends_everybody_gets_the_error_now_and_later():
    log, clock, errors = SlowLog(*[GONE] * 99), ManualClock(), []
    async with running(log, clock, patience_seconds=10) as sink:
        position = send_all(sink, events_of("chain"))[-1]
        sink.when_committed(position, errors.append)
        assert await patience_of(clock, sink) == 10
        sink.when_committed(sink.send_nowait(started("2")), errors.append)
        with pytest.raises(StoreUnavailableError, match="it went away"):
            await sink.wait_committed(position)
        with pytest.raises(StoreUnavailableError, match="it went away"):
            sink.raise_failure()
        assert sink.statistics().lost == 0
    assert errors == [GONE, GONE]
    assert sink.failed is GONE
    assert (sink.statistics().sent, sink.statistics().lost, log.batches) == (6, 6, [])


async def test_what_a_store_refused_is_written_when_it_is_back_and_all_goes_on():
    log, clock, errors = SlowLog(*[GONE] * 3), ManualClock(), []
    async with running(log, clock, patience_seconds=0, max_batch_events=4) as sink:
        sink.when_committed(send_all(sink, events_of("chain", "1"))[-1], errors.append)
        await anyio.wait_all_tasks_blocked()
        sink.when_committed(send_all(sink, events_of("chain", "2"))[-1], errors.append)
        assert errors == [GONE, GONE]
        for _ in range(3):
            await clock.advance(clock.waits_seconds[0])
        assert sink.failed is None
        await sink.wait_committed(send_all(sink, events_of("chain", "3"))[-1])
    written = [event.execution_id for batch in log.batches for event in batch]
    assert written == [number for number in "123" for _ in range(5)]
    assert (sink.statistics().committed, sink.statistics().lost) == (15, 0)


async def test_a_failed_sink_holds_nobody_up_and_is_full_again_when_the_store_is_back():
    log, clock, waited = SlowLog(GONE, GONE), ManualClock(), []
    async with (
        running(log, clock, patience_seconds=0.05, capacity_events=2) as sink,
        anyio.create_task_group() as tasks,
    ):
        sink.when_committed(sink.send_nowait(started("1")), lambda _: None)
        await anyio.wait_all_tasks_blocked()
        send_all(sink, events_of("chain", "2"))

        async def wait():
            await sink.wait_space()
            waited.append(sink.failed)

        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert (sink.is_full, waited) == (True, [])
        await clock.advance(0.05)
        assert (sink.is_full, waited) == (False, [GONE])
        log._gate = anyio.Event()
        await clock.advance(0.1)
        log.go_on()
        await anyio.wait_all_tasks_blocked()
        log._gate = anyio.Event()
        send_all(sink, events_of("chain", "3"))
        await anyio.wait_all_tasks_blocked()
        send_all(sink, events_of("chain", "4"))
        assert sink.is_full
        log.go_on()


async def test_closing_a_failed_sink_tries_once_more_and_at_once():
    for outcomes, committed in (([GONE, GONE], 0), ([GONE], 5)):
        log = SlowLog(*outcomes)
        async with running(log, patience_seconds=0) as sink:  # whose clock stands still
            sink.when_committed(send_all(sink, events_of("chain"))[-1], lambda _: None)
            await anyio.wait_all_tasks_blocked()
            assert sink.failed is GONE
        assert (log.tries, sink.statistics().committed, sink.statistics().lost) == (2, committed, 5 - committed)
        assert sink.failed is (None if committed else GONE)


async def test_who_watches_the_log_is_warned_when_a_store_refuses_and_when_it_is_back(caplog):
    clock = ManualClock()
    async with running(SlowLog(GONE, GONE), clock) as sink:
        sink.when_committed(sink.send_nowait(started("1")), lambda _: None)
        await anyio.wait_all_tasks_blocked()
        assert caplog.messages == [f"the log can't be written, and is tried again: {GONE}"]
        await clock.advance(0.05)
        await clock.advance(0.1)
    assert caplog.messages[1:] == ["the log is written again"]


class LockedStore(MemoryStore):
    """A store that another process locks and sets free."""

    is_locked = False

    @property
    def log(self):
        return self

    async def write(self, batch):
        if self.is_locked:
            raise GONE
        await super().log.write(batch)


async def test_a_runtime_goes_on_when_the_store_is_back():
    clock, store = ManualClock(), LockedStore()
    async with Runtime(store=store, clock=clock) as runtime, anyio.create_task_group() as tasks:
        errors = []

        async def run():
            try:
                await runtime.run(SMALL)
            except StoreError as error:
                errors.append(error)

        await run()
        store.is_locked = True
        tasks.start_soon(run)
        await anyio.wait_all_tasks_blocked()
        while not errors:
            await clock.advance(clock.waits_seconds[0])
        await run()
        assert [str(error) for error in errors] == [str(GONE)] * 2
        store.is_locked = False
        await clock.advance(clock.waits_seconds[0])
        await runtime.run(SMALL)
    assert [row.status for row in await MemoryStore.log.fget(store).executions()] == ["completed"] * 3


async def test_each_waiter_gets_an_error_of_its_own():
    errors = []
    async with running(SlowLog(GONE), patience_seconds=0) as sink:
        position = sink.send_nowait(started("1"))
        for _ in range(2):
            with pytest.raises(StoreUnavailableError) as caught:
                await sink.wait_committed(position)
            errors.append(caught.value)
    assert errors[0] is not errors[1]
    assert (errors[0].url, errors[0].reason) == ("x.db", "it went away")


@pytest.mark.parametrize(
    ("error", "message"),
    [(SchemaError("x.db", "old"), "old"), (StoreError("x.db", "gone"), "gone"), (ValueError("bug"), "ValueError")],
)
async def test_what_time_does_not_heal_is_not_tried_again(error, message):
    log = SlowLog(error)
    async with running(log) as sink:
        with pytest.raises(StoreError, match=message) as caught:
            await sink.wait_committed(sink.send_nowait(started("1")))
    assert log.tries == 1
    assert isinstance(error, StoreError) or caught.value.__cause__ is error


async def test_closing_twice_writes_everything_first():
    log = SlowLog()
    async with running(log, max_batch_events=2) as sink:
        send_all(sink, events_of("chain"))
        sink.close_nowait()
    assert sink.statistics().committed == 5
    assert [len(batch) for batch in log.batches] == [2, 2, 1]


async def test_an_event_after_the_close_is_lost_and_that_is_told():
    errors = []
    async with running(SlowLog()) as sink:
        sink.close_nowait()
        await anyio.wait_all_tasks_blocked()
        assert sink.failed is None
        sink.when_committed(sink.send_nowait(started("1")), errors.append)
    assert "after the log was closed" in str(sink.failed)
    assert errors == [sink.failed]
    assert sink.statistics().lost == 1


async def test_an_event_between_the_close_and_the_end_is_told_too():
    log, errors = SlowLog(is_slow=True), []
    async with running(log) as sink:
        position = sink.send_nowait(started("1"))
        sink.when_committed(position, errors.append)
        await anyio.wait_all_tasks_blocked()
        sink.close_nowait()
        sink.when_committed(sink.send_nowait(started("2")), errors.append)
        log.go_on()
    assert errors == [None, sink.failed]
    assert sink.statistics().lost == 1


async def test_a_cancelled_run_still_writes_what_comes_until_it_is_closed():
    log = SlowLog()
    sink = Sink(log, SystemClock())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sink.run)
        send_all(sink, events_of("chain")[:4])
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.wait_all_tasks_blocked()
            position = send_all(sink, events_of("chain")[4:])[-1]
            await sink.wait_committed(position)
            sink.close_nowait()
    assert (sink.failed, sink.statistics().committed) == (None, 5)


async def test_a_closed_sink_gives_up_when_its_time_is_over():
    log, errors = SlowLog(is_slow=True), []
    async with running(log) as sink:
        sink.when_committed(sink.send_nowait(started("1")), errors.append)
        await anyio.wait_all_tasks_blocked()
        sink.close_nowait(within_seconds=0)
        await anyio.wait_all_tasks_blocked()
        assert "1 events were not written" in str(sink.failed)
        assert errors == [sink.failed]


async def test_a_sink_that_gives_up_says_why_the_store_had_refused():
    log, clock = SlowLog(GONE), ManualClock()
    async with running(log, clock) as sink:
        sink.send_nowait(started("1"))
        while not log.tries:
            await anyio.wait_all_tasks_blocked()
            await clock.advance(0.05)
        log._gate = anyio.Event()
        while log.tries < 2:
            await clock.advance(0.05)
        sink.close_nowait(within_seconds=0)
        await anyio.wait_all_tasks_blocked()
    assert "1 events were not written" in str(sink.failed)
    assert str(GONE) in str(sink.failed)


async def test_a_cancelled_waiter_leaves_its_events_on_their_way():
    log = SlowLog(is_slow=True)
    async with running(log) as sink:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(sink.wait_committed, sink.send_nowait(started("1")))
                await anyio.wait_all_tasks_blocked()
                scope.cancel()
        log.go_on()
    assert len(log.batches) == 1


async def test_a_sink_that_has_no_time_to_write_says_so():
    sink = Sink(SlowLog(is_slow=True), SystemClock())
    position = sink.send_nowait(started("1"))
    sink.close_nowait(within_seconds=0)
    await sink.run()
    with pytest.raises(StoreError, match="not written"):
        await sink.wait_committed(position)


async def test_a_memory_store_takes_what_the_sink_writes():
    store = MemoryStore()
    await store.open()
    async with running(store.log) as sink:
        send_all(sink, events_of("diamond"))
    assert [row.node for row in await store.log.nodes("1-diamond")] == ["top", "left", "right", "bottom"]
