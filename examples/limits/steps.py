"""The step of quotes.json: it asks a database that slows down under load."""

from typing import TypedDict

import anyio

CONNECTIONS = 8
QUERY_SECONDS = 0.02
"""What a query takes while each has a connection: so the database can answer 400 in a second, and no more."""
SLOWER_FOR_EACH_MORE = 0.02
"""By which part every query gets slower for each one that has no connection: memory, locks, switches."""


class Stock(TypedDict):
    in_stock: int


class Database:
    """A made-up database: its queries share 8 connections, and those that have none slow down the others."""

    def __init__(self) -> None:
        self._under_way = 0

    async def count(self, item: str) -> int:
        self._under_way += 1
        try:
            more = max(0, self._under_way - CONNECTIONS)
            shared_by = 1 + more / CONNECTIONS
            await anyio.sleep(QUERY_SECONDS * shared_by * (1 + SLOWER_FOR_EACH_MORE * more))
        finally:
            self._under_way -= 1
        return len(item)


database = Database()


async def look_up(item: str) -> Stock:
    """Ask the database how many there are."""
    return Stock(in_stock=await database.count(item))
