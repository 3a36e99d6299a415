"""One seed, one trace; other seeds, other schedules; and time that nobody waits for."""

import contextlib
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
import trio.testing
from testing.flows import payment, quick, wide

import flowrt
from flowrt.errors import AttemptTimeoutError, DefinitionError, ExecutionFailedError, InputError
from flowrt.steps.registry import StepRegistry
from flowrt.testing import (
    Fake,
    SimulationStuckError,
    SimulationTooLongError,
    TaskLeftError,
    constant,
    lognormal,
    run_node,
    simulate,
    simulate_arrivals,
    simulation,
)

ROOT = Path(__file__).parents[2]
KNOWN = "784eb3e33fc08e2f1bf371592f46ad4ea576a123d3214b319a7e14c1bd60d889"
"""The hash of seed 5, from Python 3.11; a change of it changes what every seed of every user replays."""


def yields_once(x):
    yield x


def hash_of(seed):
    return simulate(wide, {"x": 1}, seed=seed).trace.hash


def test_a_simulation_returns_the_result_and_a_trace():
    result, trace = simulate(wide, {"x": 2}, seed=1)
    assert result == 16
    assert trace.duration_seconds == 1
    assert [event.what for event in trace.events][:2] == ["execution.started", "attempt.started"]


def test_one_seed_gives_one_trace_in_every_process():
    code = "from testing.flows import wide; from flowrt.testing import simulate\n"
    code += "print(*{simulate(wide, {'x': 1}, seed=5).trace.hash for _ in range(50)})"
    hashes = set()
    for hash_seed in ("0", "1", "random"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "tests")}
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        hashes.add(ran.stdout.strip())
    assert hashes == {hash_of(5)}


def test_the_trace_is_the_same_on_every_python():
    assert hash_of(5) == KNOWN


def test_other_seeds_give_other_schedules():
    assert len({hash_of(seed) for seed in range(100)}) >= 90


def test_the_order_does_not_depend_on_that_of_trio(monkeypatch):
    monkeypatch.setattr(simulation, "seeded_batches", lambda _seed: contextlib.nullcontext())
    assert {hash_of(5) for _ in range(30)} == {KNOWN}


def test_a_day_of_retries_takes_no_time():
    left = iter([True] * 24)

    def charge(x):
        if next(left, False):
            raise ConnectionError
        return x

    result, trace = simulate(payment, {"x": 7}, seed=0, steps={"charge": charge})
    assert result == 7
    assert trace.duration_seconds == 24 * 3600
    assert [attempt.status for attempt in trace.attempts("charge")] == ["failed"] * 24 + ["completed"]


def test_a_failure_is_raised_with_its_cause_when_the_result_is_asked_for():
    simulated = simulate(payment, {"x": 7}, seed=0, steps={"charge": Fake(fails=1, error=PermissionError)})
    assert simulated.status == "failed"
    assert len(simulated.trace.attempts("charge")) == 25
    with pytest.raises(ExecutionFailedError) as raised:
        simulated.result  # noqa: B018
    assert isinstance(raised.value.__cause__, PermissionError)


def test_a_simulation_can_be_cut():
    simulated = simulate(payment, {"x": 7}, seed=0, steps={"charge": Fake(fails=1)}, until_seconds=3 * 3600)
    assert simulated.status == "running"
    assert simulated.error is None
    assert len(simulated.trace.attempts("charge")) == 4


def test_a_simulation_that_ends_before_its_end_is_not_cut():
    assert simulate(payment, {"x": 7}, seed=0, until_seconds=1).result == 7


def test_attempt_timeouts_pass_in_virtual_time():
    @flowrt.step(timeout=2.0)
    async def slow(x: int) -> int:
        await anyio.sleep(5)
        return x

    @flowrt.workflow
    def flow(x: int) -> int:
        return slow(x)

    for steps in ({}, {"slow": Fake(latency=constant(5))}):
        simulated = simulate(flow, {"x": 1}, seed=0, steps=steps)
        assert isinstance(simulated.error.__cause__, AttemptTimeoutError)
        assert simulated.trace.duration_seconds == 2
    assert simulate(flow, {"x": 1}, seed=0, steps={"slow": Fake(returns=3, latency=2.0)}).result == 3


def test_a_step_may_have_tasks_of_its_own_in_virtual_time():
    async def many(x):
        seen = []

        async def one(seconds):
            await anyio.sleep(seconds)
            seen.append(seconds)

        async with anyio.create_task_group() as group:
            for seconds in (3, 1, 2):
                group.start_soon(one, seconds)
        return sum(seen) + x

    result, trace = simulate(payment, {"x": 0}, seed=0, steps={"charge": many})
    assert (result, trace.duration_seconds) == (6, 3)


