"""A runtime with the machine's clock does not spin in an event loop that runs in virtual time."""

import pickle

import pytest
import trio
import trio.testing

from flowrt import LoopTimeError, Runtime
from flowrt.testing import Simulation

LATER = {"nodes": [{"id": "a", "type": "delay", "data": {"delay_seconds": 5}}]}


async def wait_in_a_plain_runtime():
    async with Runtime() as runtime:
        await runtime.run(LATER)


def test_a_plain_runtime_in_a_simulation_is_refused_when_it_waits():
    with pytest.raises(LoopTimeError, match=r"slept for (4\.\d+|5) s in no time: it runs in virtual time"):
        Simulation(0).run(wait_in_a_plain_runtime)


def test_so_is_one_on_a_clock_of_trio_that_jumps():
    with pytest.raises(LoopTimeError):
        trio.run(wait_in_a_plain_runtime, clock=trio.testing.MockClock(autojump_threshold=0))


def test_a_runtime_that_is_given_the_clock_waits_in_virtual_time():
    simulation = Simulation(0)

    async def main():
        async with Runtime(clock=simulation.clock) as runtime:
            await runtime.run(LATER)
        return simulation.clock.now_seconds

    assert simulation.run(main) == 5


def test_the_error_survives_pickling():
    error = LoopTimeError(5.0)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own pickle
