"""Running workflows: order, parallelism, results and failures."""

import anyio
import pytest
from kernel.workflows import retried, side_by_side, timed, workflow

from flowrt.errors import (
    AttemptTimeoutError,
    ExecutionCancelledError,
    ExecutionFailedError,
    RuntimeClosedError,
    StepResultError,
    UpstreamFailedError,
)
from flowrt.policies import Default, NodePolicy
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio


def adds(**produced):
    return lambda _record: produced


def fails(_record):
    raise LookupError("no such customer")


async def test_a_chain_passes_its_record_on():
    async with Runtime() as runtime:
        result = await runtime.run(workflow({"a": adds(x=1), "b": lambda r: {"y": r["x"] + r["given"]}}), {"given": 5})
    assert result == {"given": 5, "x": 1, "y": 6}


async def test_async_steps_that_suspend_run_in_parallel():
    arrived, both = [], anyio.Event()

    async def meet(_record):
        arrived.append(1)
        if len(arrived) == 3:
            both.set()
        await both.wait()
        return {}

    async with Runtime() as runtime:
        with anyio.fail_after(5):
            await runtime.run(side_by_side({"a": meet, "b": meet, "c": meet}), {})
    assert len(arrived) == 3


async def test_a_failure_names_node_attempt_and_cause():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="node 'b' failed in attempt 1: LookupError: no such") as caught:
            await runtime.run(workflow({"a": adds(), "b": fails, "c": adds()}), {})
    assert (caught.value.node, caught.value.attempt) == ("b", 1)
    assert isinstance(caught.value.__cause__, LookupError)
    assert caught.value.__cause__.__traceback__ is not None


async def test_a_retried_step_succeeds_at_last_and_is_not_called_again():
    calls = []

    def flaky(_record):
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("refused")
        return {"ok": True}

    async with Runtime() as runtime:
        result = await runtime.run(workflow({"a": flaky}, policies={"a": retried(5)}), {})
    assert (result, len(calls)) == ({"ok": True}, 3)


async def test_the_last_error_is_raised_with_the_others_as_notes():
    calls = []

    def flaky(_record):
        calls.append(1)
        raise ConnectionError(f"refused {len(calls)}")

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(workflow({"a": flaky}, policies={"a": retried(3)}), {})
    assert caught.value.attempt == 3
    assert str(caught.value.__cause__) == "refused 3"
    assert caught.value.__cause__.__notes__ == [
        "attempt 1 failed: ConnectionError: refused 1",
        "attempt 2 failed: ConnectionError: refused 2",
    ]


async def test_a_fatal_error_is_not_retried():
    calls = []

    def refuse(_record):
        calls.append(1)
        raise PermissionError

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError):
            await runtime.run(workflow({"a": refuse}, policies={"a": retried(3, fatal_errors=("OSError",))}), {})
    assert len(calls) == 1


async def test_an_attempt_that_takes_too_long_is_cancelled_and_fails_by_name():
    ended = []

    async def hang(_record):
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="took longer than its timeout") as caught:
            await runtime.run(workflow({"a": hang}, policies={"a": timed(0.02)}), {})
    assert isinstance(caught.value.__cause__, AttemptTimeoutError)
    assert ended == [True]


async def test_the_next_firing_of_a_worker_is_not_hit_by_the_timeout_of_the_last():
    async def hang(_record):
        await anyio.sleep_forever()

    async def wait(_record):
        await anyio.sleep(0.05)
        return {"late": True}

    async with Runtime() as runtime:
        policies = {"a": timed(0.01, on_error="skip"), "b": NodePolicy()}
        result = await runtime.run(side_by_side({"a": hang, "b": wait, "c": wait}, policies=policies), {})
    assert result == {"b": {"late": True}, "c": {"late": True}}


@pytest.mark.parametrize(
    ("on_error", "result"),
    [("skip", {"c": {}}), (Default({"x": 0}), {"b": {"x": 0, "seen": 0}, "c": {}})],
)
async def test_on_error_lets_the_execution_go_on(on_error, result):
    steps = {"a": fails, "b": lambda record: {"seen": record["x"]}, "c": adds()}
    async with Runtime() as runtime:
        given = await runtime.run(workflow(steps, ["a>b"], policies={"a": NodePolicy(on_error=on_error)}), {})
    assert given == result


async def test_continue_fails_the_nodes_that_need_the_value_and_names_the_root_cause():
    policies = {"a": NodePolicy(on_error="continue"), "b": NodePolicy(on_error="continue")}
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="node 'c' failed without running") as caught:
            await runtime.run(workflow({"a": fails, "b": adds(), "c": adds()}, policies=policies), {})
    assert isinstance(caught.value.__cause__, UpstreamFailedError)
    assert caught.value.__cause__.upstream == ("b",)
    assert "a: LookupError: no such customer" in str(caught.value)


