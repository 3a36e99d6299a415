"""Finding one execution in a database."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from flowrt.errors import UnknownExecutionError
from flowrt.storage import ExecutionRow, Store

T = TypeVar("T")
AFTER_ALL = "\U0010ffff"
"""Sorts after whatever an id goes on with."""


async def reading(db: str, read: Callable[[Store], Awaitable[T]]) -> T:
    """Return what is read from a database that is there already.

    Raises:
        StoreError: It can't be opened or read.
    """
    from flowrt.storage import SqlStore  # noqa: PLC0415 - it loads SQLAlchemy

    store = SqlStore(db, read_only=True)
    await store.open()
    try:
        return await read(store)
    finally:
        await store.close()


async def find_execution(store: Store, beginning: str) -> ExecutionRow:
    """Return the execution of an id, or the one whose id begins so.

    Raises:
        UnknownExecutionError: There is none, or there are several.
    """
    row = await store.log.execution(beginning)
    if row is not None:
        return row
    rows = await store.log.executions(before=beginning + AFTER_ALL, limit=2)
    matching = [row for row in rows if row.id.startswith(beginning)]
    if not matching:
        raise UnknownExecutionError(beginning, "no execution's id begins so; `flowrt history` lists the newest")
    if len(matching) > 1:
        reason = f"several executions' ids begin so, {matching[0].id} last; give more of it"
        raise UnknownExecutionError(beginning, reason)
    return matching[0]
