"""The execution log in a SQL database."""

import asyncio
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from flowrt.errors import StoreError
from flowrt.events import ErrorDetails, ExecutionStatus, LogEvent
from flowrt.option_checks import check_whole
from flowrt.storage.log_rows import BatchRows, rows_of, started_earlier
from flowrt.storage.log_statements import statements_of
from flowrt.storage.open_file import OpenFile
from flowrt.storage.protocols import ExecutionRow, NodeRow
from flowrt.storage.repeated_ids import repeated_id
from flowrt.storage.session import Session
from flowrt.storage.sqlite_engine import driver_connection
from flowrt.storage.tables import executions, node_records, workflows

FIND_POSITION = """
SELECT (SELECT max(position) + 1 FROM node_records WHERE execution_id = executions.id) FROM executions WHERE id = ?
"""
FIND_OTHER = "SELECT 1 FROM executions WHERE id = ? AND (workflow, started_at_ns) != (?, ?)"


class SqlLog:
    """The executions of a `SqlStore`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.begin()

    def begin(self) -> None:
        """Begin anew: to be called when the session was opened, which has another event loop each time."""
        self._write_lock = asyncio.Lock()
        self._file = OpenFile(self._session.database)
        self._positions: dict[str, int] = {}
        """The next position of each running execution."""

    async def write(self, batch: Sequence[LogEvent]) -> None:
        """Write events in their order, in one transaction: all of them or none.

        Raises:
            StoreUnavailableError: Nothing of the batch was written.
            StoreError: Nothing of it was written, nor ever can be; or the file was removed while it was open.
        """
        await self._session.run(self._write, tuple(batch))

    async def executions(
        self,
        *,
        limit: int = 50,
        workflow: str | None = None,
        status: ExecutionStatus | None = None,
        before: str | None = None,
    ) -> list[ExecutionRow]:
        """Return the newest executions first, which is the greatest ids first."""
        query = page_query(limit=limit, workflow=workflow, status=status, before=before)
        return [execution_row(row) for row in await self._session.run(fetch_all, query)]

    async def execution(self, execution_id: str) -> ExecutionRow | None:
        """Return one execution, or `None` if the log does not know it."""
        rows = await self._session.run(fetch_all, select_executions().where(executions.c.id == execution_id))
        return execution_row(rows[0]) if rows else None

    async def nodes(self, execution_id: str) -> list[NodeRow]:
        """Return the records of an execution's nodes in the order in which they were logged."""
        of_execution = select(node_records).where(node_records.c.execution_id == execution_id)
        rows = await self._session.run(fetch_all, of_execution.order_by(node_records.c.position))
        return [node_row(row) for row in rows]

    async def _write(self, engine: AsyncEngine, batch: Sequence[LogEvent]) -> None:
        async with self._write_lock, engine.connect() as connection:
            driver = await driver_connection(connection)
            self._file.check()  # one that was emptied grows again
            await driver.run(write_batch, batch, self._positions, self._session.database.shown)
            self._file.check()


def write_batch(
    connection: sqlite3.Connection, batch: Sequence[LogEvent], positions: dict[str, int], shown_url: str
) -> None:
    """Write a batch in one transaction, and note the next positions of its executions.

    Raises:
        StoreError: The batch tells of an execution that was never started, or starts one whose id is another's.
        sqlite3.Error: Nothing was written.
    """
    if unknown := started_earlier(batch).difference(positions):
        positions.update(find_positions(connection, unknown, shown_url))
    rows = rows_of(batch, positions)
    connection.execute("BEGIN IMMEDIATE")
    try:
        changed = sum(connection.execute(sql, values).rowcount for sql, values in statements_of(rows))
        if rows.repeated or changed < len(rows.executions) + len(rows.nodes) + len(rows.ends):
            check_starts(connection, rows, shown_url)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    positions.update(rows.next_positions)
    for execution_id in rows.ended:
        positions.pop(execution_id, None)


def check_starts(connection: sqlite3.Connection, rows: BatchRows, shown_url: str) -> None:
    """Tell a batch that comes again, of which some rows are there, from executions whose ids are others'.

    Raises:
        StoreError: An id is another execution's.
    """
    for execution_id in rows.repeated:
        raise repeated_id(shown_url, execution_id)
    for execution_id, workflow, _, _, _, started_at_ns, *_ in rows.executions:
        if connection.execute(FIND_OTHER, (execution_id, workflow, started_at_ns)).fetchone() is not None:
            raise repeated_id(shown_url, execution_id)


def find_positions(connection: sqlite3.Connection, ids: Collection[str], shown_url: str) -> dict[str, int]:
    """Return the next position of executions that an earlier run of the program started.

    Raises:
        StoreError: One of them is not in the log.
    """
    found: dict[str, int] = {}
    for execution_id in ids:
        row = connection.execute(FIND_POSITION, (execution_id,)).fetchone()
        if row is None:
            raise StoreError(shown_url, f"{execution_id} is no execution of this log: its start was never written")
        found[execution_id] = row[0] or 0
    return found


async def fetch_all(engine: AsyncEngine, query: Select[Any]) -> Sequence[Row[Any]]:
    """Return all rows of a query."""
    async with engine.connect() as connection:
        rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
    return rows


def select_executions() -> Select[Any]:
    """Return the query of executions, each with its workflow's version."""
    version = workflows.c.version.label("workflow_version")
    return select(executions, version).outerjoin(workflows, executions.c.workflow_id == workflows.c.id)


def page_query(
    *, limit: int, workflow: str | None = None, status: ExecutionStatus | None = None, before: str | None = None
) -> Select[Any]:
    """Return the query of a page of executions, newest first, which nothing has to sort.

    An index has those of a workflow in this order, and those of a status; of both together the one or the other is read
    through until the page is full.
    """
    check_whole("limit", limit, least=0)
    query = select_executions().order_by(executions.c.id.desc()).limit(limit)
    if workflow is not None:
        query = query.where(executions.c.workflow == workflow)
    if status is not None:
        query = query.where(executions.c.status == status)
    if before is not None:
        query = query.where(executions.c.id < before)
    return query


def execution_row(row: Row[Any]) -> ExecutionRow:
    """Return a row of `select_executions` as what the store's interface promises."""
    return ExecutionRow(
        id=row.id,
        workflow=row.workflow,
        workflow_id=row.workflow_id,
        workflow_version=row.workflow_version,
        parent_id=row.parent_id,
        status=row.status,
        started_at_ns=row.started_at_ns,
        duration_ns=row.duration_ns,
        input=row.input.encode(),
        output=encoded(row.output),
        error=error_details(row),
        failed_node=row.failed_node,
        reason=row.reason,
        failures_absorbed=row.failures_absorbed,
    )


def node_row(row: Row[Any]) -> NodeRow:
    """Return a row of the table as what the store's interface promises."""
    return NodeRow(
        execution_id=row.execution_id,
        position=row.position,
        node=row.node,
        attempt=row.attempt,
        status=row.status,
        started_at_ns=row.started_at_ns,
        duration_ns=row.duration_ns,
        output=encoded(row.output),
        output_size_bytes=row.output_size_bytes,
        error=error_details(row),
        retry_delay_seconds=row.retry_delay_seconds,
        note=row.note,
    )


def encoded(text: str | None) -> bytes | None:
    """Return a payload's text as bytes."""
    return None if text is None else text.encode()


def error_details(row: Row[Any]) -> ErrorDetails | None:
    """Return the error of a row, if it has one."""
    if row.error_type is None:
        return None
    return ErrorDetails(type=row.error_type, message=row.error_message, traceback=row.error_traceback)
