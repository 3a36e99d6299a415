"""What a store promises that outlives its process. Each check raises `AssertionError`.

Each gets a new, open store, and another one on the same database that is not open: what a later process has.
"""

import anyio

from flowrt.events import LogEvent
from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import expect_equal
from flowrt.testing.conformance.prefix_cut import expect_prefix_cut
from flowrt.testing.conformance.sample_events import attempt, ended, events_of, interleaved, started
from flowrt.testing.conformance.store_reading import execution_of, ids_of

COMMIT = "commit before `write` and `save` return"


async def check_what_was_written_is_there_after_the_close(store: Store, other: Store) -> None:
    """Versions, executions and records are found by the next store as they were."""
    saved = await store.workflows.save("chain", b"{}", 7)
    await store.log.write([started("0", workflow_id=saved.id), *events_of("retry", "1")])
    rows = [await execution_of(store, name) for name in "01"]
    records = await store.log.nodes("1")
    await store.close()
    await other.open()
    expect_equal("a version after the close", await other.workflows.find("chain"), saved, COMMIT)
    found = [await execution_of(other, name) for name in "01"]
    expect_equal("executions after the close", found, rows, COMMIT)
    expect_equal("records after the close", await other.log.nodes("1"), records, COMMIT)


async def check_what_was_written_is_seen_at_once_by_others(store: Store, other: Store) -> None:
    """So it is safe although the first store was never closed, as after a crash."""
    await other.open()
    for start in range(0, len(interleaved()), 4):
        await store.log.write(interleaved()[start : start + 4])
        await expect_prefix_cut(other.log)
    saved = await store.workflows.save("chain", b"{}", None)
    expect_equal("a version, seen by another store", await other.workflows.find("chain"), saved, COMMIT)
    found = await ids_of(other, status="completed")
    expect_equal("ended executions, seen by another store", found, await ids_of(store, status="completed"), COMMIT)
    expect_equal("the number of them", len(found), 4, COMMIT)


async def check_an_execution_goes_on_in_a_later_store(store: Store, other: Store) -> None:
    """Its records go on where they were; its start need not be written again."""
    await store.log.write([started("1"), attempt("1", "a")])
    await store.close()
    await other.open()
    await other.log.write([attempt("1", "b"), attempt("1", "c"), ended("1")])
    found = [(row.position, row.node) for row in await other.log.nodes("1")]
    expected = [(0, "a"), (1, "b"), (2, "c")]
    expect_equal("records of two stores", found, expected, "read positions and known executions from the database")
    expect_equal("the execution's end", (await execution_of(other, "1")).status, "completed", "as above")


async def check_two_stores_write_at_the_same_time(store: Store, other: Store) -> None:
    """Each writes executions of its own and saves versions of one workflow; nothing is lost or counted twice."""
    await other.open()
    versions: set[tuple[str, int]] = set()

    async def write(writer: Store, first: int) -> None:
        for number in range(first, first + 10):
            events: list[LogEvent] = events_of("chain", f"{number:02}")
            await writer.log.write(events[:3])
            version = await writer.workflows.save("chain", str(number % 10).encode(), None)
            versions.add((version.id, version.version))
            await writer.log.write(events[3:])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(write, store, 0)
        tasks.start_soon(write, other, 10)
    numbers = sorted(number for _, number in versions)
    advice = "wait for the other's transaction, and take a number in your own"
    expect_equal("versions of ten contents that two stores saved", numbers, list(range(1, 11)), advice)
    for reader in (store, other):
        expect_equal("executions that ended", len(await ids_of(reader, status="completed")), 20, "lose no write")
        await expect_prefix_cut(reader.log)


DURABILITY_CHECKS = (
    check_what_was_written_is_there_after_the_close,
    check_what_was_written_is_seen_at_once_by_others,
    check_an_execution_goes_on_in_a_later_store,
    check_two_stores_write_at_the_same_time,
)
"""All checks of this file."""
