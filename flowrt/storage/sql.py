"""The store in a SQL database."""

import os
from random import Random
from typing import get_args

from flowrt.clock import SystemClock, UuidV7Ids
from flowrt.option_checks import LONGEST_SECONDS, check_number, check_part
from flowrt.storage.defaults import DEFAULT_URL
from flowrt.storage.schema import prepare
from flowrt.storage.session import Session
from flowrt.storage.sql_log import SqlLog
from flowrt.storage.sql_workflows import SqlWorkflows
from flowrt.storage.sqlite_engine import SqliteOptions, Synchronous
from flowrt.storage.url import parse_url
from flowrt.typing import Clock, Ids


class SqlStore:
    """A store in a SQLite database.

    The database lives on an asyncio loop in a thread of its own: it works under trio and asyncio, and however slow it
    is, it never holds the caller's event loop. A cancel leaves a transaction to finish or to roll back in the thread,
    so nothing is ever written in part. What was committed survives the end of the process, `kill -9` included; with
    `synchronous="FULL"` it survives a power cut too, for about ten times the cost of a commit.

    Args:
        url: `sqlite:///PATH`, `sqlite+aiosqlite:///PATH` or a plain path; `sqlite://` or `:memory:` for a database
            that lasts until the store is closed. A relative path is meant from the current folder.
        clock: Where `created_at_ns` of a workflow's version comes from.
        ids: Where ids of versions come from; `None`: UUIDs version 7 of that clock.
        synchronous: `NORMAL`: a power cut may lose the last commits, never the order; `FULL`: it loses none.
        busy_timeout_seconds: How long to wait for another process that writes to the file.
        create: Whether a missing file is made.
        read_only: The store is only to be read: a missing file is not made, and one that can't be written is read.

    Raises:
        StoreUnavailableError: The URL names no database that flowrt can use.
        TypeError: An option is of another kind than expected.
        ValueError: An option has an impossible value.
    """

    def __init__(
        self,
        url: str | os.PathLike[str] = DEFAULT_URL,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        synchronous: Synchronous = "NORMAL",
        busy_timeout_seconds: float = 5.0,
        create: bool = True,
        read_only: bool = False,
    ) -> None:
        if synchronous not in get_args(Synchronous):
            raise ValueError(f"synchronous was {synchronous!r}; expected 'NORMAL' or 'FULL'")
        check_number("busy_timeout_seconds", busy_timeout_seconds, least=0, most=LONGEST_SECONDS)
        clock = SystemClock() if clock is None else clock
        ids = UuidV7Ids(clock, Random()) if ids is None else ids  # noqa: S311 - ids are no secrets
        check_part("clock", clock, "time_ns", "a clock")
        check_part("ids", ids, "new_id", "an object with a method new_id")
        options = SqliteOptions(
            synchronous=synchronous, busy_timeout_seconds=busy_timeout_seconds, create=create, read_only=read_only
        )
        self._session = Session(parse_url(url), options)
        self._workflows = SqlWorkflows(self._session, clock, ids)
        self._log = SqlLog(self._session)

    @property
    def url(self) -> str:
        """The database, without its password."""
        return self._session.database.shown

    @property
    def workflows(self) -> SqlWorkflows:
        """Where versions of workflows are kept."""
        return self._workflows

    @property
    def log(self) -> SqlLog:
        """Where executions are kept."""
        return self._log

    async def open(self) -> None:
        """Connect, and make or check the schema. After an error or a cancel the store is closed.

        Raises:
            StoreError: The store is open already.
            StoreUnavailableError: The database can't be opened.
            SchemaError: It has another version of the schema, or is another program's.
        """
        await self._session.open(prepare)
        self._log.begin()

    async def close(self) -> None:
        """Let calls under way end, for some seconds, and disconnect. Closing a closed store does nothing.

        What was written before is safe. A cancel leaves the rest to go on in the store's thread.
        """
        await self._session.close()
