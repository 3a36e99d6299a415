"""What goes on and on while virtual time stands still is ended and named, whatever it swallows."""

import contextlib

import anyio
import anyio.lowlevel
import msgspec
import pytest
from testing.flows import payment

import flowrt
from flowrt.testing import FlowRuntime, Simulation, SimulationSpinError, simulate, spin_watch
from flowrt.testing.conformance import check_step_executor
from flowrt.typing import BoundStep


@pytest.fixture(autouse=True)
def few_turns(monkeypatch):
    """Let a test not wait for 100,000 turns."""
    monkeypatch.setattr(spin_watch, "MAX_TURNS", 3000)
    monkeypatch.setattr(spin_watch, "MAX_TURNS_TO_END", 300)


async def polls(_x):
    while True:  # noqa: ASYNC110 - as people write it
        await anyio.sleep(0)  # noqa: ASYNC115


async def polls_in_a_task(x):
    async with anyio.create_task_group() as group:
        group.start_soon(polls, x)


async def swallows(_x):
    while True:
        with contextlib.suppress(BaseException):
            await anyio.sleep(1000)


@pytest.mark.parametrize("step", [polls, polls_in_a_task])
def test_a_step_that_polls_without_waiting_is_named(step):
    with pytest.raises(SimulationSpinError, match="node 'charge' goes on and on at 0 s of virtual time") as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": step}, until_seconds=10)
    assert raised.value.nodes == ("charge",)


def test_a_step_that_swallows_its_cancel_is_named_and_the_simulation_ends():
    with pytest.raises(SimulationSpinError, match="node 'charge' goes on and on at 5 s"):
        simulate(payment, {"x": 1}, seed=0, steps={"charge": swallows}, until_seconds=5)
    assert simulate(payment, {"x": 1}, seed=0).result == 1  # trio can be used again


def test_code_around_the_runtime_is_ended_too():
    async def main():
        with anyio.move_on_after(5):
            await swallows(1)

    with pytest.raises(SimulationSpinError, match="the code around the runtime goes on and on at 5 s"):
        Simulation(0).run(main)


def test_a_runtime_that_is_left_names_the_step_that_does_not_end():
    @flowrt.step
    async def refuses(x: int) -> int:
        return await swallows(x)

    @flowrt.workflow
    def flow(x: int) -> int:
        return refuses(x)

    async def main():
        async with FlowRuntime(simulation) as runtime:
            await runtime.start(flow, {"x": 1})
            await anyio.sleep(1)

    simulation = Simulation(0)
    with pytest.raises(SimulationSpinError, match="node 'refuses'"):
        simulation.run(main)


def test_many_turns_are_fine_as_long_as_everybody_waits_now_and_then():
    async def works(x):
        for _ in range(10):
            for _ in range(1000):
                await anyio.lowlevel.checkpoint()
            await anyio.sleep(0.001)
        return x

    assert simulate(payment, {"x": 1}, seed=0, steps={"charge": works}).result == 1


class Polling:
    name, description, data_type = "polling", "Polls.", msgspec.defstruct("Data", [])

    def bind(self, _data):
        return BoundStep(polls)


def test_a_step_type_whose_steps_poll_breaks_a_promise():
    with pytest.raises(AssertionError, match="a wait without end"):
        check_step_executor(Polling(), {})
