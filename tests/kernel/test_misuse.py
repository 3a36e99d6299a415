"""A runtime that is used in a way that can't work says so, and nothing else happens."""

import signal
import threading
from random import Random

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import side_by_side, workflow
from semantics.stage import workflow as of_kinds

import flowrt
from flowrt import MemoryStore, Runtime, SqlStore
from flowrt.errors import (
    ExecutionFailedError,
    RuntimeClosedError,
    RuntimeOpenError,
    StepExitedError,
    StoreUnavailableError,
    WrongThreadError,
)
from flowrt.events import CancelRequested, SignalTaken

FLOW = workflow({"a": lambda _record: {}})
BACKENDS = ["asyncio", "trio"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"durability": "Execution"}, ValueError, "durability was 'Execution'; expected 'execution' or 'relaxed'"),
        ({"durability": None}, ValueError, "durability was None"),
        ({"store": "flowrt.db"}, TypeError, r"store was 'flowrt.db'; expected a store, such as SqlStore"),
        ({"store": SqlStore}, TypeError, "store was <class"),
        ({"random": 42}, TypeError, r"random was 42; expected a random.Random"),
        ({"clock": 1}, TypeError, "clock was 1"),
        ({"ids": "x"}, TypeError, "ids was 'x'"),
        ({"hooks": 5}, TypeError, "hooks was 5"),
        ({"grace_seconds": -1}, ValueError, "grace_seconds was -1; it must be 0 or more"),
        ({"max_payload_bytes": "1"}, TypeError, "max_payload_bytes was '1'; expected a whole number"),
        ({"flush_seconds": True}, TypeError, "flush_seconds was True"),
        ({"limits": {"thread": 0}}, ValueError, "the limit 'thread' was 0; it must be 1 or more"),
        ({"limits": {"process": 1.5}}, TypeError, "the limit 'process' was 1.5; expected a whole number"),
        ({"limits": {"process": True}}, TypeError, "the limit 'process' was True"),
        ({"limits": {"process": "2"}}, TypeError, "the limit 'process' was '2'; expected a whole number, or a limiter"),
        ({"limits": {"threads": 2}}, ValueError, "limits has 'threads'; there are: thread, process"),
        ({"limits": 4}, TypeError, "limits was 4; expected numbers by name"),
        ({"grace_seconds": float("inf")}, ValueError, "grace_seconds was inf; it must be 1,000,000,000 or less"),
        ({"flush_seconds": float("inf")}, ValueError, "flush_seconds was inf; it must be 1,000,000,000 or less"),
        ({"watchdog_seconds": float("inf")}, ValueError, "watchdog_seconds was inf; it must be 1,000,000,000 or less"),
        ({"grace_seconds": 1e300}, ValueError, r"grace_seconds was 1e\+300; it must be 1,000,000,000 or less"),
        ({"watchdog_seconds": 0}, ValueError, "watchdog_seconds was 0; it must be 0.005 or more"),
        ({"watchdog_seconds": 0.001}, ValueError, "watchdog_seconds was 0.001; it must be 0.005 or more"),
        ({"watchdog_seconds": "1"}, TypeError, "watchdog_seconds was '1'; expected a number"),
        ({"steps": flowrt.StepRegistry}, TypeError, "steps was <class .*; expected a registry"),
        ({"steps": "x"}, TypeError, "steps was 'x'; expected a registry"),
        ({"clock": 0}, TypeError, "clock was 0; expected a clock"),
        ({"random": ""}, TypeError, "random was ''; expected a random.Random"),
        ({"ids": {}}, TypeError, "ids was {}; expected an object with a method new_id"),
    ],
)
def test_an_option_that_can_not_be_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        Runtime(**options)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"synchronous": "OFF"}, ValueError),
        ({"busy_timeout_seconds": -1}, ValueError),
        ({"busy_timeout_seconds": float("inf")}, ValueError),
        ({"busy_timeout_seconds": None}, TypeError),
        ({"clock": 0}, TypeError),
        ({"ids": True}, TypeError),
    ],
)
def test_an_option_of_the_store_that_can_not_be_is_refused(options, error):
    with pytest.raises(error, match=f"{next(iter(options))} was "):
        SqlStore("x.db", **options)


