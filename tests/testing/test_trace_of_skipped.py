"""A node that its flags skip did not run, in the trace too."""

import anyio
import pytest
from testing.flows import payment

import flowrt
from flowrt.testing import FlowRuntime, Simulation, simulate


@flowrt.step
def is_large(x: int) -> bool:
    return x > 5


@flowrt.step
def yes(x: int) -> int:
    return x


@flowrt.step
async def no(x: int) -> int:
    await anyio.sleep(1)
    return x


@flowrt.step
def last(x: int) -> int:
    return x


@flowrt.workflow
def branches(x: int) -> int:
    with flowrt.when(is_large(x)) as large:
        taken = yes(x)
    with large.otherwise():
        other = no(x)
    return last(flowrt.join_any(taken, other))


@pytest.mark.parametrize("seed", range(5))
def test_branches_that_exclude_each_other_are_never_parallel(seed):
    trace = simulate(branches, {"x": 1}, seed=seed).trace
    trace.assert_never_parallel("yes", "no")
    trace.assert_never_parallel("yes", "last")
    assert trace.attempts("yes") == []
    assert [event[1:] for event in trace.events if event.node == "yes"] == [
        ("attempt.ended", trace.events[0].execution_id, "yes", 0, "skipped", "", 0)
    ]
    with pytest.raises(AssertionError, match="node 'yes' did not run in execution"):
        trace.assert_order("is_large", "yes", "last")


def test_a_step_that_runs_finds_its_own_start_in_the_trace():
    seen = []

    @flowrt.step
    def looks(x: int) -> int:
        seen.extend(event.what for event in runtime.trace.events)
        return x

    @flowrt.workflow
    def flow(x: int) -> int:
        return looks(x)

    simulation = Simulation(0)
    runtime = FlowRuntime(simulation)

    async def main():
        async with runtime:
            await runtime.run(flow, {"x": 1})

    simulation.run(main)
    assert seen == ["execution.started", "attempt.started"]
    assert [event.what for event in runtime.trace.events][1:3] == ["attempt.started", "attempt.ended"]


def test_a_simulation_that_was_cut_took_until_then():
    async def waits(x):
        await anyio.sleep(100)
        return x

    simulated = simulate(payment, {"x": 1}, seed=0, steps={"charge": waits}, until_seconds=50)
    assert simulated.trace.duration_seconds == 50
    assert [event.what for event in simulated.trace.events] == ["execution.started", "attempt.started"]
