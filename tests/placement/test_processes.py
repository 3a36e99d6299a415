"""Steps in processes: on asyncio and trio, with real processes."""

import os
import signal
import threading

import anyio
import pytest
from kernel.workflows import side_by_side, workflow
from placement import placed_steps as steps
from placement.processes import is_running, read_pid

from flowrt.definition import load_definition
from flowrt.definition import workflow as python_workflow
from flowrt.errors import (
    AttemptTimeoutError,
    ExecutionFailedError,
    StepCrashedError,
    StepExitedError,
    StepTransferError,
)
from flowrt.policies import NodePolicy, Retry, Timeout
from flowrt.runtime import Runtime
from flowrt.steps.registry import StepRegistry
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio
IN_PROCESS = NodePolicy(placement="process")


def processed(call, policy=IN_PROCESS):
    return workflow({"a": call}, policies={"a": policy})


async def failure_of(call, record=None, policy=IN_PROCESS):
    async with Runtime(limits={"process": 1}) as runtime:
        with pytest.raises(ExecutionFailedError) as caught:
            await runtime.run(processed(call, policy), record or {})
        assert runtime._engine.kernel.places.find("process").slots.taken == 0
    return caught.value.__cause__


async def test_a_step_runs_in_another_process_which_is_kept_for_the_next_and_ends_with_the_runtime():
    async with Runtime(limits={"process": 1}) as runtime:
        first = (await runtime.run(processed(steps.own_pid), {}))["pid"]
        second = (await runtime.run(processed(steps.own_pid), {}))["pid"]
        assert first == second != os.getpid()
        assert is_running(first)
    assert not is_running(first)


async def test_steps_run_in_as_many_processes_as_there_are_slots():
    ids = [f"n{number}" for number in range(40)]
    async with Runtime(limits={"process": 2}) as runtime:
        plan = side_by_side(dict.fromkeys(ids, steps.own_pid), policies=dict.fromkeys(ids, IN_PROCESS))
        pids = {result["pid"] for result in (await runtime.run(plan, {})).values()}
    assert len(pids) == 2


async def test_a_python_step_keeps_its_policy_and_its_types():
    @python_workflow
    def flow(n: int) -> str:
        return steps.total([steps.cube(n), steps.cube(2)])

    async with Runtime(limits={"process": 1}) as runtime:
        assert await runtime.run(flow, {"n": 3}) == "35 of a tuple"


async def test_a_step_that_is_a_method_runs_in_a_process_with_its_object():
    @python_workflow
    def flow(n: int) -> int:
        return steps.Scale(7).stretch(n)

    async with Runtime(limits={"process": 1}) as runtime:
        assert await runtime.run(flow, {"n": 3}) == 21


async def test_an_exported_workflow_runs_its_placed_steps_again():
    @python_workflow
    def flow(n: int) -> str:
        return steps.total([steps.cube(n), steps.cube(2)])

    exported = flow.export()
    assert exported["nodes"][0]["policy"] == {
        "placement": "process",
        "timeout": {"attempt": 50, "queue": 50},
        "retry": {"max_attempts": 2},
    }
    registry = StepRegistry.with_builtins(python_modules=["placement.placed_steps"])
    loaded = load_definition(exported, registry)
    assert [node.policy for node in loaded.definition.nodes] == [node.policy for node in flow.definition.nodes]
    async with Runtime(steps=registry, limits={"process": 1}) as runtime:
        assert await runtime.run(loaded, {"n": 3}) == "35 of a tuple"


async def test_a_function_that_takes_keys_of_the_record_runs_in_a_process():
    data = {"function": "placement.placed_steps:cube", "output_key": "cube"}
    node = {"id": "a", "type": "python", "data": data, "policy": {"placement": "process"}}
    async with Runtime(python_modules=["placement.placed_steps"], limits={"process": 1}) as runtime:
        assert await runtime.run({"nodes": [node]}, {"n": 2}) == {"n": 2, "cube": 8}