@pytest.mark.parametrize("limit", [-1, 1.5, "x", None, True])
@pytest.mark.parametrize("make_store", [MemoryStore, lambda: SqlStore(":memory:")], ids=["memory", "sql"])
@pytest.mark.anyio
async def test_a_page_of_an_impossible_size_is_refused(make_store, limit):
    store = make_store()
    async with Runtime(store=store) as runtime:
        await runtime.run(FLOW)
        with pytest.raises((TypeError, ValueError), match="limit was "):
            await store.log.executions(limit=limit)
        assert await store.log.executions(limit=0) == []


@pytest.mark.parametrize(("seconds", "error"), [(-1, ValueError), (float("nan"), ValueError), ("5", TypeError)])
@pytest.mark.anyio
async def test_draining_in_an_impossible_time_is_refused_and_the_runtime_goes_on(seconds, error):
    async with Runtime() as runtime:
        with pytest.raises(error, match="timeout_seconds was "):
            await runtime.drain(seconds)
        assert await runtime.run(FLOW) == {}


@pytest.mark.parametrize("options", [{"reason": ValueError("why")}, {"reason": None}, {"asked_by": 5}], ids=str)
@pytest.mark.anyio
async def test_a_cancel_for_a_reason_that_is_no_text_is_refused_and_the_log_goes_on(options):
    async with Runtime(store=SqlStore(":memory:")) as runtime:
        handle = await runtime.start(FLOW)
        with pytest.raises(TypeError, match=f"{next(iter(options))} was .* expected a text"):
            handle.cancel(**options)
        with pytest.raises(TypeError, match=f"{next(iter(options))} was .* expected a text"):
            handle.cancel(node="a", **options)
        assert await handle.wait() == "completed"
        assert await runtime.run(FLOW) == {}


@pytest.mark.parametrize("backend", ["curio", None, []])
def test_a_script_on_an_event_loop_that_does_not_exist_is_refused(backend):
    with pytest.raises(ValueError, match="expected 'asyncio' or 'trio'"):
        flowrt.run(FLOW, backend=backend)


def test_options_that_can_be_are_taken():
    Runtime(store=MemoryStore(), random=Random(1), durability="relaxed", steps=flowrt.StepRegistry.with_builtins())


@pytest.mark.parametrize("thing", [lambda record: record, None, [], 5, flowrt.step(len)], ids=str)
@pytest.mark.anyio
async def test_what_is_no_workflow_is_refused(thing):
    async with Runtime() as runtime:
        with pytest.raises(TypeError, match="expected a workflow: a function with @workflow, or a definition"):
            await runtime.run(thing, {})


@pytest.mark.parametrize("inner", BACKENDS)
@pytest.mark.parametrize("outer", BACKENDS)
def test_another_threads_loop_is_told_to_use_its_own_way_in(outer, inner):
    raised = []

    async def use(runtime):
        for call in (runtime.run, runtime.start):
            try:
                await call(FLOW, {})
            except WrongThreadError as error:
                raised.append(str(error))
        with pytest.raises(WrongThreadError):
            runtime.map(FLOW, [{}])

    async def main():
        async with Runtime() as runtime:
            thread = threading.Thread(target=anyio.run, args=(use, runtime), kwargs={"backend": inner})
            thread.start()
            await anyio.to_thread.run_sync(thread.join)
            assert await runtime.run(FLOW, {"x": 1}) == {"x": 1}

    anyio.run(main, backend=outer)
    assert len(raised) == 2
    assert "run_from_thread" in raised[0]


@pytest.mark.anyio
async def test_a_map_of_a_runtime_that_is_not_open_is_refused_at_once():
    with pytest.raises(RuntimeClosedError):
        Runtime().map(FLOW, [{}])


@pytest.mark.anyio
async def test_a_runtime_is_entered_once():
    async with Runtime() as runtime:
        with pytest.raises(RuntimeOpenError):
            async with runtime:
                pass
        assert await runtime.run(FLOW, {"x": 1}) == {"x": 1}