async def test_a_node_before_a_racing_join_does_not_fail_the_execution():
    async with Runtime() as runtime:
        steps = {"a": fails, "b": adds(x=1), "c": lambda record: {"got": record["x"]}}
        result = await runtime.run(workflow(steps, ["a>c", "b>c"], joins={"c": "any"}), {})
    assert result == {"x": 1, "got": 1}


async def test_a_failure_cancels_what_is_running():
    cancelled, hanging = [], []
    all_hang = anyio.Event()

    async def hang(_record):
        hanging.append(True)
        if len(hanging) == 2:
            all_hang.set()
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append(True)

    async def fail_later(_record):
        await all_hang.wait()
        raise LookupError

    async with Runtime() as runtime:
        with anyio.fail_after(5), pytest.raises(ExecutionFailedError):
            await runtime.run(side_by_side({"a": hang, "b": fail_later, "c": hang}), {})
    assert cancelled == [True, True]


async def test_a_step_that_returns_no_object_fails_by_name():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(workflow({"a": lambda _record: 5}), {})
    assert isinstance(caught.value.__cause__, StepResultError)


async def test_the_result_of_a_started_execution_is_taken():
    async def slowly(_record):
        await anyio.lowlevel.checkpoint()
        return {"x": 1}

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": slowly, "b": adds(y=2)}), {})
        assert handle.status == "running"
        assert await handle.result() == {"x": 1, "y": 2}
    assert handle.status == "completed"


async def test_cancelling_a_handle_cancels_its_execution_and_the_waiter_is_told():
    async def hang(_record):
        await anyio.sleep_forever()

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hang}), {})
        await anyio.lowlevel.checkpoint()
        handle.cancel("not needed any more")
        with pytest.raises(ExecutionCancelledError, match="not needed any more"):
            await handle.result()


async def test_a_cancelled_waiter_does_not_touch_the_execution():
    go = anyio.Event()

    async def wait(_record):
        await go.wait()
        return {"x": 1}

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": wait}), {})
        with anyio.move_on_after(0.01):
            await handle.wait()
        go.set()
        assert await handle.result() == {"x": 1}


async def test_leaving_the_runtime_ends_everything():
    ended = []

    async def hang(_record):
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hang}), {})
        await anyio.sleep(0.01)
    assert (ended, handle.status) == ([True], "cancelled")


async def test_a_closed_runtime_refuses_to_run():
    runtime = Runtime()
    with pytest.raises(RuntimeClosedError):
        await runtime.run(workflow({"a": adds()}), {})
    async with runtime:
        pass
    with pytest.raises(RuntimeClosedError):
        await runtime.run(workflow({"a": adds()}), {})


class SlowlySaved(MemoryStore):
    """A store that takes its time to save a workflow."""

    def __init__(self):
        super().__init__()
        self.is_saving, self.may_go_on = anyio.Event(), anyio.Event()
        self.save_now = self.workflows.save
        self.workflows.save = self.save

    async def save(self, *args):
        saved = await self.save_now(*args)
        self.is_saving.set()
        await self.may_go_on.wait()
        return saved


@pytest.mark.parametrize("how", ["run", "start"])
async def test_nothing_begins_in_a_runtime_that_was_left_while_its_workflow_was_saved(how):
    ran, raised, store = [], [], SlowlySaved()

    async def call(runtime):
        try:
            await getattr(runtime, how)(workflow({"a": lambda _record: ran.append(1) or {}}))
        except RuntimeClosedError as error:
            raised.append(error)

    async with anyio.create_task_group() as tasks:
        async with Runtime(store=store) as runtime:
            tasks.start_soon(call, runtime)
            await store.is_saving.wait()
        store.may_go_on.set()
    assert (len(raised), ran, await store.log.executions()) == (1, [], [])


async def test_a_thousand_nodes_that_all_suspend_come_to_an_end():
    async def yields(_record):
        await anyio.lowlevel.checkpoint()
        return {}

    steps = {"start": yields} | {f"n{i}": yields for i in range(1000)} | {"end": yields}
    edges = [f"start>n{i}" for i in range(1000)] + [f"n{i}>end" for i in range(1000)]
    async with Runtime() as runtime:
        with anyio.fail_after(30):
            assert await runtime.run(workflow(steps, edges), {"x": 1}) == {"x": 1}