def test_definitions_are_simulated_too():
    document = {
        "name": "greet",
        "nodes": [
            {"id": "wait", "type": "delay", "data": {"delay_seconds": 60}},
            {"id": "greet", "type": "transform", "data": {"mappings": {"text": "'Hello, ' + name"}}},
            {"id": "send", "type": "mail"},
        ],
        "edges": [{"source": "wait", "target": "greet"}, {"source": "greet", "target": "send"}],
    }
    with pytest.raises(DefinitionError, match="mail"):
        simulate(document, {"name": "Ada"}, seed=0)
    document["nodes"][2]["type"] = "end"
    result, trace = simulate(document, {"name": "Ada"}, seed=0, steps={"send": Fake(returns={"sent": True})})
    assert result == {"name": "Ada", "text": "Hello, Ada", "sent": True}
    assert trace.duration_seconds == 60
    assert simulate(document, {"name": "Ada"}, seed=0, steps={"transform": Fake()}).result == {"name": "Ada"}


@pytest.mark.parametrize("seed", [None, 1.0, "1", True])
def test_a_seed_that_is_no_integer_is_refused_before_anything_runs(seed):
    with pytest.raises(TypeError, match=r"must be an integer"):
        simulate(payment, {"x": 1}, seed=seed)


def test_bad_input_is_refused():
    with pytest.raises(InputError):
        simulate(payment, {"y": 1}, seed=0)
    for value, error in ((-1, ValueError), (float("inf"), ValueError), ("1", TypeError), (True, TypeError)):
        with pytest.raises(error, match=f"until_seconds was {value!r}"):
            simulate(payment, {"x": 1}, seed=0, until_seconds=value)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ({"chrage": Fake()}, "no node or type 'chrage'; did you mean 'charge'.*; there are the nodes charge, quick"),
        ({"charge": lambda: 1}, "what stands for 'charge' is called with x, which it does not take"),
        ({"charge": 5}, "'charge' is to be 5; expected a function"),
        ({1: Fake()}, "no node or type 1; there are the nodes charge, quick"),
        ({"charge": yields_once}, "a generator: return a list of all values instead of yielding them"),
    ],
)
def test_a_stand_in_that_fits_no_step_is_refused(steps, message):
    with pytest.raises(DefinitionError, match=message):
        simulate(payment, {"x": 1}, seed=0, steps=steps)


@pytest.mark.parametrize("run", [partial(simulate, seed=0), partial(run_node, node_id="charge")])
def test_step_types_in_the_place_of_stand_ins_are_refused_by_naming_theirs(run):
    with pytest.raises(TypeError, match="expected stand-ins by node id or type; step types belong into catalog="):
        run(payment, input={"x": 1}, steps=StepRegistry())


def test_a_step_that_waits_for_ever_is_named():
    async def hangs(x):
        await anyio.sleep_forever()
        return x

    with pytest.raises(SimulationStuckError, match="'charge' wait") as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": hangs})
    assert raised.value.nodes == ("charge",)


@pytest.mark.parametrize("seconds", [1e10, 1e300])
def test_a_wait_beyond_the_end_of_virtual_time_is_an_error(seconds):
    async def waits(_x):
        await anyio.sleep(seconds)

    message = "the wait of nodes 'charge' that began by 0 s goes on beyond the end of virtual time"
    with pytest.raises(SimulationTooLongError, match=message):
        simulate(payment, {"x": 1}, seed=0, steps={"charge": waits})
    simulated = simulate(payment, {"x": 1}, seed=0, steps={"charge": waits}, until_seconds=1e9)
    assert (simulated.status, simulated.trace.duration_seconds) == ("running", 1e9)


def test_a_task_that_a_step_leaves_behind_is_named():
    def leaves(x):
        trio.lowlevel.spawn_system_task(trio.sleep, 50, name="poller")
        return x

    with pytest.raises(TaskLeftError, match="the task 'poller' still ran when all executions had ended"):
        simulate(payment, {"x": 1}, seed=0, steps={"charge": leaves})
    with pytest.raises(TaskLeftError):
        simulate_arrivals(payment, {"x": 1}, arrivals=constant(1), duration_seconds=2, seed=0, steps={"charge": leaves})


def test_a_step_may_wait_until_all_tasks_are_blocked():
    async def waits_for_the_others(x):
        await trio.testing.wait_all_tasks_blocked()
        return x

    for seed in range(20):
        assert simulate(payment, {"x": 1}, seed=seed, steps={"charge": waits_for_the_others}).result == 1


def test_fakes_hold_no_task():
    @flowrt.step
    def collect(values: list[int]) -> list[int]:
        return values

    @flowrt.workflow
    def flow(x: int) -> list[int]:
        return collect([quick(x) for _ in range(2000)])

    living = []

    def counts(values):
        living.append(len(anyio.get_running_tasks()))
        return values

    steps = {node.id: Fake(returns=1, latency=lognormal(1, 1)) for node in flow.definition.nodes}
    simulate(flow, {"x": 1}, seed=0, steps={**steps, "collect": counts})
    assert living[0] < 10
