"""What a store is: small interfaces, and the rows that they return."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from flowrt.events import ErrorDetails, ExecutionStatus, LogEvent, NodeStatus


class StoredWorkflow(msgspec.Struct, frozen=True, kw_only=True):
    """One immutable version of a workflow."""

    id: str
    name: str
    version: int
    digest: str
    """SHA-256 of `definition`, hexadecimal."""
    definition: bytes
    """Canonical JSON."""
    created_at_ns: int


class ExecutionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the log knows of one execution."""

    id: str
    workflow: str
    workflow_id: str | None
    workflow_version: int | None
    parent_id: str | None
    status: ExecutionStatus
    started_at_ns: int
    duration_ns: int | None
    input: bytes
    output: bytes | None
    error: ErrorDetails | None
    failed_node: str | None
    reason: str | None
    failures_absorbed: int


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the log knows of one attempt of one node."""

    execution_id: str
    position: int
    """The place of the record within its execution, from 0: a node's record comes after those that fed it."""
    node: str
    attempt: int
    status: NodeStatus
    started_at_ns: int
    duration_ns: int
    output: bytes | None
    output_size_bytes: int | None
    """The size before a cut; larger than `len(output)` means that the payload was cut."""
    error: ErrorDetails | None
    retry_delay_seconds: float | None
    note: str | None


class WorkflowRepository(Protocol):
    """Keeps immutable versions of workflows."""

    async def save(self, name: str, definition: bytes, version: int | None) -> StoredWorkflow:
        """Return the stored version with this content, and store it first if it is new.

        A new content gets `version` if that is free for this name, else the number after the greatest one.
        """
        ...

    async def find(self, name: str, version: int | None = None) -> StoredWorkflow | None:
        """Return a version of a workflow, the greatest if `version` is `None`; `None` if there is no such."""
        ...


class ExecutionLog(Protocol):
    """Keeps what happened in executions."""

    async def write(self, batch: Sequence[LogEvent]) -> None:
        """Write events in their order, in one transaction: all of them or none.

        A cancel leaves the transaction to finish or to roll back; it is never written in part. A batch that was
        refused may be written again: what it stored after all, because only the answer was lost, is not stored twice.

        Raises:
            StoreUnavailableError: Nothing of the batch was written, as far as the store can know; it will come again.
            StoreError: Nothing of it was written, nor ever can be: the log ends here.
        """
        ...

    async def executions(
        self,
        *,
        limit: int = 50,
        workflow: str | None = None,
        status: ExecutionStatus | None = None,
        before: str | None = None,
    ) -> list[ExecutionRow]:
        """Return the newest executions first, which is the greatest ids first.

        Args:
            limit: The greatest number of rows to return.
            workflow: Only executions of the workflow of this name.
            status: Only executions that are in this state.
            before: Only executions with smaller ids: the id of a page's last row gives the next page.
        """
        ...

    async def execution(self, execution_id: str) -> ExecutionRow | None:
        """Return one execution, or `None` if the log does not know it."""
        ...

    async def nodes(self, execution_id: str) -> list[NodeRow]:
        """Return the records of an execution's nodes in the order in which they were logged."""
        ...


class Store(Protocol):
    """A database, opened by the runtime that it was given to."""

    @property
    def workflows(self) -> WorkflowRepository:
        """Where versions of workflows are kept."""
        ...

    @property
    def log(self) -> ExecutionLog:
        """Where executions are kept."""
        ...

    async def open(self) -> None:
        """Connect, and make or check the schema. Opening an open store is an error.

        Raises:
            StoreUnavailableError: The database can't be opened.
            SchemaError: It has another version of the schema.
        """
        ...

    async def close(self) -> None:
        """Disconnect. What was written before is safe; closing a closed store does nothing."""
        ...
