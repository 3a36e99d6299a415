"""Asking a store for what must be there, and for what must be refused."""

from collections.abc import Awaitable

from flowrt.errors import StoreError
from flowrt.events import ExecutionStatus
from flowrt.storage.protocols import ExecutionRow, NodeRow, Store
from flowrt.testing.conformance.expectation import breach, raised


async def execution_of(store: Store, execution_id: str) -> ExecutionRow:
    """Return an execution that was written.

    Raises:
        AssertionError: It is not there.
    """
    row = await store.log.execution(execution_id)
    if row is None:
        raise breach(f"log.execution({execution_id!r})", "None", "the execution that was written", "store its start")
    return row


async def node_of(store: Store, execution_id: str) -> NodeRow:
    """Return the only node record of an execution.

    Raises:
        AssertionError: There is none, or there are several.
    """
    rows = await store.log.nodes(execution_id)
    if len(rows) != 1:
        raise breach(f"log.nodes({execution_id!r})", f"{len(rows)} records", "1", "store each record once")
    return rows[0]


async def ids_of(
    store: Store,
    *,
    limit: int = 50,
    workflow: str | None = None,
    status: ExecutionStatus | None = None,
    before: str | None = None,
) -> list[str]:
    """Return the ids of a page of executions."""
    rows = await store.log.executions(limit=limit, workflow=workflow, status=status, before=before)
    return [row.id for row in rows]


async def expect_refusal(what: str, call: Awaitable[object], advice: str) -> None:
    """Check that a call raises a `StoreError`.

    Raises:
        AssertionError: It raises something else, or returns.
    """
    try:
        await call
    except StoreError:
        return
    except Exception as error:
        raise breach(what, raised(error), "a StoreError", advice) from error
    raise breach(what, "no error", "a StoreError", advice)
