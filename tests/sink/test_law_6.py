"""Law 6: whatever stops the sink, and whenever, the stored log is a prefix-consistent cut of what was sent."""

import shutil

import anyio
import pytest
from storage.hand_made import assert_is_prefix_cut, count_events, interleaved

from flowrt.actors.sink import Sink
from flowrt.clock import SystemClock
from flowrt.errors import StoreError
from flowrt.events import AttemptEnded
from flowrt.storage import MemoryStore, SqlStore
from flowrt.storage.sqlite_engine import driver_connection

pytestmark = pytest.mark.anyio

EVENTS = interleaved()


@pytest.fixture(params=["memory", "sqlite"])
def make_store(request, tmp_path):
    def make(name="log.db"):
        return MemoryStore() if request.param == "memory" else SqlStore(tmp_path / name)

    return make


class DyingLog:
    """Hands `writes` batches on to a real log, then dies."""

    def __init__(self, log, writes):
        self._log = log
        self._left = writes

    async def write(self, batch):
        if self._left == 0:
            raise StoreError("x.db", "it died")
        self._left -= 1
        await self._log.write(batch)


async def send_everything(log, **options):
    """Send all events through a sink and let it end, however it ends."""
    sink = Sink(log, SystemClock(), **options)
    for event in EVENTS:
        sink.send_nowait(event)
    sink.close_nowait()
    await sink.run()
    return sink


async def test_the_log_is_a_cut_wherever_the_sink_stops(make_store):
    for count in range(len(EVENTS) + 1):
        store = make_store(f"{count}.db")
        await store.open()
        sink = await send_everything(DyingLog(store.log, count), max_batch_events=1, patience_seconds=0)
        await assert_is_prefix_cut(store.log)
        assert await count_events(store.log) == sink.statistics().committed == count
        await store.close()


async def test_the_log_is_a_cut_when_the_sink_is_cancelled_in_a_write(make_store):
    for count in range(0, len(EVENTS), 3):
        store = make_store(f"{count}.db")
        await store.open()
        sink = Sink(store.log, SystemClock(), max_batch_events=2)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sink.run)
            positions = [sink.send_nowait(event) for event in EVENTS]
            if count:
                await sink.wait_committed(positions[count - 1])
            sink.close_nowait(within_seconds=0)
        await store.close()
        await store.open()
        await assert_is_prefix_cut(store.log)
        assert await count_events(store.log) >= sink.statistics().committed >= count
        await store.close()


async def watch_statements(store, callback):
    """Call back in the connection's thread, at the start of each of its statements; `None`: no more."""

    async def watch(engine):
        async with engine.connect() as connection:
            driver = await driver_connection(connection)
            await driver.run(lambda raw: raw.set_trace_callback(callback and (lambda sql: callback(raw, sql))))

    await store._session.run(watch)


async def test_a_crash_at_any_statement_leaves_a_cut(tmp_path, monkeypatch):
    """What is in the files at that moment is what a crash of the process leaves: the next start reads just that."""
    monkeypatch.setattr("flowrt.storage.log_statements.ROWS_PER_STATEMENT", 2)
    moments = []

    def copy_files(_, sql):
        folder = tmp_path / f"moment {len(moments)}"
        folder.mkdir()
        moments.append((folder, sql))
        for name in ("log.db", "log.db-wal"):
            shutil.copy(tmp_path / name, folder / name)

    store = SqlStore(tmp_path / "log.db")
    await store.open()
    await watch_statements(store, copy_files)
    await send_everything(store.log, max_batch_events=7)
    await store.close()
    found = [await events_in(folder / "log.db") for folder, _ in moments]
    assert set(found) == set(range(0, len(EVENTS), 7))
    assert found == sorted(found)
    assert {sql.split()[0] for _, sql in moments} >= {"BEGIN", "INSERT", "UPDATE", "COMMIT"}


async def events_in(path):
    store = SqlStore(path)
    await store.open()
    await assert_is_prefix_cut(store.log)
    count = await count_events(store.log)
    await store.close()
    return count


async def test_an_error_in_any_statement_is_repaired_by_the_next_try(tmp_path):
    statement, is_over, retries = 0, False, 0
    while not is_over:
        seen = []

        def fail_once(connection, sql, seen=seen, at=statement):
            seen.append(sql)
            if len(seen) == at + 1:
                connection.interrupt()

        store = SqlStore(tmp_path / f"{statement}.db")
        await store.open()
        await watch_statements(store, fail_once)
        sink = await send_everything(store.log, max_batch_events=20)
        await watch_statements(store, None)
        assert sink.statistics().committed == len(EVENTS) == await count_events(store.log)
        await assert_is_prefix_cut(store.log)
        await store.close()
        statement, is_over, retries = statement + 1, len(seen) <= statement, retries + sink.statistics().retries
    assert retries >= 4


@pytest.mark.parametrize("lost", [place for place, event in enumerate(EVENTS) if isinstance(event, AttemptEnded)])
async def test_a_log_with_a_hole_is_not_taken_for_a_cut(lost):
    """The check that all of these tests stand on does see what it looks for."""
    store = MemoryStore()
    await store.open()
    await store.log.write(EVENTS[:lost] + EVENTS[lost + 1 :])
    with pytest.raises(AssertionError):
        await assert_is_prefix_cut(store.log)
