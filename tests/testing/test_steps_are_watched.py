"""Steps that wait for something real, read the real clock or change their input are caught and named."""

import contextlib
import datetime as dt
import gc
import logging
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
import trio
from testing.flows import payment

import flowrt
from flowrt.errors import ExecutionFailedError
from flowrt.steps.registry import StepRegistry
from flowrt.testing import FlowRuntime, InputMutatedError, RealWaitError, Simulation, simulate


def sleeps(_x):
    time.sleep(0.01)


def connects(_x):
    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))


def runs_a_program(_x):
    subprocess.run([sys.executable, "-c", ""], check=False)


async def sleeps_later(_x):
    await anyio.sleep(1)
    time.sleep(0.01)  # noqa: ASYNC251


def sleeps_in_a_coroutine_of_a_lambda(x):
    return sleeps_later(x)


def reads_the_time(_x):
    return time.time()


def reads_the_date(_x):
    return dt.datetime.now(dt.UTC)


def reads_another_clock(_x):
    return time.perf_counter_ns()


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (sleeps, r"time\.sleep\(\)"),
        (connects, r"socket\.connect\(\)"),
        (runs_a_program, r"fork_exec\(\)|posix_spawn\(\)|vfork"),
        (sleeps_later, r"time\.sleep\(\)"),
        (sleeps_in_a_coroutine_of_a_lambda, r"time\.sleep\(\)"),
        (reads_the_time, r"time\.time\(\)"),
        (reads_the_date, r"datetime\.now\(\)"),
        (reads_another_clock, r"time\.perf_counter_ns\(\)"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_call_is_caught_where_it_is_made(step, what):
    with pytest.raises(RealWaitError, match=what) as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": step})
    assert raised.value.node == "charge"
    assert ".py:" in raised.value.where


async def waits_in_a_thread(_x):
    await anyio.to_thread.run_sync(time.sleep, 0.01)


async def waits_in_a_thread_of_a_task(x):
    async with anyio.create_task_group() as group:
        group.start_soon(waits_in_a_thread, x)


async def waits_for_a_socket(_x):
    here, there = trio.socket.socketpair()
    with here, there:
        await here.recv(1)


async def uses_a_thread_that_is_quick(_x):
    await anyio.to_thread.run_sync(int)


async def uses_a_quick_thread_in_a_task(x):
    async with anyio.create_task_group() as group:
        group.start_soon(uses_a_thread_that_is_quick, x)


def starts_a_thread(_x):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def uses_a_pool_of_threads(_x):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(int).result()


@pytest.mark.parametrize(
    "step",
    [uses_a_thread_that_is_quick, uses_a_quick_thread_in_a_task, starts_a_thread, uses_a_pool_of_threads],
    ids=lambda value: value.__name__,
)
def test_a_thread_is_caught_however_soon_it_ends(step):
    for seed in range(10):
        with pytest.raises(RealWaitError, match="a thread") as raised:
            simulate(payment, {"x": 1}, seed=seed, steps={"charge": step})
        assert raised.value.node == "charge"


def test_the_line_that_is_named_is_the_step_s_and_not_a_library_s():
    with pytest.raises(RealWaitError) as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": runs_a_program})
    assert Path(__file__).name in raised.value.where


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (waits_in_a_thread, "a thread"),
        (waits_in_a_thread_of_a_task, "a thread"),
        (waits_for_a_socket, "a socket or a process|socket.recv"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_real_wait_of_a_suspended_step_is_caught_and_named(step, what):
    with pytest.raises(RealWaitError, match=what) as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": step})
    assert raised.value.node == "charge"


def test_what_a_policy_absorbs_is_found_all_the_same():
    def hides_it(x):
        try:
            return sleeps(x)
        except Exception:  # noqa: BLE001
            return 1

    with pytest.raises(RealWaitError):
        simulate(payment, {"x": 1}, seed=0, steps={"charge": hides_it})


def test_logging_in_a_step_is_allowed():
    def logs(x):
        logging.getLogger("test").warning("charging %s", x)
        return x

    assert simulate(payment, {"x": 1}, seed=0, steps={"charge": logs}).result == 1


def test_virtual_time_may_be_read():
    async def reads(_x):
        await anyio.sleep(7)
        return anyio.current_time()

    assert simulate(payment, {"x": 1}, seed=0, steps={"charge": reads, "quick": lambda x: x}).result == 7


def test_what_the_garbage_collector_clears_up_meanwhile_is_not_the_steps():
    class Timed:
        def __del__(self):
            time.monotonic()

    def callback(_phase, _details):
        time.monotonic()

    def collects(x):
        gc.callbacks.append(callback)
        cycle = [Timed()]
        cycle.append(cycle)
        del cycle
        gc.collect()
        gc.callbacks.remove(callback)
        return x

    assert simulate(payment, {"x": 1}, seed=0, steps={"charge": collects}).result == 1


def test_a_profile_function_that_was_set_is_set_again():
    def mine(*_args):
        return None

    sys.setprofile(mine)
    try:
        simulate(payment, {"x": 1}, seed=0)
        assert sys.getprofile() is mine
    finally:
        sys.setprofile(None)


DOCUMENT = {
    "nodes": [{"id": "a", "type": "start"}, {"id": "b", "type": "end"}],
    "edges": [{"source": "a", "target": "b"}],
}


def changes(record):
    record["customer"]["name"] = "Bob"
    return {}


async def changes_later(record):
    await anyio.sleep(1)
    record["new"] = 1
    return {}


@pytest.mark.parametrize("step", [changes, changes_later])
def test_a_step_that_changes_its_input_is_caught(step):
    given = {"customer": {"name": "Ada"}}
    with pytest.raises(InputMutatedError, match=r"'b' changed its input, from .*Ada") as raised:
        simulate(DOCUMENT, given, seed=0, steps={"b": step})
    assert raised.value.node == "b"
    simulate(DOCUMENT, {"customer": {}}, seed=0, steps={"b": step}, check_inputs=False)


def test_input_that_can_not_be_copied_is_not_looked_at():
    with Path(__file__).open(encoding="utf-8") as no_copy:
        steps = {"charge": lambda _x: no_copy, "quick": lambda _x: 3}
        assert simulate(payment, {"x": 1}, seed=0, steps=steps).result == 3


def run_in_runtime(call, **options):
    """Run a step in the runtime that the fixture `flow_runtime` gives; the failure of its workflow is expected."""
    registry = StepRegistry()
    registry.step("it")(call)
    simulation = Simulation(seed=0)

    async def main():
        async with FlowRuntime(simulation, steps=registry, **options) as runtime:
            with contextlib.suppress(ExecutionFailedError):
                await runtime.run({"nodes": [{"id": "b", "type": "it"}]}, {"customer": {"name": "Ada"}})

    simulation.run(main)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (sleeps, RealWaitError),
        (sleeps_later, RealWaitError),
        (changes, InputMutatedError),
        (changes_later, InputMutatedError),
    ],
)
def test_the_steps_of_a_runtime_in_a_test_are_watched_too(step, error):
    with pytest.raises(error, match="node 'b'"):
        run_in_runtime(step)


def test_a_runtime_in_a_test_may_let_inputs_be_changed():
    run_in_runtime(changes, check_inputs=False)


def test_a_watched_step_may_run_workflows_in_its_runtime():
    @flowrt.step
    async def begins(x: int) -> int:
        return await runtime.run(payment, {"x": x}) + await (await runtime.start(payment, {"x": x})).result()

    @flowrt.workflow
    def nested(x: int) -> int:
        return begins(x)

    async def main():
        async with runtime:
            return await runtime.run(nested, {"x": 3})

    simulation = Simulation(seed=0)
    runtime = FlowRuntime(simulation)
    assert simulation.run(main) == 6
