"""Steps in threads: on asyncio and trio, with real threads that wait for events and for nothing else."""

import threading
from contextlib import ExitStack
from contextvars import ContextVar

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest
from kernel.workflows import helpers, side_by_side, workflow
from placement.watched_log import warnings

from flowrt.actors.thread_place import ThreadCall
from flowrt.channels.slots import Slots
from flowrt.errors import AttemptTimeoutError, ExecutionFailedError, StepExitedError, WrongThreadError
from flowrt.policies import NodePolicy, Retry, Timeout
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.typing import PlacedCall

pytestmark = pytest.mark.anyio
IN_THREAD = NodePolicy(placement="thread")


class Gate:
    """A step that waits in its thread until the test lets it go; leaving the test lets it go in any case."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.may_go = threading.Event()

    def __call__(self, _record):
        self.begun.release()
        self.may_go.wait()
        return {}

    async def wait_begun(self):
        await anyio.to_thread.run_sync(self.begun.acquire)


@pytest.fixture
def gate():
    with ExitStack() as stack:
        gate = Gate()
        stack.callback(gate.may_go.set)
        yield gate


def threaded(call, policy=IN_THREAD, **more):
    return workflow({"a": call, **more}, policies={"a": policy})


async def test_a_step_runs_in_another_thread_and_its_value_goes_on():
    def step(record):
        return {"thread": threading.get_ident(), "n": record["n"] + 1}

    async with Runtime() as runtime:
        result = await runtime.run(threaded(step, b=lambda record: {"twice": record["n"] * 2}), {"n": 1})
    assert result["thread"] != threading.get_ident()
    assert (result["n"], result["twice"]) == (2, 4)


async def test_other_nodes_run_while_a_thread_is_busy(gate):
    def let_go(_record):
        gate.may_go.set()
        return {}

    async with Runtime() as runtime:
        plan = workflow({"a": gate, "b": let_go}, None, policies={"a": IN_THREAD})
        assert set(await runtime.run(plan, {})) == {"a", "b"}


async def test_what_a_step_raises_is_retried_and_keeps_its_traceback():
    calls = []

    def flaky(_record):
        calls.append(1)
        if len(calls) < 3:
            raise LookupError("not yet")
        return {"calls": len(calls)}

    policy = NodePolicy(placement="thread", retry=Retry(max_attempts=3, delay_seconds=0))
    async with Runtime() as runtime:
        assert await runtime.run(threaded(flaky, policy), {}) == {"calls": 3}
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(threaded(lambda record: record["nothing"]), {})
    assert caught.value.__cause__.__traceback__ is not None
    assert isinstance(caught.value.__cause__, KeyError)


async def test_system_exit_in_a_thread_is_the_steps_failure():
    def leave(_record):
        raise SystemExit(3)

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(threaded(leave), {})
    assert isinstance(caught.value.__cause__, StepExitedError)


async def test_an_awaitable_that_a_thread_returns_is_awaited_on_the_event_loop():
    async def later():
        await anyio.lowlevel.checkpoint()
        return {"thread": threading.get_ident()}

    async with Runtime() as runtime:
        assert await runtime.run(threaded(lambda _record: later()), {}) == {"thread": threading.get_ident()}


async def test_each_firing_has_its_own_context_in_its_thread_too():
    variable = ContextVar("variable", default="none")

    def look_and_set(_record):
        before = variable.get()
        variable.set("set in a thread")
        return {"before": before}

    variable.set("the caller's")
    async with Runtime() as runtime:
        plan = workflow({"a": look_and_set, "b": look_and_set}, policies={"a": IN_THREAD, "b": IN_THREAD})
        assert await runtime.run(plan, {}) == {"before": "the caller's"}
    assert variable.get() == "the caller's"


async def test_an_attempt_whose_time_is_over_ends_at_once_and_its_slot_stays_taken(gate, caplog):
    policy = NodePolicy(placement="thread", timeout=Timeout(attempt=0.01))
    async with Runtime(limits={"thread": 1}) as runtime:
        slots = runtime._engine.kernel.places.find("thread").slots
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(threaded(gate, policy), {})
        assert isinstance(caught.value.__cause__, AttemptTimeoutError)
        assert slots.taken == 1
        handle = await runtime.start(threaded(lambda _record: {"ran": True}), {})
        await anyio.wait_all_tasks_blocked()
        assert (slots.waiting, handle.status) == (1, "running")
        gate.may_go.set()
        assert await handle.result() == {"ran": True}
        assert slots.taken == 0
    (warning,) = warnings(caplog)
    assert "node 'a' of workflow 'test' goes on in its thread" in warning


async def test_a_cancelled_execution_does_not_wait_for_its_thread(gate):
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(threaded(gate), {})
        await gate.wait_begun()
        handle.cancel("enough")
        assert await handle.wait() == "cancelled"
        (node,) = await store.log.nodes(handle.execution_id)
        assert (node.status, handle.cancellation.nodes[0].outcome) == ("cancelled", "cancelled")
        gate.may_go.set()


async def test_a_step_may_ask_whether_it_was_cancelled(gate):
    noticed = threading.Event()

    def asks(record):
        gate(record)
        try:
            anyio.from_thread.check_cancelled()
        except BaseException:
            noticed.set()
            raise
        return {}

    async with Runtime() as runtime:
        handle = await runtime.start(threaded(asks), {})
        await gate.wait_begun()
        handle.cancel()
        await handle.wait()
        gate.may_go.set()
        assert await anyio.to_thread.run_sync(noticed.wait, 10)


async def test_a_cancel_before_the_thread_begins_gives_the_slot_back():
    ran = []
    call = ThreadCall(PlacedCall(ran.append, (1,), {}), lambda _: ran.append("told"))
    assert not call.leave()
    assert (call(), ran) == ((None,), [])


async def test_leaving_the_runtime_waits_for_threads_in_the_grace_time_and_names_those_that_go_on(gate, caplog):
    async with Runtime(grace_seconds=0.01) as runtime:
        await runtime.start(threaded(gate), {})
        await gate.wait_begun()
    left, still = warnings(caplog)
    assert "goes on in its thread" in left
    assert "node 'a' of workflow 'test' still runs in its thread" in still


async def test_leaving_the_runtime_waits_until_its_threads_have_ended(gate, caplog):
    async with Runtime(grace_seconds=60) as runtime:
        handle = await runtime.start(threaded(gate), {})
        await gate.wait_begun()
        handle.cancel()
        await handle.wait()
        place = runtime._engine.kernel.places.find("thread")
        threading.Timer(0.01, gate.may_go.set).start()
    assert not place._left
    assert not any("still runs" in warning for warning in warnings(caplog))


async def test_a_thread_runs_another_workflow_through_run_from_thread():
    store = MemoryStore()
    runtime = Runtime(store=store)
    inner = workflow({"i": lambda record: {"n": record["n"] + 1}}, name="inner")

    def nested(record):
        return runtime.run_from_thread(inner, {"n": record["n"]})

    async with runtime:
        assert await runtime.run(threaded(nested), {"n": 1}) == {"n": 2}
    rows = {row.workflow: row for row in await store.log.executions()}
    assert rows["inner"].parent_id == rows["test"].id


async def test_a_thread_that_runs_an_event_loop_of_its_own_is_told_how_to_run_workflows():
    runtime = Runtime()
    inner = workflow({"i": lambda _record: {}})

    def nested(_record):
        return anyio.run(runtime.run, inner, {})

    async with runtime:
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(threaded(nested), {})
    assert isinstance(caught.value.__cause__, WrongThreadError)
    assert "run_from_thread" in str(caught.value.__cause__)


async def test_a_thousand_steps_share_four_threads():
    lock, running, most = threading.Lock(), set(), []

    def step(_record):
        with lock:
            running.add(threading.get_ident())
            most.append(len(running))
        with lock:
            running.discard(threading.get_ident())
        return {}

    ids = [f"n{number}" for number in range(1000)]
    async with Runtime(limits={"thread": 4}) as runtime:
        plan = side_by_side(dict.fromkeys(ids, step), policies=dict.fromkeys(ids, IN_THREAD))
        assert len(await runtime.run(plan, {})) == 1000
        assert len(helpers()) < 100
    assert max(most) <= 4


async def test_a_cancel_in_the_middle_of_a_thousand_steps_leaves_no_slot_taken(gate):
    ids = [f"n{number}" for number in range(1000)]
    async with Runtime(limits={"thread": 4}) as runtime:
        handle = await runtime.start(side_by_side(dict.fromkeys(ids, gate), policies=dict.fromkeys(ids, IN_THREAD)), {})
        for _ in range(4):
            await gate.wait_begun()
        handle.cancel()
        assert await handle.wait() == "cancelled"
        slots = runtime._engine.kernel.places.find("thread").slots
        assert (slots.taken, slots.waiting) == (4, 0)
        gate.may_go.set()
        assert await runtime.run(threaded(lambda _record: {"next": True}), {}) == {"next": True}
    assert (slots.taken, slots.waiting) == (0, 0)


async def test_two_runtimes_have_threads_of_their_own(gate):
    async with Runtime(limits={"thread": 1}) as first, Runtime(limits={"thread": 1}) as second:
        handle = await first.start(threaded(gate), {})
        await gate.wait_begun()
        assert await second.run(threaded(lambda _record: {"ran": True}), {}) == {"ran": True}
        gate.may_go.set()
        await handle.result()


async def test_two_runtimes_may_share_a_limit(gate):
    limits = {"thread": Slots(1)}
    async with Runtime(limits=limits) as one, Runtime(limits=limits) as other:
        first = await one.start(threaded(gate), {})
        await gate.wait_begun()
        second = await other.start(threaded(lambda _record: {"ran": True}), {})
        await anyio.wait_all_tasks_blocked()
        assert (limits["thread"].waiting, second.status) == (1, "running")
        gate.may_go.set()
        assert await second.result() == {"ran": True}
        assert await first.wait() == "completed"
