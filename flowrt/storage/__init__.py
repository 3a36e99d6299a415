"""Stores: where versions of workflows and the log of executions are kept.

`MemoryStore` needs nothing; `SqlStore` imports SQLAlchemy. Each is loaded when it is first named.
"""

from typing import TYPE_CHECKING, Any

from flowrt.storage.protocols import (
    ExecutionLog,
    ExecutionRow,
    NodeRow,
    Store,
    StoredWorkflow,
    WorkflowRepository,
)

if TYPE_CHECKING:
    from flowrt.storage.memory import MemoryStore
    from flowrt.storage.migrate import current_revision, upgrade_database
    from flowrt.storage.sql import SqlStore

__all__ = [
    "ExecutionLog",
    "ExecutionRow",
    "MemoryStore",
    "NodeRow",
    "SqlStore",
    "Store",
    "StoredWorkflow",
    "WorkflowRepository",
    "current_revision",
    "upgrade_database",
]


def __getattr__(name: str) -> Any:
    if name == "MemoryStore":
        from flowrt.storage.memory import MemoryStore  # noqa: PLC0415 - not needed to read a database

        return MemoryStore
    if name == "SqlStore":
        from flowrt.storage.sql import SqlStore  # noqa: PLC0415 - it loads SQLAlchemy

        return SqlStore
    if name in {"current_revision", "upgrade_database"}:
        from flowrt.storage import migrate  # noqa: PLC0415 - it loads SQLAlchemy

        return getattr(migrate, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