@pytest.mark.anyio
async def test_a_file_name_that_no_file_can_have_is_refused():
    with pytest.raises(StoreUnavailableError, match="NUL"):
        async with Runtime(store=SqlStore("a\0b.db")):
            pass


class Interrupting(MemoryStore):
    """A store in whose writing Ctrl-C strikes."""

    def __init__(self):
        super().__init__()
        self.has_struck = False
        write = self.log.write

        async def struck_write(batch):
            if not self.has_struck:
                self.has_struck = True
                signal.raise_signal(signal.SIGINT)
            await write(batch)

        self.log.write = struck_write


@pytest.mark.parametrize("backend", BACKENDS)
def test_ctrl_c_does_not_tear_the_log_apart(backend):
    store = Interrupting()

    async def main():
        async with Runtime(store=store) as runtime:
            async for _ in runtime.map(workflow({"a": lambda _r: {}, "b": yields}), ({} for _ in range(100_000))):
                pass

    with pytest.raises(KeyboardInterrupt):
        anyio.run(main, backend=backend)
    statuses = {row.status for row in anyio.run(lambda: store.log.executions(limit=200_000))}
    assert statuses <= {"completed", "cancelled"}


async def yields(_record):
    await anyio.lowlevel.checkpoint()
    return {}


def test_ctrl_c_ends_a_step_that_never_yields_on_trio():
    def spins(_record):
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    async def main():
        async with Runtime() as runtime:
            await runtime.run(workflow({"a": spins}), {})

    with pytest.raises(KeyboardInterrupt):
        anyio.run(main, backend="trio")


async def raises_later(error):
    await anyio.lowlevel.checkpoint()
    raise error


@pytest.mark.parametrize("raised", [GeneratorExit, SystemExit(3), BaseException("odd")], ids=str)
@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.anyio
async def test_a_step_that_raises_what_is_no_exception_harms_only_its_own_execution(raised, is_late):
    def raises(_record):
        raise raised

    async def raises_late(_record):
        await raises_later(raised)

    async with Runtime() as runtime:
        other = await runtime.start(workflow({"a": yields}), {})
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(workflow({"a": raises_late if is_late else raises, "b": yields}), {})
        assert isinstance(failed.value.__cause__, StepExitedError)
        assert await other.wait() == "completed"


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_keyboard_interrupt_in_a_helper_leaves_a_whole_log(backend):
    store = MemoryStore()

    async def interrupted(_record):
        await raises_later(KeyboardInterrupt)

    async def main():
        async with Runtime(store=store) as runtime:
            await runtime.run(side_by_side({"good": yields, "bad": interrupted, "other": yields}), {})

    with pytest.raises(KeyboardInterrupt):
        anyio.run(main, backend=backend)
    assert [row.status for row in anyio.run(store.log.executions)] == ["cancelled"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("asked", ["cancel", "signal"])
def test_ctrl_c_does_not_tear_apart_what_somebody_asks_of_an_execution(backend, asked):
    store = MemoryStore()

    def interrupt(event):
        if isinstance(event, CancelRequested | SignalTaken):
            signal.raise_signal(signal.SIGINT)

    waits = {"type": "wait_signal", "data": {"name": "go"}}
    small = of_kinds({"node": waits, "other": {"type": "wait_signal", "data": {"name": "never"}}})

    async def main():
        async with Runtime(store=store, hooks=[interrupt]) as runtime:
            handle = await runtime.start(small)
            await anyio.wait_all_tasks_blocked()
            if asked == "cancel":
                handle.cancel("asked for", node="node")
            else:
                await runtime.signal(handle.execution_id, "go", 1)
            await handle.wait()

    async def read():
        (execution,) = await store.log.executions()
        return {row.node: (row.status, row.note) for row in await store.log.nodes(execution.id)}

    with pytest.raises(KeyboardInterrupt):
        anyio.run(main, backend=backend)
    assert anyio.run(read)["node"] == (("cancelled", "asked for") if asked == "cancel" else ("completed", None))
