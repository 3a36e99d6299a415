"""Rows as SQL statements: as few as can be.

Python's `sqlite3` lets other threads run during each statement, and `executemany` executes one per row. While another
thread computes, getting the interpreter back takes up to 5 ms, each time: 1 ms a row was measured, against 0.03 ms
with 250 rows to a statement, which is the faster way on an idle machine too. And a value that is `None` takes 0.2 µs to
bind, several times what a number takes; so columns that no row of a statement fills are not named in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain

import sqlalchemy as sa

from flowrt.storage.log_rows import END_COLUMNS, BatchRows, Row
from flowrt.storage.tables import executions, node_records

ROWS_PER_STATEMENT = 250
"""SQLite takes 32,766 values per statement; more rows than these gain nothing."""


def statements_of(rows: BatchRows) -> Iterator[tuple[str, Row]]:
    """Return statements and their values in an order that keeps foreign keys: executions, then what belongs to them."""
    for table, inserted in ((executions, rows.executions), (node_records, rows.nodes)):
        for chunk in _chunks(inserted):
            names, values = _filled(table, chunk)
            yield _insert(table, names, len(chunk)), values
    for chunk in _chunks(rows.ends):
        yield _update_ends(len(chunk)), _flat(chunk)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]


def _filled(table: sa.Table, rows: Sequence[Row]) -> tuple[tuple[str, ...], Row]:
    """Return the columns in which some row has a value, and the values of all rows in these columns."""
    columns = zip(table.columns.keys(), zip(*rows, strict=True), strict=True)
    filled = [(name, values) for name, values in columns if values.count(None) < len(rows)]
    return tuple(name for name, _ in filled), _flat(zip(*(values for _, values in filled), strict=True))


def _flat(rows: Iterable[Row]) -> Row:
    return tuple(chain.from_iterable(rows))


@lru_cache(maxsize=1000)  # some kilobytes each
def _insert(table: sa.Table, names: tuple[str, ...], row_count: int) -> str:
    """A row that is there already is left alone: a batch may come again when the answer to it was lost."""
    values = _values(len(names), row_count)
    into = f"{table.name} ({', '.join(names)})"
    key = ", ".join(column.name for column in table.primary_key)
    return f"INSERT INTO {into} VALUES {values} ON CONFLICT ({key}) DO NOTHING"  # noqa: S608 - our own names


@cache
def _update_ends(row_count: int) -> str:
    assignments = ", ".join(f"{name} = ended.column{number}" for number, name in enumerate(END_COLUMNS, 2))
    values = _values(1 + len(END_COLUMNS), row_count)
    ended = f"(VALUES {values}) AS ended"
    return f"UPDATE executions SET {assignments} FROM {ended} WHERE executions.id = ended.column1"  # noqa: S608 - our own names


def _values(column_count: int, row_count: int) -> str:
    row = f"({', '.join('?' * column_count)})"
    return ", ".join([row] * row_count)
