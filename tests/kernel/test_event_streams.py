"""Reading what happens: from now on, in order, by any number of readers, each of which may be slow or go away."""

import gc

import anyio
import pytest
from kernel.workflows import side_by_side, workflow

from flowrt import EventOverflowError, Runtime, RuntimeClosedError
from flowrt.events import EventsLost, ExecutionEnded, ExecutionStarted

pytestmark = pytest.mark.anyio


def nothing(_record):
    return {}


async def suspends(_record):
    await anyio.lowlevel.checkpoint()
    return {}


async def hangs(_record):
    await anyio.sleep_forever()


def chain(length, step=nothing):
    return workflow({f"n{number}": step for number in range(length)})


def tags(events):
    return [event.__struct_config__.tag for event in events]


ATTEMPT = ["attempt.started", "attempt.ended"]


async def test_a_stream_that_is_opened_after_the_start_misses_only_that():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(2, suspends), {})
        seen = [event async for event in handle.events()]
    assert tags(seen) == [*ATTEMPT, *ATTEMPT, "execution.ended"]


async def test_a_late_reader_gets_what_happens_from_then_on():
    gate = anyio.Event()

    async def waits(_record):
        await gate.wait()
        return {}

    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": waits, "b": nothing}), {})
        await anyio.wait_all_tasks_blocked()
        stream = handle.events()
        gate.set()
        await handle.wait()
        assert tags([event async for event in stream]) == ["attempt.ended", *ATTEMPT, "execution.ended"]


async def test_several_readers_get_the_same_events():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(3), {})
        streams = [handle.events(), handle.events(), runtime.events()]
        await handle.wait()
        first, second = [[event async for event in stream] for stream in streams[:2]]
        third = [await anext(streams[2]) for _ in first]
    assert all(a is b is c for a, b, c in zip(first, second, third, strict=True))


async def test_after_the_end_there_is_nothing_to_read():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(1), {})
        await handle.wait()
        stream = handle.events()
        assert [event async for event in stream] == []
        assert [event async for event in stream] == []
    assert [event async for event in handle.events()] == []


async def test_a_reader_that_was_cancelled_goes_on_where_it_was():
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hangs}), {})
        stream = handle.events()
        seen = []
        with anyio.move_on_after(0.01):
            async for event in stream:
                seen += [event]
        handle.cancel()
        seen += [event async for event in stream]
    assert tags(seen) == ["attempt.started", "cancel.requested", "attempt.ended", "execution.ended"]


async def test_reading_what_is_there_lets_others_run():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(300), {})
        stream = handle.events()
        await handle.wait()
        with anyio.move_on_after(0):
            async for _ in stream:
                pass
            pytest.fail("a cancel was not heard")


async def test_a_bounded_stream_drops_the_oldest_and_tells_how_many():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(10), {})
        stream = handle.events(max_kept=3)
        await handle.wait()
        seen = [event async for event in stream]
    assert seen[0] == EventsLost(count=2 * 10 + 1 - 3)
    assert tags(seen[1:]) == [*ATTEMPT, "execution.ended"]


async def test_losses_are_told_in_their_place_and_counted_anew():
    async with Runtime() as runtime, runtime.events(max_kept=2) as stream:
        for _ in range(2):
            await runtime.run(chain(1), {})  # four events
        assert await anext(stream) == EventsLost(count=6)
        assert isinstance(first := await anext(stream), object)
        await runtime.run(chain(1), {})
        seen = [await anext(stream) for _ in range(3)]
    assert tags([first, *seen]) == ["attempt.ended", "events.lost", "attempt.ended", "execution.ended"]
    assert seen[0].count == 3


async def test_a_reader_that_keeps_up_loses_nothing_however_small_the_bound():
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hangs}), {})
        stream = handle.events(max_kept=1)
        assert tags([await anext(stream)]) == ["attempt.started"]


async def test_a_stream_that_is_to_fail_rather_than_lose_any_fails_after_what_it_kept():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(10), {})
        stream = handle.events(max_kept=2, on_overflow="fail")
        assert await handle.wait() == "completed"
        seen = [await anext(stream), await anext(stream)]
        for _ in range(2):
            with pytest.raises(EventOverflowError, match="more than 2 events"):
                await anext(stream)
    assert tags(seen) == ATTEMPT


