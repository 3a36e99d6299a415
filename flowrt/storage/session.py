"""The open database of a SQL store: an engine in a thread, and the way there and back."""

import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, TypeVarTuple

import anyio
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from flowrt.errors import StoreError, StoreUnavailableError
from flowrt.storage.loop_thread import LoopThread, LoopThreadClosedError
from flowrt.storage.sqlite_engine import SqliteOptions, create_engine
from flowrt.storage.sqlite_errors import store_error
from flowrt.storage.url import DatabaseUrl

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

CLOSE_PATIENCE_SECONDS = 5.0


class Session:
    """A database that is open or can be opened, and all calls to it.

    Args:
        database: Which one.
        options: How its connections behave.
    """

    def __init__(self, database: DatabaseUrl, options: SqliteOptions) -> None:
        self.database = database
        self._options = options
        self._thread: LoopThread | None = None
        self._engine: AsyncEngine | None = None
        self._disconnect: Callable[[], Coroutine[Any, Any, None]] | None = None

    async def open(self, prepare: Callable[[AsyncEngine, DatabaseUrl], Coroutine[Any, Any, None]]) -> None:
        """Make the engine and call `prepare` with it. After an error or a cancel the session is closed.

        Raises:
            StoreError: It is open already, or what `prepare` raises.
            StoreUnavailableError: The database can't be opened.
        """
        if self._thread is not None:
            raise StoreError(self.database.shown, "the store is open already; give each runtime a store of its own")
        self._engine, self._disconnect = create_engine(self.database, self._options)
        self._thread = LoopThread("flowrt-store")
        try:
            await self.run(prepare, self.database)
        except BaseException:
            with anyio.CancelScope(shield=True):  # bounded by the thread's patience
                await self.close()
            raise

    async def close(self) -> None:
        """Let calls under way end, for some seconds, and disconnect. A cancel leaves that to go on in the thread."""
        thread, disconnect = self._thread, self._disconnect
        self._thread = self._engine = self._disconnect = None
        if thread is not None and disconnect is not None:
            await thread.stop(disconnect, patience_seconds=CLOSE_PATIENCE_SECONDS)

    async def run(self, function: Callable[[AsyncEngine, *Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
        """Call an async function with the engine, in its thread.

        A cancel leaves the call to go on to its end.

        Raises:
            StoreUnavailableError: The session is not open, or the database went away.
            StoreError: The database refused.
        """
        if self._thread is None or self._engine is None:
            raise StoreUnavailableError(
                self.database.shown, "the store is not open: the runtime that it is given to opens it"
            )
        try:
            return await self._thread.run(function, self._engine, *args)
        except LoopThreadClosedError as error:
            raise StoreUnavailableError(self.database.shown, "the store was closed meanwhile") from error
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise store_error(error, self.database) from error
        except (OverflowError, UnicodeError) as error:
            raise StoreError(self.database.shown, f"a value can't be stored: {error}") from error
