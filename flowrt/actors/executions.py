"""The executions that run in one runtime."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from flowrt.typing import Ids

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution


class Lineage(NamedTuple):
    """Where an execution stands that began in a step of another one."""

    parent_id: str
    depth: int
    """How many executions there are above it, each begun in a step of the one before."""


class Executions:
    """Those that run, in the order in which they began.

    Most executions of a runtime without a log are never asked for their ids, and an id costs as much as three firings:
    so each gets its own when somebody asks.

    Args:
        ids: Where ids come from.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._running: dict[Execution, None] = {}
        self._by_id: dict[str, Execution] = {}

    def __iter__(self) -> "Iterator[Execution]":
        return iter(tuple(self._running))

    def __len__(self) -> int:
        return len(self._running)

    def add(self, execution: "Execution") -> None:
        """Take one that begins."""
        self._running[execution] = None

    def name(self, execution: "Execution") -> str:
        """Return an id for one that has none yet."""
        new_id = self._ids.new_id()
        if execution in self._running:
            self._by_id[new_id] = execution
        return new_id

    def find(self, execution_id: str) -> "Execution | None":
        """Return the one of that id, if it runs here."""
        return self._by_id.get(execution_id)

    def remove(self, execution: "Execution", execution_id: str | None) -> None:
        """Let go of one that has ended."""
        self._running.pop(execution, None)
        if execution_id is not None:
            self._by_id.pop(execution_id, None)
