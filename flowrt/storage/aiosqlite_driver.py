"""aiosqlite with two things more: a whole function in one hop to the connection's thread, and an end to wait for."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple, cast

import aiosqlite

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Connection(aiosqlite.Connection):
    """A connection whose thread also runs functions.

    A transaction of four statements is one hop there and back instead of four: a hop costs 30 µs, and up to 10 ms
    while another thread computes, because each thread then waits its turn for the interpreter.

    Args:
        connector: Makes the connection, in its thread.
        ends: Where the future of the thread's end is put. Until it is done the event loop must not be closed.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], ends: "set[asyncio.Future[Any]]") -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True
        self._ends = ends

    async def run(self, function: Callable[[sqlite3.Connection, *Ts], T], *args: *Ts) -> T:
        """Call a function with the connection, in the connection's thread."""
        return await self._execute(function, self._conn, *args)  # type: ignore[no-any-return, no-untyped-call]

    def stop(self) -> "asyncio.Future[Any] | None":
        """End the thread. aiosqlite calls this too when it fails to connect, and does not wait for it."""
        # aiosqlite says Future without its argument: Any to mypy, unknown to pyright
        end = cast("asyncio.Future[Any] | None", super().stop())  # type: ignore[redundant-cast]
        if end is not None:
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)
        return end
