"""Placed firings wait for their slots as data, in their order; in virtual time."""

import anyio
import pytest
from kernel.workflows import helpers, side_by_side, workflow

from flowrt.actors import ending, pausing, placing
from flowrt.errors import ExecutionFailedError, QueueTimeoutError
from flowrt.plans import compile_workflow
from flowrt.policies import NodePolicy, Retry, Timeout
from flowrt.testing import Fake, simulate
from flowrt.testing.simulation import Simulation
from flowrt.typing import Delay, PlacedCall

IN_PROCESS = NodePolicy(placement="process")


def crunch(_record):
    raise AssertionError("a stand-in takes its place")


def crunches(count, policy=IN_PROCESS):
    ids = [f"n{number}" for number in range(count)]
    return side_by_side(dict.fromkeys(ids, crunch), policies=dict.fromkeys(ids, policy)), ids


def started_at(trace, ids):
    return sorted(attempt.started_ns / 1e9 for node in ids for attempt in trace.attempts(node))


@pytest.mark.parametrize("seed", range(5))
def test_a_limit_shows_in_the_trace(seed):
    plan, ids = crunches(6)
    _, trace = simulate(plan, seed=seed, steps={"test": Fake(latency=1.0)}, limits={"process": 2})
    assert started_at(trace, ids) == [0, 0, 1, 1, 2, 2]
    assert trace.duration_seconds == 3


def test_threads_and_processes_have_slots_of_their_own():
    policies = {"a": IN_PROCESS, "b": IN_PROCESS, "c": NodePolicy(placement="thread")}
    plan = side_by_side(dict.fromkeys("abc", crunch), policies=policies)
    _, trace = simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1, "thread": 1})
    assert started_at(trace, "abc") == [0, 0, 1]


def test_the_same_seed_gives_the_same_trace():
    plan, _ = crunches(9)
    hashes = {
        simulate(plan, seed=7, steps={"test": Fake(latency=1.0)}, limits={"process": 2}).trace.hash for _ in range(3)
    }
    assert len(hashes) == 1


def test_a_placed_step_is_called_with_what_it_would_be_called_with_inline():
    plan = workflow({"a": lambda _: {"x": 1}, "b": lambda r: {"y": r["x"] + 1}}, policies={"b": IN_PROCESS})
    assert simulate(plan, {"w": 0}, seed=1).result == {"w": 0, "x": 1, "y": 2}


def test_an_attempt_that_waits_too_long_for_its_slot_fails():
    policy = NodePolicy(placement="process", timeout=Timeout(queue=0.5))
    plan, ids = crunches(2, policy)
    done = simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1})
    assert isinstance(done.error, ExecutionFailedError)
    assert isinstance(done.error.__cause__, QueueTimeoutError)
    assert done.trace.duration_seconds == 0.5
    (failed,) = [a for node in ids for a in done.trace.attempts(node) if a.status == "failed"]
    assert failed.error == "QueueTimeoutError"


def test_an_attempt_that_waited_too_long_is_retried_and_waits_anew():
    retry = Retry(max_attempts=4, delay_seconds=0.1, backoff="constant", jitter=0)
    policy = NodePolicy(placement="process", timeout=Timeout(queue=0.5), retry=retry)
    plan, ids = crunches(2, policy)
    done = simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1})
    assert done.status == "completed"
    ends = sorted((a.ended_ns / 1e9, a.number, a.status) for node in ids for a in done.trace.attempts(node))
    assert ends == [(0.5, 1, "failed"), (1.0, 1, "completed"), (2.0, 2, "completed")]
    assert started_at(done.trace, ids)[-1] == 1.0  # its second attempt waited from 0.6 on, 0.4 seconds


def test_the_time_of_an_attempt_does_not_count_the_queue():
    plan, _ = crunches(3, NodePolicy(placement="process", timeout=Timeout(attempt=1.5)))
    assert simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1}).status == "completed"


def test_the_time_of_a_node_counts_the_queue():
    plan, _ = crunches(3, NodePolicy(placement="process", timeout=Timeout(total=2.5)))
    done = simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1})
    assert (type(done.error.__cause__).__name__, done.trace.duration_seconds) == ("NodeTimeoutError", 2.5)


def test_a_timed_out_attempt_gives_its_slot_back():
    policy = NodePolicy(placement="process", timeout=Timeout(attempt=0.5), on_error="skip")
    plan, ids = crunches(4, policy)
    done = simulate(plan, seed=1, steps={"test": Fake(latency=1.0)}, limits={"process": 1})
    assert started_at(done.trace, ids) == [0, 0.5, 1.0, 1.5]


