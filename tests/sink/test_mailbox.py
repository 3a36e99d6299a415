"""The mailbox: order, batches by count, bytes and age, and bounds."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sink.manual_clock import ManualClock

from flowrt.channels.mailbox import BatchLimits, Mailbox

pytestmark = pytest.mark.anyio

AT_ONCE = BatchLimits(max_items=100, max_bytes=1000, max_wait_seconds=0)
PATIENT = BatchLimits(max_items=100, max_bytes=1000, max_wait_seconds=2.0)


def make_mailbox(clock=None, capacity=1000, capacity_bytes=100_000, size_of=lambda _: 1):
    return Mailbox(clock=clock or ManualClock(), capacity=capacity, capacity_bytes=capacity_bytes, size_of=size_of)


def send_all(mailbox, items):
    for item in items:
        mailbox.send_nowait(item)


async def receiving(mailbox, limits, tasks):
    """Start to receive; the batch will be in the list."""
    batches = []

    async def receive():
        batches.append(await mailbox.receive_batch(limits))

    tasks.start_soon(receive)
    await anyio.wait_all_tasks_blocked()
    return batches


async def test_a_batch_is_what_is_there_in_the_order_of_the_calls():
    mailbox = make_mailbox()
    send_all(mailbox, range(70))
    assert len(mailbox) == 70
    assert await mailbox.receive_batch(AT_ONCE) == list(range(70))
    assert len(mailbox) == 0


async def test_a_batch_ends_at_its_count():
    mailbox = make_mailbox()
    send_all(mailbox, range(250))
    assert [len(await mailbox.receive_batch(AT_ONCE)) for _ in range(3)] == [100, 100, 50]


async def test_a_batch_ends_before_its_bytes_are_too_many():
    mailbox = make_mailbox(size_of=lambda size: size)
    send_all(mailbox, [400, 500, 200, 5000, 1])
    assert [await mailbox.receive_batch(AT_ONCE) for _ in range(4)] == [[400, 500], [200], [5000], [1]]


async def test_a_receiver_waits_for_the_first_item():
    mailbox = make_mailbox()
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, AT_ONCE, tasks)
        assert batches == []
        mailbox.send_nowait("x")
    assert batches == [["x"]]


async def test_an_item_waits_for_others_until_it_is_old():
    clock = ManualClock()
    mailbox = make_mailbox(clock)
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        mailbox.send_nowait("x")
        await anyio.wait_all_tasks_blocked()
        await clock.advance(1.5)
        mailbox.send_nowait("y")
        assert batches == []
        await clock.advance(0.5)
        assert batches == [["x", "y"]]


async def test_what_came_while_the_receiver_was_busy_does_not_wait_the_whole_time_again():
    clock = ManualClock()
    mailbox = make_mailbox(clock)
    mailbox.send_nowait("before")
    await mailbox.receive_batch(AT_ONCE)
    mailbox.send_nowait("x")
    clock.now_ns += 1_500_000_000
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        await clock.advance(0.5)
        assert batches == [["x"]]


@pytest.mark.parametrize(("count", "size"), [(100, 1), (65, 20)])
async def test_a_full_batch_does_not_wait(count, size):
    mailbox = make_mailbox(size_of=lambda _: size)
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        mailbox.send_nowait(0)
        await anyio.wait_all_tasks_blocked()
        send_all(mailbox, range(1, count))
        await anyio.wait_all_tasks_blocked()
        assert len(batches) == 1


async def test_a_hurry_ends_the_wait_for_what_was_sent_so_far():
    clock = ManualClock()
    mailbox = make_mailbox(clock)
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        mailbox.send_nowait("x")
        await anyio.wait_all_tasks_blocked()
        mailbox.hurry()
        await anyio.wait_all_tasks_blocked()
        later = await receiving(mailbox, PATIENT, tasks)
        mailbox.send_nowait("y")
        await anyio.wait_all_tasks_blocked()
        assert (batches, later) == ([["x"]], [])
        await clock.advance(2)
        assert later == [["y"]]


async def test_a_hurry_before_the_receiver_comes_counts_too():
    mailbox = make_mailbox()
    mailbox.send_nowait("x")
    mailbox.hurry()
    assert await mailbox.receive_batch(PATIENT) == ["x"]


async def test_a_cancelled_receiver_leaves_everything_in_the_mailbox():
    mailbox = make_mailbox()
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        mailbox.send_nowait("x")
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert batches == []
    assert await mailbox.receive_batch(AT_ONCE) == ["x"]


@pytest.mark.parametrize("sizes", [{"capacity": 3}, {"capacity_bytes": 64}])
async def test_a_full_mailbox_takes_more_but_says_so_until_there_is_space(sizes):
    mailbox = make_mailbox(**sizes)
    send_all(mailbox, range(66))
    assert mailbox.is_full
    waited = []

    async def wait():
        await mailbox.wait_space()
        waited.append(len(mailbox))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert waited == []
        await mailbox.receive_batch(AT_ONCE)
    assert waited == [0, 0]
    assert not mailbox.is_full


async def test_the_mailbox_is_full_exactly_at_its_capacity():
    mailbox = make_mailbox(capacity=3)
    fullness = []
    for item in range(4):
        mailbox.send_nowait(item)
        fullness.append(mailbox.is_full)
    assert fullness == [False, False, True, True]


async def test_to_wait_for_space_that_is_there_returns_at_once():
    with anyio.CancelScope() as scope:
        scope.cancel()
        await make_mailbox().wait_space()
    assert not scope.cancelled_caught


async def test_a_closed_mailbox_takes_nothing_more_and_gives_what_it_has():
    mailbox = make_mailbox()
    send_all(mailbox, "xy")
    mailbox.close()
    mailbox.close()
    for _ in range(2):
        with pytest.raises(anyio.ClosedResourceError):
            mailbox.send_nowait("z")
    assert [await mailbox.receive_batch(PATIENT) for _ in range(2)] == [["x", "y"], []]


async def test_a_close_wakes_the_receiver_and_those_who_wait_for_space():
    mailbox = make_mailbox(capacity=1)
    async with anyio.create_task_group() as tasks:
        batches = await receiving(mailbox, PATIENT, tasks)
        mailbox.close()
    assert batches == [[]]
    full = make_mailbox(capacity=1)
    full.send_nowait("x")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(full.wait_space)
        await anyio.wait_all_tasks_blocked()
        full.close()


async def test_clear_throws_away_what_was_not_received():
    mailbox = make_mailbox(capacity=2)
    send_all(mailbox, range(5))
    mailbox.clear()
    assert (len(mailbox), mailbox.is_full) == (0, False)


@given(st.lists(st.integers(1, 400) | st.just("receive"), max_size=300))
def test_nothing_is_lost_or_reordered(actions):
    async def play():
        mailbox = make_mailbox(capacity=20, size_of=lambda item: item[1])
        sent, received = [], []
        for number, action in enumerate(actions):
            if action == "receive":
                if len(mailbox):
                    received += await mailbox.receive_batch(AT_ONCE)
            else:
                sent.append((number, action))
                mailbox.send_nowait(sent[-1])
            assert len(mailbox) == len(sent) - len(received)
        mailbox.close()
        while batch := await mailbox.receive_batch(AT_ONCE):
            assert len(batch) == 1 or sum(size for _, size in batch) <= AT_ONCE.max_bytes
            received += batch
        assert received == sent

    anyio.run(play)
