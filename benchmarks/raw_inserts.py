"""The log written by hand: the rows that flowrt wrote, by `sqlite3.executemany` into the same tables and indexes."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table

from benchmarks.measure import Clock
from flowrt.storage.tables import executions, node_records, workflows


class TransactionSize(NamedTuple):
    """How many new rows of each table one transaction wrote."""

    executions: int
    node_records: int


class Inserts(NamedTuple):
    """A statement and its rows."""

    sql: str
    rows: list[Any]


class Written(NamedTuple):
    """What a log holds, as it was written."""

    workflows: Inserts
    """What was there before: the log refers to it."""
    transactions: list[tuple[Inserts, ...]]


def read_written(path: Path, sizes: Sequence[TransactionSize]) -> Written:
    """Read the rows of a log back, divided among transactions of these sizes.

    An execution's row is complete from the first: what was an update when it ended is none here.
    """
    with closing(sqlite3.connect(path)) as connection:
        started = _rows(connection, executions, "rowid")
        ended = _rows(connection, node_records, "started_at_ns + duration_ns, execution_id, position")
        transactions = [
            (
                Inserts(_insert(executions), list(islice(started, size.executions))),
                Inserts(_insert(node_records), list(islice(ended, size.node_records))),
            )
            for size in sizes
        ]
        return Written(Inserts(_insert(workflows), list(_rows(connection, workflows, "rowid"))), transactions)


def _rows(connection: sqlite3.Connection, table: Table, order: str) -> Iterator[Any]:
    return iter(connection.execute(f"SELECT * FROM {table.name} ORDER BY {order}"))  # noqa: S608 - our own names


def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608 - our own names


def write_again(path: Path, written: Written, clock: Clock = time.perf_counter) -> float:
    """Write the same into an empty database that has the tables, as `SqlStore` sets it; return the seconds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")  # WAL is in the file
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executemany(*written.workflows)
        started = clock()
        for transaction in written.transactions:
            connection.execute("BEGIN IMMEDIATE")
            for inserts in transaction:
                connection.executemany(*inserts)
            connection.execute("COMMIT")
        return clock() - started


def contents(path: Path) -> list[list[Any]]:
    """Return all rows of a log."""
    with closing(sqlite3.connect(path)) as connection:
        return [list(_rows(connection, table, "1, 2")) for table in (workflows, executions, node_records)]
