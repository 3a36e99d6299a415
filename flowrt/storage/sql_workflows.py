"""Versions of workflows in a SQL database."""

from hashlib import sha256
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from flowrt.storage.protocols import StoredWorkflow
from flowrt.storage.repeated_ids import repeated_id
from flowrt.storage.session import Session
from flowrt.storage.tables import workflows
from flowrt.typing import Clock, Ids


class SqlWorkflows:
    """The versions of workflows of a `SqlStore`."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    async def save(self, name: str, definition: bytes, version: int | None) -> StoredWorkflow:
        """Return the stored version with this content, and store it first if it is new.

        Raises:
            StoreError: It is new, but the id made for it belongs to another version.
        """
        digest = sha256(definition).hexdigest()
        content = {
            "id": self._ids.new_id(),
            "name": name,
            "digest": digest,
            "definition": definition.decode(),
            "created_at_ns": self._clock.time_ns(),
        }
        return await self._session.run(save, content, version, self._session.database.shown)

    async def find(self, name: str, version: int | None = None) -> StoredWorkflow | None:
        """Return a version of a workflow, the greatest if `version` is `None`; `None` if there is no such."""
        return await self._session.run(find, name, version)


async def save(engine: AsyncEngine, content: dict[str, Any], version: int | None, shown_url: str) -> StoredWorkflow:
    """Store a version unless its content is there; another process may do the same at the same time.

    Each round either finds the content or takes a number that was free; who loses a number to another goes round again.

    Raises:
        StoreError: The id belongs to another version.
    """
    async with engine.connect() as connection:
        while True:
            same = (workflows.c.name == content["name"]) & (workflows.c.digest == content["digest"])
            row = (await connection.execute(select(workflows).where(same))).one_or_none()
            if row is not None:
                return stored_workflow(row)
            has_id = select(workflows.c.id).where(workflows.c.id == content["id"])
            if (await connection.execute(has_id)).first() is not None:
                raise repeated_id(shown_url, content["id"])
            number = await free_version(connection, content["name"], version)
            await connection.execute(insert(workflows).values(**content, version=number).on_conflict_do_nothing())


async def free_version(connection: AsyncConnection, name: str, wanted: int | None) -> int:
    """Return the wanted number if no version of the name has it, else the one after the greatest."""
    of_name = workflows.c.name == name
    if wanted is not None:
        taken = select(workflows.c.id).where(of_name, workflows.c.version == wanted)
        if (await connection.execute(taken)).first() is None:
            return wanted
    greatest = await connection.scalar(select(func.max(workflows.c.version)).where(of_name))
    return (greatest or 0) + 1


async def find(engine: AsyncEngine, name: str, version: int | None) -> StoredWorkflow | None:
    """Return a version, the greatest if `version` is `None`."""
    query = select(workflows).where(workflows.c.name == name).order_by(workflows.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(workflows.c.version == version)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return None if row is None else stored_workflow(row)


def stored_workflow(row: Row[Any]) -> StoredWorkflow:
    """Return a row of the table as what the store's interface promises."""
    return StoredWorkflow(
        id=row.id,
        name=row.name,
        version=row.version,
        digest=row.digest,
        definition=row.definition.encode(),
        created_at_ns=row.created_at_ns,
    )
