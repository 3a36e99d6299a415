"""The engine for SQLite: how connections are made and set."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from flowrt.errors import StoreUnavailableError
from flowrt.storage.aiosqlite_driver import Connection
from flowrt.storage.url import DatabaseUrl

Synchronous: TypeAlias = Literal["NORMAL", "FULL"]

OLDEST_SQLITE = (3, 35, 0)
READERS = 4


class SqliteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How connections to SQLite behave."""

    synchronous: Synchronous = "NORMAL"
    busy_timeout_seconds: float = 5.0
    create: bool = True
    """Whether a file that is missing is made."""
    read_only: bool = False
    """A file that is there is only read, and may be one that can't be written."""


def create_engine(
    database: DatabaseUrl, options: SqliteOptions
) -> tuple[AsyncEngine, Callable[[], Coroutine[Any, Any, None]]]:
    """Return an engine, and what closes it.

    Its connections are in autocommit: a transaction begins where `BEGIN` is said. A database in memory has one
    connection, which everybody waits for.

    Raises:
        StoreUnavailableError: This Python's SQLite is too old.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        reason = f"this Python has SQLite {sqlite3.sqlite_version}, and flowrt needs {needed} or newer"
        raise StoreUnavailableError(database.shown, reason)

    ends: set[asyncio.Future[Any]] = set()

    async def connect() -> Connection:
        connection = Connection(partial(_connect, database, options), ends)
        await connection
        return connection

    async def close() -> None:
        await engine.dispose()
        if ends:
            await asyncio.wait(ends)

    engine = create_async_engine(
        database.url,
        async_creator=connect,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if database.path is None else 1 + READERS,
        max_overflow=0,
        pool_reset_on_return=None,
    )
    return engine, close


async def driver_connection(connection: AsyncConnection) -> Connection:
    """Return the driver's connection beneath SQLAlchemy's."""
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, Connection):
        message = f"expected a connection of create_engine, not {driver!r}"
        raise TypeError(message)
    return driver


def _connect(database: DatabaseUrl, options: SqliteOptions) -> sqlite3.Connection:
    if database.path is None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
    else:
        query = _query(database.path, options)
        connection = sqlite3.connect(f"{database.path.as_uri()}?{query}", uri=True, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {round(options.busy_timeout_seconds * 1000)}")
        connection.execute(f"PRAGMA synchronous = {options.synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _query(path: Path, options: SqliteOptions) -> str:
    """Return how to open a file. Readers write, too: to the files beside it with which they agree with a writer."""
    if not options.read_only:
        return "mode=rwc" if options.create else "mode=rw"
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "mode=rw"
    is_in_use = path.with_name(f"{path.name}-wal").exists()
    return "mode=ro" if is_in_use else "mode=ro&immutable=1"
