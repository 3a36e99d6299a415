"""Which schema a database has: checked at every start without Alembic, which takes half a second to import."""

import asyncio
import sqlite3

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from flowrt.errors import SchemaError
from flowrt.storage.tables import alembic_version, metadata
from flowrt.storage.url import DatabaseUrl

REVISIONS = ("flowrt_0001",)
"""Every revision of the schema, oldest first. A test compares it with the migrations."""
WAL_PAUSES_SECONDS = (*[0.02] * 250, None)


async def read_revision(connection: AsyncConnection) -> str | None:
    """Return the schema's revision, or `None` if the database was never given one."""
    try:
        return await connection.scalar(select(alembic_version.c.version_num))
    except DBAPIError as error:
        if "no such table" in str(error.orig):
            return None
        raise


async def prepare(engine: AsyncEngine, database: DatabaseUrl) -> None:
    """Make the schema in an empty database, check it in another.

    Raises:
        SchemaError: The database has another schema; nothing was changed.
    """
    async with engine.connect() as connection:
        revision = await read_revision(connection)
        if revision is None:
            await set_up_empty(connection, database)
            revision = await _create(connection)
        check_revision(revision, database)
        await use_wal(connection)


def check_revision(revision: str | None, database: DatabaseUrl) -> None:
    """Compare a database's revision with the one that this flowrt needs.

    Raises:
        SchemaError: It is another one.
    """
    if revision == REVISIONS[-1]:
        return
    refuse_unknown(revision, database)
    advice = f"it was made by an older flowrt; migrate it with: flowrt db upgrade --db {database.shown}"
    raise SchemaError(database.shown, f"its schema is {revision}, this flowrt needs {REVISIONS[-1]}: {advice}")


def refuse_unknown(revision: str | None, database: DatabaseUrl) -> None:
    """Refuse a database whose revision is none of ours.

    Raises:
        SchemaError: It is a newer flowrt's, or not flowrt's at all.
    """
    if revision is None or revision in REVISIONS:
        return
    if revision.startswith("flowrt_"):
        reason = f"its schema is {revision}, newer than {REVISIONS[-1]} of this flowrt: install a newer flowrt"
    else:
        reason = f"its schema {revision!r} is not flowrt's: it belongs to another program; choose another database"
    raise SchemaError(database.shown, reason)


async def set_up_empty(connection: AsyncConnection, database: DatabaseUrl) -> None:
    """Set what SQLite takes only before the first table is made, Alembic's own included.

    Raises:
        SchemaError: The database has tables but no revision: it is another program's; nothing was changed.
    """
    tables = await _tables_without_revision(connection)
    if foreign := [name for name in tables if name != alembic_version.name]:
        named = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")  # noqa: PLR2004
        reason = f"it holds tables that are not flowrt's ({named}): choose another database"
        raise SchemaError(database.shown, reason)
    if not tables:
        await connection.exec_driver_sql("PRAGMA auto_vacuum = INCREMENTAL")
        await connection.commit()


async def _tables_without_revision(connection: AsyncConnection) -> list[str]:
    """Return the tables; none if there is a revision by now: another process may have just made all of it."""
    await connection.exec_driver_sql("BEGIN")
    try:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        if alembic_version.name in tables and await read_revision(connection) is not None:
            return []
    finally:
        await connection.rollback()
    return tables


async def use_wal(connection: AsyncConnection) -> None:
    """Let readers and the writer work side by side. The file remembers it.

    While other processes are opening the same new file SQLite refuses this at once, without its usual patience.
    """
    for pause in WAL_PAUSES_SECONDS:
        try:
            await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except DBAPIError as error:
            if pause is None or getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
            await asyncio.sleep(pause)
        else:
            return


async def _create(connection: AsyncConnection) -> str | None:
    """Make the newest schema, unless another process has just done so, and return the revision."""
    await connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        revision = await read_revision(connection)
        if revision is None:
            revision = REVISIONS[-1]
            await connection.run_sync(alembic_version.create, checkfirst=True)
            await connection.run_sync(metadata.create_all)
            await connection.execute(alembic_version.insert().values(version_num=revision))
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
    return revision
