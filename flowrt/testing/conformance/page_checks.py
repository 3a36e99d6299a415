"""What a store promises of pages of executions. Each check gets a new, open store and raises `AssertionError`."""

from typing import Any

from flowrt.events import ErrorDetails
from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import expect_equal
from flowrt.testing.conformance.sample_events import ended, snapshot, started
from flowrt.testing.conformance.store_reading import execution_of, ids_of


async def check_the_newest_executions_come_first(store: Store) -> None:
    """That is the greatest ids first, in whichever order they were written."""
    ids = [f"{7 * number % 120:03}" for number in range(120)]
    await store.log.write([started(name) for name in ids])
    found = [row.id for row in await store.log.executions()]
    expect_equal(
        "the default page", found, sorted(ids, reverse=True)[:50], "return the 50 greatest ids, greatest first"
    )


async def check_a_page_has_whole_rows(store: Store) -> None:
    """They are those that are returned for each execution alone."""
    workflow = await store.workflows.save("triage", b"{}", 3)
    parts: dict[str, Any] = {"workflow_id": workflow.id, "parent_id": "0", "input": snapshot('{"a":1}')}
    error = ErrorDetails(type="ValueError", message="no", traceback="Traceback ...")
    ends = [
        ended("1"),
        ended("2", "failed", error=error, failed_node="b", failures_absorbed=2),
        ended("3", "cancelled", reason="Ctrl-C"),
    ]
    await store.log.write([*(started(name, "triage", **parts) for name in "1234"), *ends])
    for row in await store.log.executions():
        expected = await execution_of(store, row.id)
        expect_equal(f"execution {row.id} of a page", row, expected, "return all that log.execution does")


async def check_a_page_has_as_many_rows_as_asked_for(store: Store) -> None:
    """Or fewer, if there are no more."""
    await store.log.write([started(f"{number:03}") for number in range(60)])
    for limit, expected in ((0, 0), (1, 1), (59, 59), (60, 60), (1000, 60)):
        rows = await store.log.executions(limit=limit)
        expect_equal(f"the rows of a page with limit={limit}", len(rows), expected, "return up to `limit` rows")


async def check_pages_follow_each_other_without_gap_or_overlap(store: Store) -> None:
    """`before` is the last id of a page, and need not be an execution's; what is written meanwhile does not matter."""
    first_ids = [f"{number:03}" for number in range(100)]
    await store.log.write([started(name) for name in first_ids])
    found: list[str] = []
    while len(found) <= len(first_ids) and (page := await ids_of(store, limit=7, before=found[-1] if found else None)):
        found += page
        await store.log.write([started(f"{100 + len(found):03}")])
    expect_equal(
        "all pages", found, first_ids[::-1], "a page begins with the greatest id that is smaller than `before`"
    )
    expect_equal(
        "a page before an id that is not there", await ids_of(store, before="0015"), ["001", "000"], "as above"
    )
    expect_equal("the page before the first execution", await ids_of(store, before="000"), [], "return an empty list")


async def check_executions_are_found_by_workflow_and_status(store: Store) -> None:
    """All conditions hold together, and a limit counts what fits them."""
    await store.log.write([started("1", "a"), started("2", "b"), started("3", "a"), started("4", "A"), ended("3")])
    await store.log.write([started("5", "a"), ended("5", "failed"), started("6", "b"), ended("4", "cancelled")])
    by_workflow = [await ids_of(store, workflow="a"), await ids_of(store, workflow="none")]
    expect_equal(
        "by workflow", by_workflow, [["5", "3", "1"], []], "compare the whole name, upper and lower case apart"
    )
    by_status = [
        await ids_of(store, status="running"),
        await ids_of(store, status="completed"),
        await ids_of(store, status="failed"),
        await ids_of(store, status="cancelled"),
    ]
    expect_equal("by status", by_status, [["6", "2", "1"], ["3"], ["5"], ["4"]], "compare with the status of now")
    both = await ids_of(store, workflow="a", status="running", before="6", limit=1)
    expect_equal("by all at once", both, ["1"], "apply the conditions before the limit, all of them")


PAGE_CHECKS = (
    check_the_newest_executions_come_first,
    check_a_page_has_whole_rows,
    check_a_page_has_as_many_rows_as_asked_for,
    check_pages_follow_each_other_without_gap_or_overlap,
    check_executions_are_found_by_workflow_and_status,
)
"""All checks of this file."""
