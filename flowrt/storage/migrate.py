"""Bring an existing database to the newest schema. Alembic is imported here and nowhere else."""

import os

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from flowrt.storage.schema import REVISIONS, read_revision, refuse_unknown, set_up_empty, use_wal
from flowrt.storage.session import Session
from flowrt.storage.sqlite_engine import SqliteOptions
from flowrt.storage.url import DatabaseUrl, parse_url


async def current_revision(url: str | os.PathLike[str]) -> str | None:
    """Return the revision of a database's schema, or `None` if it has none.

    Raises:
        StoreUnavailableError: The database can't be opened; a missing file is not made.
    """
    session = Session(parse_url(url), SqliteOptions(create=False))
    await session.open(_accept_anything)
    try:
        return await session.run(_read)
    finally:
        await session.close()


async def upgrade_database(url: str | os.PathLike[str]) -> tuple[str | None, str]:
    """Migrate a database to the newest schema, in one transaction, and return its revisions before and after.

    A missing file is made. A cancel leaves the migration to finish or to roll back.

    Raises:
        StoreUnavailableError: The database can't be opened.
        SchemaError: It belongs to a newer flowrt or to another program; nothing was changed.
    """
    session = Session(parse_url(url), SqliteOptions())
    await session.open(_refuse_others)
    try:
        return await session.run(_upgrade)
    finally:
        await session.close()


async def _accept_anything(engine: AsyncEngine, database: DatabaseUrl) -> None:
    """Open whatever it is."""


async def _refuse_others(engine: AsyncEngine, database: DatabaseUrl) -> None:
    async with engine.connect() as connection:
        revision = await read_revision(connection)
        refuse_unknown(revision, database)
        if revision is None:
            await set_up_empty(connection, database)


async def _read(engine: AsyncEngine) -> str | None:
    async with engine.connect() as connection:
        return await read_revision(connection)


async def _upgrade(engine: AsyncEngine) -> tuple[str | None, str]:
    async with engine.connect() as connection:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            before = await read_revision(connection)
            await connection.run_sync(_run_alembic)
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
        await use_wal(connection)
    return before, REVISIONS[-1]


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - half a second, only to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "flowrt.storage:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