async def test_a_stream_that_is_to_fail_does_not_if_nothing_was_lost():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(1), {})
        stream = handle.events(max_kept=3, on_overflow="fail")
        await handle.wait()
        assert len([event async for event in stream]) == 3


@pytest.mark.parametrize("max_kept", [0, -1, 1.5, True, "all"])
async def test_a_bound_is_a_positive_integer(max_kept):
    async with Runtime() as runtime:
        with pytest.raises(ValueError, match="max_kept was"):
            runtime.events(max_kept=max_kept)


async def test_what_happens_on_an_overflow_is_one_of_two():
    async with Runtime() as runtime:
        with pytest.raises(ValueError, match="on_overflow was 'block'"):
            runtime.events(max_kept=1, on_overflow="block")


async def test_a_stream_that_is_closed_keeps_nothing_and_ends_its_readers():
    async with Runtime() as runtime, anyio.create_task_group() as group:
        stream = runtime.events()
        seen = []

        async def read():
            seen.extend([event async for event in stream])

        group.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        stream.close()
        await runtime.run(chain(1), {})
    assert seen == []


async def test_leaving_the_block_of_a_stream_closes_it():
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hangs}), {})
        async with handle.events() as stream:
            await anext(stream)
        assert not handle._execution.is_watched
        assert [event async for event in stream] == []


async def test_a_stream_that_nobody_refers_to_any_more_keeps_nothing():
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": hangs}), {})
        async for _ in handle.events():
            assert handle._execution.is_watched
            break
        gc.collect()
        assert not handle._execution.is_watched


async def test_one_reader_that_goes_away_leaves_the_others():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(2, suspends), {})
        first, second = handle.events(), handle.events()
        first.close()
        assert len([event async for event in second]) == 5


async def test_a_runtime_tells_of_all_of_its_executions_until_it_is_left():
    async with Runtime() as runtime:
        running = await runtime.start(workflow({"a": hangs}), {})
        await anyio.wait_all_tasks_blocked()
        stream = runtime.events()
        await runtime.run(chain(1), {})
    seen = [event async for event in stream]
    assert tags(seen[:4]) == ["execution.started", *ATTEMPT, "execution.ended"]
    assert tags(seen[4:]) == ["cancel.requested", "attempt.ended", "execution.ended"]
    assert {event.execution_id for event in seen[4:]} == {running.execution_id}


async def test_a_runtime_that_is_not_open_has_no_events():
    runtime = Runtime()
    with pytest.raises(RuntimeClosedError):
        runtime.events()


async def test_two_runtimes_do_not_hear_of_each_other():
    async with Runtime() as one, Runtime() as other:
        heard = one.events(), other.events()
        await one.run(chain(1), {})
    assert [len([event async for event in stream]) for stream in heard] == [4, 0]


async def test_executions_in_steps_are_told_among_the_others():
    async with Runtime() as runtime:
        stream = runtime.events()

        async def outer(_record):
            await runtime.run(chain(1), {})
            return {}

        await runtime.run(workflow({"outer": outer}), {})
    seen = [event async for event in stream]
    starts = [event for event in seen if isinstance(event, ExecutionStarted)]
    assert starts[1].parent_id == starts[0].execution_id
    assert [type(event) for event in (seen[0], seen[-1])] == [ExecutionStarted, ExecutionEnded]


async def test_a_hundred_thousand_events_do_not_wait_for_a_reader_that_sleeps():
    async with Runtime() as runtime:
        handle = await runtime.start(chain(500), {})
        bounded, unbounded = runtime.events(max_kept=10), runtime.events()
        await handle.wait()
        for _ in range(99):
            await runtime.run(side_by_side({f"n{number}": nothing for number in range(500)}), {})
    lost, *kept = [event async for event in bounded]
    count = len([event async for event in unbounded])
    assert count == 100 * 1001 + 99
    assert (lost.count, len(kept)) == (count - 10, 10)