async def test_a_registered_function_runs_in_a_process():
    registry = StepRegistry()
    registry.step("square")(steps.square)
    async with Runtime(steps=registry, limits={"process": 1}) as runtime:
        node = {"id": "a", "type": "square", "policy": {"placement": "process"}}
        assert await runtime.run({"nodes": [node]}, {"n": 3}) == {"n": 3, "square": 9}


async def test_a_built_in_type_whose_call_can_be_sent_runs_in_a_process():
    node = {"id": "a", "type": "transform", "data": {"mappings": {"y": "x + 1"}}, "policy": {"placement": "process"}}
    async with Runtime(limits={"process": 1}) as runtime:
        assert await runtime.run({"nodes": [node]}, {"x": 1}) == {"x": 1, "y": 2}


async def test_what_a_step_raises_arrives_with_the_traceback_of_its_process():
    error = await failure_of(steps.raise_value_error, {"n": 7})
    assert (type(error), str(error)) == (ValueError, "no 7")
    (note,) = error.__notes__
    assert "placed_steps.py" in note
    assert "in raise_value_error" in note


async def test_an_error_that_pickle_cannot_take_arrives_as_its_class():
    error = await failure_of(steps.raise_lent)
    assert (type(error), str(error), error.days) == (steps.LentError, "the book is 3 days late", 3)
    assert "lock" in error.lock


async def test_an_error_whose_class_stands_nowhere_arrives_as_the_class_that_it_is_one_of():
    error = await failure_of(steps.raise_local)
    assert (type(error), str(error)) == (LookupError, "gone")
    assert "NowhereError" in error.__notes__[0]


async def test_what_a_step_raises_is_retried_by_its_name():
    policy = NodePolicy(
        placement="process", retry=Retry(max_attempts=2, delay_seconds=0, retryable_errors=("LentError",))
    )
    store = MemoryStore()
    async with Runtime(store=store, limits={"process": 1}) as runtime:
        handle = await runtime.start(processed(steps.raise_lent, policy), {})
        await handle.wait()
        assert [node.attempt for node in await store.log.nodes(handle.execution_id)] == [1, 2]


async def test_system_exit_in_a_process_is_the_steps_failure():
    assert isinstance(await failure_of(steps.want_to_exit), StepExitedError)


@pytest.mark.parametrize(("call", "how"), [(steps.exit_at_once, "exit code 3"), (steps.kill_itself, "SIGKILL killed")])
async def test_a_process_that_ends_is_the_attempts_failure(call, how):
    error = await failure_of(call)
    assert isinstance(error, StepCrashedError)
    assert how in str(error)


async def test_a_crash_is_retried_in_a_new_process(tmp_path):
    policy = NodePolicy(placement="process", retry=Retry(max_attempts=2, delay_seconds=0))
    async with Runtime(limits={"process": 1}) as runtime:
        result = await runtime.run(processed(steps.crash_once, policy), {"file": str(tmp_path / "crashed")})
    assert result["survived"]


async def test_a_process_that_is_killed_from_outside_is_the_attempts_failure(tmp_path):
    file = tmp_path / "pid"
    async with Runtime(limits={"process": 1}) as runtime:
        handle = await runtime.start(processed(steps.hang_noted), {"file": str(file)})
        os.kill(await read_pid(file), signal.SIGKILL)
        assert await handle.wait() == "failed"
        with pytest.raises(ExecutionFailedError, match="SIGKILL"):
            await handle.result()


async def test_an_idle_process_that_was_killed_from_outside_is_replaced():
    async with Runtime(limits={"process": 1}) as runtime:
        pid = (await runtime.run(processed(steps.own_pid), {}))["pid"]
        os.kill(pid, signal.SIGKILL)
        (process,) = runtime._engine.kernel.places.find("process")._idle
        await process._process.wait()
        assert (await runtime.run(processed(steps.own_pid), {}))["pid"] != pid


async def test_an_attempt_whose_time_is_over_is_killed(tmp_path):
    policy = NodePolicy(placement="process", timeout=Timeout(attempt=1.0))
    file = tmp_path / "pid"
    error = await failure_of(steps.hang_noted, {"file": str(file)}, policy)
    assert isinstance(error, AttemptTimeoutError)
    assert not is_running(await read_pid(file))