def test_a_step_that_only_waits_for_a_time_holds_no_slot_meanwhile():
    def later(_record):
        return Delay({}, 1.0)

    ids = [f"n{number}" for number in range(10)]
    plan = side_by_side(dict.fromkeys(ids, later), policies=dict.fromkeys(ids, IN_PROCESS))
    assert simulate(plan, seed=1, limits={"process": 1}).trace.duration_seconds == 1


def in_simulation(plan, act, max_processes=1):
    """Run `act` with a begun execution of a plan and the kernel, in virtual time; return the recorded trace."""
    simulation = Simulation(3, limits={"process": max_processes})

    async def main():
        async with simulation.open_engine() as engine:
            execution = engine.begin_plan(plan, {})
            engine.kernel.crew.call(execution)
            await act(execution, engine.kernel)

    simulation.run(main)
    return simulation.recorder.trace()


def compiled(calls, policy=IN_PROCESS):
    loaded = side_by_side(calls, policies=dict.fromkeys(calls, policy))
    return compile_workflow(loaded, loaded.steps)


async def takes_a_second(_record):
    await anyio.sleep(1)
    return {}


def test_who_waits_holds_no_task():
    async def act(execution, kernel):
        await anyio.sleep(0.5)
        slots = kernel.places.find("process").slots
        assert (slots.taken, slots.waiting, len(execution.suspended)) == (1, 999, 1)
        assert len(execution.parking) == 999
        assert len(helpers()) <= 4
        execution.cancel("enough")
        await execution.wait_ended()
        assert (slots.taken, slots.waiting) == (0, 0)

    in_simulation(compiled({f"n{number}": takes_a_second for number in range(1000)}), act)


def test_a_cancelled_node_leaves_the_queue():
    async def act(execution, kernel):
        await anyio.sleep(0.5)
        (node, *_) = execution.parking
        ending.cancel_node(execution, node, "not wanted", None)
        assert kernel.places.find("process").slots.waiting == 1
        await execution.wait_ended()
        assert execution.status == "completed"
        assert kernel.clock.monotonic_ns() == 2_000_000_000

    in_simulation(compiled(dict.fromkeys("abc", takes_a_second)), act)


def test_a_paused_execution_neither_waits_for_slots_nor_has_one_unused():
    async def act(execution, kernel):
        await anyio.sleep(0.5)
        slots = kernel.places.find("process").slots
        pausing.pause(execution)
        assert (slots.taken, slots.waiting, len(execution.parking)) == (1, 0, 0)
        await anyio.sleep(4.5)
        assert (slots.taken, len(execution.rare.held)) == (0, 2)
        pausing.resume(execution)
        await execution.wait_ended()
        assert (execution.status, kernel.clock.monotonic_ns()) == ("completed", 7_000_000_000)

    in_simulation(compiled(dict.fromkeys("abc", takes_a_second)), act)


def ask_for_one(execution):
    """Let the first ready node ask for its slot, and nothing more."""
    node = execution.flow.ready.popleft()
    placing.ask(execution, node, PlacedCall(takes_a_second, ({},), {}), 0)


@pytest.mark.parametrize("interrupt", ["pause", "cancel", "cancel_node"])
def test_a_slot_that_was_granted_and_not_used_yet_is_given_back(interrupt):
    async def main():
        async with simulation.open_engine() as engine:
            execution = engine.begin_plan(compiled(dict.fromkeys("abc", takes_a_second)), {})
            slots = engine.kernel.places.find("process").slots
            ask_for_one(execution)
            assert (slots.taken, len(execution.flow.granted)) == (1, 1)
            if interrupt == "pause":
                pausing.pause(execution)
            elif interrupt == "cancel":
                execution.cancel("enough")
            else:
                ending.cancel_node(execution, execution.flow.ready[0], "not wanted", None)
            assert (slots.taken, execution.flow.granted) == (0, {})
            pausing.resume(execution)
            execution.call_hands()
            await execution.wait_ended()
            return execution.status, slots.taken

    simulation = Simulation(3)
    assert simulation.run(main) == ("cancelled" if interrupt == "cancel" else "completed", 0)


def test_a_paused_execution_asks_for_no_slot():
    async def main():
        async with simulation.open_engine() as engine:
            execution = engine.begin_plan(compiled({"a": takes_a_second}), {})
            execution.is_paused = True
            ask_for_one(execution)
            return engine.kernel.places.find("process").slots.taken, len(execution.rare.held)

    simulation = Simulation(3)
    assert simulation.run(main) == (0, 1)
