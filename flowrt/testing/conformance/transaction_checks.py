"""What a store promises of batches: all or nothing. Each check gets a new, open store and raises `AssertionError`."""

from itertools import cycle

import anyio
from anyio.lowlevel import checkpoint

from flowrt.events import LogEvent
from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import expect_equal
from flowrt.testing.conformance.prefix_cut import expect_prefix_cut
from flowrt.testing.conformance.sample_events import attempt, ended, events_of, interleaved, started
from flowrt.testing.conformance.store_reading import execution_of, expect_refusal, ids_of

CHECKPOINTS_BEFORE_CANCEL = (0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256, 512)
ONE_TRANSACTION = "write a batch in one transaction, and roll it back if anything fails"


async def check_an_empty_batch_is_nothing(store: Store) -> None:
    """It is taken, and changes nothing."""
    await store.log.write([])
    expect_equal("executions after an empty batch", await ids_of(store), [], "write nothing")


async def check_a_large_batch_is_written_whole(store: Store) -> None:
    """1,500 events in one batch, more than a runtime sends in most."""
    events = [event for number in range(300) for event in events_of("chain", f"{number:04}")]
    await store.log.write(events)
    rows = await ids_of(store, limit=1000, status="completed")
    expect_equal("the executions of a large batch", len(rows), 300, "split long statements, not the transaction")
    for name in ("0000", "0299"):
        expect_equal("the records of one of them", len(await store.log.nodes(name)), 3, "as above")


async def check_a_refused_batch_leaves_nothing(store: Store) -> None:
    """A batch with an event of an execution that never started is refused whole; the store goes on."""
    await store.log.write([started("0"), attempt("0", "a")])
    for stray in (attempt("ghost", "a"), ended("ghost")):
        batch: list[LogEvent] = [started("1"), attempt("1", "a"), attempt("0", "b"), ended("0", "failed"), stray]
        advice = "refuse events of an execution whose start was never written"
        await expect_refusal("a batch with a stray event", store.log.write(batch), advice)
        expect_equal("executions after it", await ids_of(store), ["0"], ONE_TRANSACTION)
        found = (await execution_of(store, "0")).status, len(await store.log.nodes("0"))
        expect_equal("the execution that was there before", found, ("running", 1), ONE_TRANSACTION)
    await store.log.write([attempt("0", "b"), attempt("0", "c"), ended("0")])
    await expect_prefix_cut(store.log)
    expect_equal("the batch after it", (await execution_of(store, "0")).status, "completed", "go on after a refusal")


async def check_a_batch_that_is_written_again_changes_nothing(store: Store) -> None:
    """That happens where a store wrote a batch and only its answer was lost."""
    batch = [started("0"), attempt("0", "a"), *events_of("retry", "1")]
    await store.log.write(batch)
    before = [await execution_of(store, name) for name in "01"]
    await store.log.write(batch)
    advice = "leave rows alone that are there: an execution by its id, a record by execution and position"
    for name, count in (("0", 1), ("1", 3)):
        expect_equal(f"the records of execution {name}", len(await store.log.nodes(name)), count, advice)
    await store.log.write([batch[0], started("1", "retry")])
    expect_equal("the executions", [await execution_of(store, name) for name in "01"], before, advice)


async def check_the_log_is_a_cut_after_every_batch(store: Store) -> None:
    """Law 6: wherever writing stops, no record is there without those that fed it."""
    events, sizes = interleaved(), cycle((1, 8, 3))
    while events:
        size = next(sizes)
        await store.log.write(events[:size])
        del events[:size]
        await expect_prefix_cut(store.log)
    expect_equal("executions that ended", len(await ids_of(store, status="completed")), 4, "write the whole batch")


async def check_a_reader_never_sees_half_a_batch(store: Store) -> None:
    """Who reads while somebody writes sees all of a batch or nothing of it."""
    is_done = False

    async def read() -> None:
        while not is_done:
            await _expect_whole_executions(store)
            await checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        for number in range(20):
            await store.log.write(events_of("diamond", f"{number:02}"))
            await checkpoint()
        is_done = True
    await _expect_whole_executions(store)


async def check_a_cancelled_write_leaves_all_or_nothing(store: Store) -> None:
    """Wherever a write is cancelled, its transaction finishes or is rolled back."""
    for number, checkpoints in enumerate(CHECKPOINTS_BEFORE_CANCEL):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(store.log.write, events_of("diamond", f"{number:02}"))
            for _ in range(checkpoints):
                await checkpoint()
            tasks.cancel_scope.cancel()
        await _expect_whole_executions(store)
    await store.log.write(events_of("diamond", "99"))
    await _expect_whole_executions(store)
    expect_equal("an execution that was written later", await ids_of(store, limit=1), ["99"], "go on after a cancel")


async def check_writers_at_the_same_time_keep_every_executions_order(store: Store) -> None:
    """Twenty tasks write an execution each, event by event."""
    names = [f"{number:02}" for number in range(20)]

    async def write(name: str) -> None:
        for event in events_of("chain", name):
            await store.log.write([event])

    async with anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(write, name)
    for name in names:
        nodes = [(row.position, row.node) for row in await store.log.nodes(name)]
        expect_equal("records of one writer", nodes, [(0, "a"), (1, "b"), (2, "c")], "take a position in a transaction")
    expect_equal("executions that ended", await ids_of(store, status="completed"), names[::-1], "lose no write")


async def _expect_whole_executions(store: Store) -> None:
    """Check that of the executions, each written in one batch, none is there in part."""
    await expect_prefix_cut(store.log)
    for row in await store.log.executions(limit=1000):
        expect_equal(f"execution {row.id}, written in one batch", row.status, "completed", ONE_TRANSACTION)


TRANSACTION_CHECKS = (
    check_an_empty_batch_is_nothing,
    check_a_large_batch_is_written_whole,
    check_a_refused_batch_leaves_nothing,
    check_a_batch_that_is_written_again_changes_nothing,
    check_the_log_is_a_cut_after_every_batch,
    check_a_reader_never_sees_half_a_batch,
    check_a_cancelled_write_leaves_all_or_nothing,
    check_writers_at_the_same_time_keep_every_executions_order,
)
"""All checks of this file."""
