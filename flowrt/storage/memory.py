"""A store in memory."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random

import msgspec

from flowrt.clock import SystemClock, UuidV7Ids
from flowrt.errors import StoreError, StoreUnavailableError
from flowrt.events import AttemptEnded, ExecutionEnded, ExecutionStarted, ExecutionStatus, LogEvent
from flowrt.option_checks import check_whole
from flowrt.storage.protocols import ExecutionRow, NodeRow, StoredWorkflow
from flowrt.storage.repeated_ids import repeated_id
from flowrt.typing import Clock, Ids

URL = "memory"


class MemoryStore:
    """A store that keeps everything in memory, for tests and scripts.

    It belongs to one event loop, never waits, and forgets nothing: its size grows with every execution. After `close`
    it can still be read, and opened again with what it held.

    Args:
        clock: Where `created_at_ns` of a workflow's version comes from.
        ids: Where ids of versions come from; `None`: UUIDs version 7 of that clock.
    """

    def __init__(self, *, clock: Clock | None = None, ids: Ids | None = None) -> None:
        clock = clock or SystemClock()
        self._is_open = False
        self._workflows = MemoryWorkflows(clock, ids or UuidV7Ids(clock, Random()), self)  # noqa: S311 - ids are no secrets
        self._log = MemoryLog(self._workflows, self)

    @property
    def workflows(self) -> "MemoryWorkflows":
        """Where versions of workflows are kept."""
        return self._workflows

    @property
    def log(self) -> "MemoryLog":
        """Where executions are kept."""
        return self._log

    @property
    def is_open(self) -> bool:
        """Whether the store can be written to."""
        return self._is_open

    def expect_open(self) -> None:
        """Refuse to go on with a closed store.

        Raises:
            StoreUnavailableError: It is closed.
        """
        if not self._is_open:
            raise StoreUnavailableError(URL, "the store is not open: the runtime that it is given to opens it")

    async def open(self) -> None:
        """Make the store writable.

        Raises:
            StoreError: It is open already.
        """
        if self._is_open:
            raise StoreError(URL, "the store is open already; give each runtime a store of its own")
        self._is_open = True

    async def close(self) -> None:
        """Refuse further writes. Closing a closed store does nothing."""
        self._is_open = False


class MemoryWorkflows:
    """The versions of workflows of a `MemoryStore`."""

    def __init__(self, clock: Clock, ids: Ids, store: MemoryStore) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._by_name: dict[str, dict[int, StoredWorkflow]] = {}
        self._by_id: dict[str, StoredWorkflow] = {}

    async def save(self, name: str, definition: bytes, version: int | None) -> StoredWorkflow:
        """Return the stored version with this content, and store it first if it is new.

        Raises:
            StoreError: The store is closed, or the id made for a new content belongs to another version.
        """
        self._store.expect_open()
        versions = self._by_name.setdefault(name, {})
        digest = sha256(definition).hexdigest()
        for stored in versions.values():
            if stored.digest == digest:
                return stored
        if version is None or version in versions:
            version = max(versions, default=0) + 1
        stored = StoredWorkflow(
            id=self._ids.new_id(),
            name=name,
            version=version,
            digest=digest,
            definition=definition,
            created_at_ns=self._clock.time_ns(),
        )
        if stored.id in self._by_id:
            raise repeated_id(URL, stored.id)
        versions[version] = self._by_id[stored.id] = stored
        return stored

    async def find(self, name: str, version: int | None = None) -> StoredWorkflow | None:
        """Return a version of a workflow, the greatest if `version` is `None`; `None` if there is no such."""
        versions = self._by_name.get(name)
        if not versions:
            return None
        return versions.get(max(versions) if version is None else version)

    def version_of(self, workflow_id: str | None) -> int | None:
        """Return the version that has this id; `None` if there is no such."""
        stored = self._by_id.get(workflow_id or "")
        return stored.version if stored else None


class MemoryLog:
    """The executions of a `MemoryStore`."""

    def __init__(self, workflows: MemoryWorkflows, store: MemoryStore) -> None:
        self._workflows = workflows
        self._store = store
        self._executions: dict[str, ExecutionRow] = {}
        self._nodes: dict[str, list[NodeRow]] = {}

    async def write(self, batch: Sequence[LogEvent]) -> None:
        """Write events in their order: all of them or none.

        Raises:
            StoreError: An event belongs to no known execution or starts one whose id is another's, or the store is
                closed; nothing was written.
        """
        self._store.expect_open()
        self._check(batch)
        positions: dict[str, int] = {}
        for event in batch:
            self._apply(event, positions)

    def _check(self, batch: Sequence[LogEvent]) -> None:
        starts: set[str] = set()
        for event in batch:
            execution_id = event.execution_id
            row = self._executions.get(execution_id)
            if isinstance(event, ExecutionStarted):
                is_other = row is not None and (row.workflow, row.started_at_ns) != (event.workflow, event.at_ns)
                if is_other or execution_id in starts:
                    raise repeated_id(URL, execution_id)
                starts.add(execution_id)
            elif row is None and execution_id not in starts:
                raise StoreError(URL, f"{execution_id} is no execution of this log: its start was never written")

    def _apply(self, event: LogEvent, positions: dict[str, int]) -> None:
        """Add an event; what is there already, because its batch comes again, is left alone."""
        if isinstance(event, ExecutionStarted):
            positions[event.execution_id] = 0
            if event.execution_id not in self._executions:
                row = execution_row(event, self._workflows.version_of(event.workflow_id))
                self._executions[event.execution_id] = row
                self._nodes[event.execution_id] = []
        elif isinstance(event, AttemptEnded):
            nodes = self._nodes[event.execution_id]
            position = positions.get(event.execution_id, len(nodes))
            positions[event.execution_id] = position + 1
            if position == len(nodes):
                nodes.append(node_row(event, position))
        else:
            self._executions[event.execution_id] = ended_row(self._executions[event.execution_id], event)

    async def executions(
        self,
        *,
        limit: int = 50,
        workflow: str | None = None,
        status: ExecutionStatus | None = None,
        before: str | None = None,
    ) -> list[ExecutionRow]:
        """Return the newest executions first, which is the greatest ids first."""
        check_whole("limit", limit, least=0)
        found = [
            row
            for row in self._executions.values()
            if (workflow is None or row.workflow == workflow)
            and (status is None or row.status == status)
            and (before is None or row.id < before)
        ]
        found.sort(key=lambda row: row.id, reverse=True)
        return found[:limit]

    async def execution(self, execution_id: str) -> ExecutionRow | None:
        """Return one execution, or `None` if the log does not know it."""
        return self._executions.get(execution_id)

    async def nodes(self, execution_id: str) -> list[NodeRow]:
        """Return the records of an execution's nodes in the order in which they were logged."""
        return list(self._nodes.get(execution_id, ()))


