"""The thread whose asyncio loop holds the database's driver."""

import asyncio
import threading

import anyio
import pytest
from anyio.lowlevel import current_token
from storage.child import run_python

from flowrt.errors import StoreUnavailableError
from flowrt.storage import SqlStore
from flowrt.storage.loop_thread import LoopThread, LoopThreadClosedError

pytestmark = pytest.mark.anyio


async def nothing():
    pass


@pytest.fixture
async def thread():
    thread = LoopThread("test")
    yield thread
    await thread.stop(nothing, patience_seconds=5)
    thread._thread.join(5)
    assert not thread._thread.is_alive()


async def test_a_call_runs_on_asyncio_in_another_thread(thread):
    async def where(value):
        await asyncio.sleep(0)
        return threading.current_thread().name, value

    assert await thread.run(where, 7) == ("test", 7)


async def test_an_error_comes_back_as_it_is(thread):
    async def fail():
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        await thread.run(fail)


async def test_a_cancel_leaves_the_call_to_go_on_to_its_end(thread):
    entered, release, ended = threading.Event(), asyncio.Event(), threading.Event()

    async def work():
        entered.set()
        await release.wait()
        ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thread.run, work)
        await anyio.to_thread.run_sync(entered.wait, 5)
        tasks.cancel_scope.cancel()
    assert not ended.is_set()
    thread._loop.call_soon_threadsafe(release.set)
    assert await anyio.to_thread.run_sync(ended.wait, 5)


async def test_stop_waits_for_the_calls_under_way(thread):
    ended = []

    async def work():
        await asyncio.sleep(0.01)
        ended.append("work")

    async def last():
        ended.append("last")

    with anyio.CancelScope() as scope:
        scope.cancel()
        await thread.run(work)
    await thread.stop(last, patience_seconds=5)
    assert ended == ["work", "last"]
    with pytest.raises(LoopThreadClosedError):
        await thread.run(nothing)


async def test_stop_is_bounded_and_its_victims_get_an_error_not_a_cancel():
    thread = LoopThread("test")
    caught = []

    async def never():
        await asyncio.get_running_loop().create_future()

    async def wait():
        with pytest.raises(LoopThreadClosedError) as info:
            await thread.run(never)
        caught.append(info.type)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        await thread.stop(never, patience_seconds=0.01)
    assert caught == [LoopThreadClosedError]
    thread._thread.join(5)
    assert not thread._thread.is_alive()


def test_a_caller_whose_loop_ended_harms_nobody(anyio_backend):
    thread = LoopThread("test")
    release, ended = asyncio.Event(), threading.Event()

    async def work():
        await release.wait()
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, ended.set)

    async def leave():
        with anyio.move_on_after(0.01):
            await thread.run(work)
        return current_token()

    async def again():
        await thread.run(nothing)
        await thread.stop(nothing, patience_seconds=5)

    anyio.run(leave, backend=anyio_backend)
    thread._loop.call_soon_threadsafe(release.set)
    assert ended.wait(5)
    anyio.run(again, backend=anyio_backend)


def test_a_thread_ends_with_its_owner():
    thread = LoopThread("test")
    inner = thread._thread
    del thread
    inner.join(5)
    assert not inner.is_alive()


def test_a_process_that_never_closes_its_store_ends(anyio_backend, tmp_path):
    script = (
        "import anyio, sys\nfrom flowrt.storage import SqlStore\nstore = SqlStore(sys.argv[1])\n"
        "async def main():\n    await store.open()\n    await store.workflows.save('w', b'{}', None)\n"
        f"anyio.run(main, backend={anyio_backend!r})\nprint('bye')"
    )
    assert run_python(script, tmp_path / "x.db") == "bye\n"


async def test_an_open_that_is_cancelled_leaves_the_store_closed(tmp_path):
    store = SqlStore(tmp_path / "x.db")
    with anyio.CancelScope() as scope:
        scope.cancel()
        await store.open()
    assert scope.cancelled_caught
    with pytest.raises(StoreUnavailableError, match="not open"):
        await store.workflows.find("w")
    await store.open()
    await store.close()


def test_a_store_serves_one_event_loop_after_another(anyio_backend, tmp_path):
    store = SqlStore(tmp_path / "x.db")

    async def use():
        await store.open()
        await store.workflows.save("w", b"{}", None)
        await store.close()

    for _ in range(2):
        anyio.run(use, backend=anyio_backend)
