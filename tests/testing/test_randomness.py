"""What steps take for random follows the seed, and is as it was when the simulation has ended."""

import os
import random
import secrets
import threading
import uuid

import anyio
import pytest
import trio
from testing.flows import payment

from flowrt.testing import RealWaitError, Simulation, run_node, simulate


async def uses_random(_x):
    await anyio.sleep(random.random())


async def uses_urandom(_x):
    await anyio.sleep(int.from_bytes(os.urandom(2), "big"))


async def uses_uuid4(_x):
    await anyio.sleep(uuid.uuid4().int % 1000)


async def uses_secrets(_x):
    await anyio.sleep(secrets.randbelow(10**9))


def hash_of(step, seed):
    return simulate(payment, {"x": 1}, seed=seed, steps={"charge": step, "quick": lambda x: x}).trace.hash


@pytest.mark.parametrize("step", [uses_random, uses_urandom, uses_uuid4, uses_secrets])
def test_the_seed_decides_what_a_step_takes_for_random(step):
    assert len({hash_of(step, 1) for _ in range(3)}) == 1
    assert hash_of(step, 2) != hash_of(step, 1)


def test_random_numbers_are_the_same_on_every_python():
    assert hash_of(uses_random, 1)[:12] == "b1d1829a7479"
    assert hash_of(uses_uuid4, 1)[:12] == "183d86d8e1d2"


def test_after_a_simulation_randomness_is_as_it_was():
    random.seed(7)
    expected = random.random()
    random.seed(7)
    real = os.urandom
    with pytest.raises(ZeroDivisionError):
        Simulation(1).run(fails)
    assert random.random() == expected
    assert os.urandom is real
    assert random._urandom is real


async def fails():
    random.random()
    os.urandom(3)
    raise ZeroDivisionError


def test_another_thread_gets_real_random_bytes():
    found = []

    async def main():
        thread = threading.Thread(target=lambda: found.append(os.urandom(16)))
        thread.start()
        thread.join()

    for _ in range(2):
        Simulation(1).run(main)
    assert found[0] != found[1]


def test_random_bytes_past_the_module_os_are_refused():
    with pytest.raises(RealWaitError, match="generate_time_safe"):
        simulate(payment, {"x": 1}, seed=1, steps={"charge": lambda _x: uuid.uuid1()})


# --- one at a time ----------------------------------------------------------------------------------------------------


def test_a_simulation_within_an_event_loop_is_refused():
    async def main():
        simulate(payment, {"x": 1}, seed=1)

    for run in (trio.run, Simulation(1).run):
        with pytest.raises(RuntimeError, match="call it from a plain `def` test"):
            run(main)


def test_a_simulation_within_a_step_is_that_step_s_failure():
    async def nested(_x):
        return run_node(payment, "charge", {"x": 1})

    ended = run_node(payment, "charge", {"x": 1}, steps={"charge": nested})
    assert ended.trace.attempts("charge")[0].error == "RuntimeError"


def test_two_simulations_at_a_time_are_refused():
    found = []

    def begin_another():
        try:
            Simulation(2).run(trio.sleep_forever)
        except RuntimeError as error:
            found.append(str(error))

    async def main():
        thread = threading.Thread(target=begin_another)
        thread.start()
        thread.join()

    Simulation(1).run(main)
    assert found == ["another thread runs a simulation: run one at a time, or each in a process of its own"]
