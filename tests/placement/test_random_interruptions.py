"""Whatever interrupts placed firings, and whenever: no slot is lost, and nobody waits for ever."""

from random import Random

import anyio
import pytest
from kernel.workflows import workflow

from flowrt.actors import ending, pausing
from flowrt.plans import compile_workflow
from flowrt.policies import NodePolicy, Retry, Timeout
from flowrt.testing.simulation import Simulation


def random_plan(random):
    """A plan of placed and other nodes, with joins that do without some, retries and all kinds of times."""

    async def step(_record):
        await anyio.sleep(random.choice([0, 0.1, 0.5, 1]))
        if random.random() < 0.3:
            raise ValueError
        return {}

    ids = [f"n{number}" for number in range(12)]
    edges = [f"{source}>{target}" for at, target in enumerate(ids) for source in ids[:at] if random.random() < 0.2]
    joins = {node: random.choice(["all", "any", "all_settled"]) for node in ids}
    policies = {node: random_policy(random) for node in ids}
    loaded = workflow(dict.fromkeys(ids, step), edges, joins=joins, policies=policies)
    return compile_workflow(loaded, loaded.steps)


def random_policy(random):
    queue = random.choice([None, 0.2, 0.5])
    placement = random.choice(["thread", "process", "process", "inline"])
    return NodePolicy(
        placement=placement,
        timeout=Timeout(attempt=random.choice([None, 0.3]), queue=queue, total=random.choice([None, 0.7, 2])),
        retry=Retry(max_attempts=random.choice([1, 3]), delay_seconds=0.1),
        on_error=random.choice([None, "skip", "continue", "fail"]),
    )


async def interrupt(execution, random):
    for _ in range(12):
        await anyio.sleep(random.choice([0, 0.05, 0.1, 0.3]))
        match random.randrange(5):
            case 0:
                ending.cancel_node(execution, random.choice(execution.plan.nodes), "at random", None)
            case 1:
                pausing.pause(execution)
            case 2 if random.random() < 0.3:
                execution.cancel("at random")
            case 3 if random.random() < 0.3:
                execution.stop("at random")
            case _:
                pausing.resume(execution)
    pausing.resume(execution)


@pytest.mark.parametrize("seed", range(150))
def test_every_slot_comes_back(seed):
    random = Random(seed)
    simulation = Simulation(seed, limits={"process": random.choice([1, 2, 3]), "thread": 1})

    async def main():
        async with simulation.open_engine() as engine:
            executions = [engine.begin_plan(random_plan(random), {}) for _ in range(3)]
            async with anyio.create_task_group() as group:
                for execution in executions:
                    execution.call_hands()
                    group.start_soon(interrupt, execution, random)
            for execution in executions:
                await execution.wait_ended()
            slots = [engine.kernel.places.find(placement).slots for placement in ("thread", "process")]
            assert [(found.taken, found.waiting) for found in slots] == [(0, 0), (0, 0)]
            return True

    assert simulation.run(main)
