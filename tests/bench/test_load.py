"""How executions are offered, in virtual time."""

import sys

import anyio
import anyio.lowlevel
import pytest

from flowrt.bench.errors import ExtraMissingError
from flowrt.bench.load import Load, LoadLimits
from flowrt.errors import StoreUnavailableError
from flowrt.testing import Simulation


def offered(seconds, count, **limits):
    """Offer executions that take some seconds; return samples and the times at which executions began."""
    begun = []

    async def execute(_number, given):
        begun.append(anyio.current_time())
        await anyio.sleep(given)

    samples = Simulation(1).run(lambda: Load(LoadLimits(**limits), execute).run([seconds] * count))
    return samples, begun


def latencies(samples):
    return [pytest.approx(sample.ended_seconds - sample.due_seconds) for sample in samples]


def test_with_max_at_once_the_next_begins_when_one_ends():
    samples, begun = offered(1.0, 5, max_at_once=2)
    assert begun == [0, 0, 1, 1, 2]
    assert latencies(samples) == [1] * 5


def test_with_max_per_second_they_begin_at_even_distances_whatever_becomes_of_them():
    samples, begun = offered(7.0, 20, max_per_second=4)
    assert begun == pytest.approx([number / 4 for number in range(20)])
    assert latencies(samples) == [7] * 20


def test_a_rate_of_many_lanes_is_kept_just_so():
    samples, begun = offered(0.01, 1000, max_per_second=3000)
    assert sorted(begun) == pytest.approx([number / 3000 for number in range(1000)], abs=1e-6)
    assert sorted(sample.due_seconds for sample in samples) == pytest.approx(sorted(begun), abs=1e-6)


def test_a_rate_is_kept_where_the_event_loop_wakes_sleepers_late(monkeypatch):
    sleep = anyio.sleep
    monkeypatch.setattr(anyio, "sleep", lambda seconds: sleep(seconds + 0.003))  # as aiometer sleeps between starts
    begun = []

    async def execute(_number, _given):
        begun.append(anyio.current_time())

    Simulation(1).run(lambda: Load(LoadLimits(max_per_second=300), execute).run([0] * 300))
    assert begun == pytest.approx([number / 300 for number in range(300)], abs=1e-6)


def test_who_waits_because_too_many_are_under_way_waits_from_when_it_was_due():
    samples, begun = offered(2.0, 4, max_per_second=1, max_at_once=1)
    assert begun == [0, 2, 4, 6]
    assert latencies(samples) == [2, 3, 4, 5]


def test_each_execution_gets_its_input_and_what_failed_is_kept_with_its_reason():
    async def execute(number, given):
        await anyio.lowlevel.checkpoint()
        return f"{number}: {given}" if given == "b" else None

    samples = Simulation(1).run(lambda: Load(LoadLimits(max_at_once=1), execute).run(["a", "b", "c"]))
    assert [sample.error for sample in samples] == [None, "1: b", None]


def test_progress_is_told_after_each():
    told = []

    async def execute(_number, _given):
        await anyio.sleep(1)

    Simulation(1).run(lambda: Load(LoadLimits(max_at_once=2), execute, told.append).run([0] * 3))
    assert told == [1, 2, 3]


@pytest.mark.parametrize("limits", [LoadLimits(max_at_once=2), LoadLimits(max_per_second=1000)])
async def test_what_an_execution_raises_comes_out_alone_and_ends_the_others(anyio_backend, limits):
    ended = []

    async def execute(number, _given):
        if number == 1:
            raise StoreUnavailableError("nowhere", "the disk is gone")
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(number)

    with pytest.raises(StoreUnavailableError):
        await Load(limits, execute).run([0, 0])
    assert ended == [0]


def test_without_aiometer_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiometer", None)
    with pytest.raises(ExtraMissingError, match=r"needs aiometer.* pip install 'flowrt\[bench\]'"):
        Load(LoadLimits(max_at_once=1), None)