def execution_row(event: ExecutionStarted, version: int | None) -> ExecutionRow:
    """Return the row of an execution that has just started."""
    return ExecutionRow(
        id=event.execution_id,
        workflow=event.workflow,
        workflow_id=event.workflow_id,
        workflow_version=version,
        parent_id=event.parent_id,
        status="running",
        started_at_ns=event.at_ns,
        duration_ns=None,
        input=event.input.text,
        output=None,
        error=None,
        failed_node=None,
        reason=None,
        failures_absorbed=0,
    )


def ended_row(row: ExecutionRow, event: ExecutionEnded) -> ExecutionRow:
    """Return the row of an execution after its end."""
    return msgspec.structs.replace(
        row,
        status=event.status,
        duration_ns=event.duration_ns,
        output=event.output.text if event.output else None,
        error=event.error,
        failed_node=event.failed_node,
        reason=event.reason,
        failures_absorbed=event.failures_absorbed,
    )


def node_row(event: AttemptEnded, position: int) -> NodeRow:
    """Return the row of an attempt."""
    return NodeRow(
        execution_id=event.execution_id,
        position=position,
        node=event.node,
        attempt=event.attempt,
        status=event.status,
        started_at_ns=event.at_ns - event.duration_ns,
        duration_ns=event.duration_ns,
        output=event.output.text if event.output else None,
        output_size_bytes=event.output.size_bytes if event.output else None,
        error=event.error,
        retry_delay_seconds=event.retry_delay_seconds,
        note=event.note,
    )