async def test_a_cancel_kills_the_process(tmp_path):
    file = tmp_path / "pid"
    async with Runtime(limits={"process": 1}) as runtime:
        handle = await runtime.start(processed(steps.hang_noted), {"file": str(file)})
        pid = await read_pid(file)
        handle.cancel("enough")
        assert await handle.wait() == "cancelled"
        assert not is_running(pid)
        assert runtime._engine.kernel.places.find("process").slots.taken == 0


async def test_what_a_killed_step_had_started_ends_with_it(tmp_path):
    file = tmp_path / "pid"
    async with Runtime(limits={"process": 1}) as runtime:
        handle = await runtime.start(processed(steps.hang_with_child), {"file": str(file)})
        pid = await read_pid(file)
        handle.cancel("enough")
        await handle.wait()
    while is_running(pid):  # noqa: ASYNC110 - the system reaps it
        await anyio.sleep(0.001)


async def test_what_a_crashed_step_had_started_ends_with_it(tmp_path):
    file = tmp_path / "pid"
    async with Runtime(limits={"process": 1}) as runtime:
        handle = await runtime.start(processed(steps.crash_with_child), {"file": str(file)})
        pid = await read_pid(file)
        assert await handle.wait() == "failed"
        while is_running(pid):  # noqa: ASYNC110 - the system reaps it
            await anyio.sleep(0.001)


async def test_leaving_the_runtime_kills_what_runs(tmp_path):
    file = tmp_path / "pid"
    async with Runtime(limits={"process": 1}) as runtime:
        await runtime.start(processed(steps.hang_noted), {"file": str(file)})
        pid = await read_pid(file)
    assert not is_running(pid)


async def test_a_value_that_cannot_be_sent_is_named_and_not_tried_again():
    policy = NodePolicy(placement="process", retry=Retry(max_attempts=3, delay_seconds=1000))
    error = await failure_of(steps.square, {"n": 1, "shop": {"lock": threading.Lock()}}, policy)
    assert isinstance(error, StepTransferError)
    assert "takes `record['shop']['lock']`, of type lock, which can't be sent to a process" in str(error)


async def test_a_result_that_cannot_be_sent_is_named_and_not_tried_again():
    policy = NodePolicy(placement="process", retry=Retry(max_attempts=3, delay_seconds=1000))
    error = await failure_of(steps.return_lock, policy=policy)
    assert isinstance(error, StepTransferError)
    assert "returned a dict, which can't be sent back from a process" in str(error)


async def test_a_function_that_stands_nowhere_is_refused_by_name():
    error = await failure_of(lambda record: record)
    assert isinstance(error, StepTransferError)
    assert "can't be found by a name in another process" in str(error)


async def test_an_awaitable_cannot_be_sent_back():
    assert isinstance(await failure_of(steps.later), StepTransferError)


async def test_what_a_step_prints_goes_to_standard_error_and_it_reads_nothing(capfd):
    async with Runtime(limits={"process": 1}) as runtime:
        await runtime.run(processed(steps.print_much), {})
        assert (await runtime.run(processed(steps.read_input), {}))["read"] == ""
        assert (await runtime.run(processed(steps.square), {"n": 2}))["square"] == 4
    out, err = capfd.readouterr()
    assert out == ""
    assert sorted(err.splitlines()) == ["printed" * 10, "to the descriptor", "written"]


async def test_fifty_megabytes_go_there_and_back():
    data = bytes(range(256)) * 200_000
    async with Runtime(limits={"process": 1}) as runtime:
        result = await runtime.run(processed(steps.reverse), {"data": data})
    assert result["data"] == data[::-1]


async def test_two_runtimes_have_processes_of_their_own():
    async with Runtime(limits={"process": 1}) as first:
        kept = (await first.run(processed(steps.own_pid), {}))["pid"]
        async with Runtime(limits={"process": 1}) as second:
            other = (await second.run(processed(steps.own_pid), {}))["pid"]
        assert is_running(kept)
        assert not is_running(other)
