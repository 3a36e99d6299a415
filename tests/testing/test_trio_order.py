"""The private names of trio that a simulation uses, and what they do: this fails if a release of trio changes them."""

from random import Random

import trio
import trio._core._run as trio_run
import trio.testing

from flowrt.testing.trio_order import next_deadline_seconds, runnable_tasks, seeded_batches


def order_of_tasks(seed):
    ran = []

    async def one(number):
        await trio.lowlevel.checkpoint()
        ran.append(number)

    async def main():
        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(one, number)

    with seeded_batches(seed):
        trio.run(main)
    return tuple(ran)


def test_a_seed_decides_the_order_of_tasks_in_a_batch():
    assert len({order_of_tasks("a") for _ in range(20)}) == 1
    assert len({order_of_tasks(str(seed)) for seed in range(20)}) == 20


def test_the_names_are_there_and_are_put_back():
    assert isinstance(trio_run._ALLOW_DETERMINISTIC_SCHEDULING, bool)
    assert isinstance(trio_run._r, Random)
    before = trio_run._ALLOW_DETERMINISTIC_SCHEDULING, trio_run._r
    order_of_tasks("a")
    assert (trio_run._ALLOW_DETERMINISTIC_SCHEDULING, trio_run._r) == before


def test_runnable_tasks_and_deadlines_are_seen():
    async def main():
        event = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(event.wait)
            await trio.testing.wait_all_tasks_blocked()
            assert not runnable_tasks()
            event.set()
            assert len(runnable_tasks()) == 1
        assert next_deadline_seconds() == float("inf")
        with trio.move_on_at(trio.current_time() + 100) as scope:  # noqa: ASYNC100 - it is looked at only
            assert next_deadline_seconds() == scope.deadline

    trio.run(main)
