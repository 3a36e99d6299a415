"""Steps that do what a log says they did."""

import builtins
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Protocol

import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.events import ErrorDetails, NodeStatus
from flowrt.steps.delay import LONGEST_SECONDS
from flowrt.typing import Delay


class NodeHistory(Protocol):
    """One attempt of a node in a log; `flowrt.storage.NodeRow` is one."""

    @property
    def node(self) -> str: ...  # noqa: D102
    @property
    def attempt(self) -> int: ...  # noqa: D102
    @property
    def status(self) -> NodeStatus: ...  # noqa: D102
    @property
    def output(self) -> bytes | None: ...  # noqa: D102
    @property
    def output_size_bytes(self) -> int | None: ...  # noqa: D102
    @property
    def error(self) -> ErrorDetails | None: ...  # noqa: D102
    @property
    def duration_ns(self) -> int: ...  # noqa: D102


class RecordedError(Exception):
    """A failure that a log tells of.

    It is raised as a subclass that is called as the error's class was, and has its built-in bases, so that a retry
    policy decides about it by its name as it did.
    """

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)  # not what a built-in base asks for

    def __str__(self) -> str:
        return str(self.args[0])


def recorded_error(details: ErrorDetails) -> RecordedError:
    """Return an error that a policy takes for the one that a log tells of."""
    module, _, name = details.type.rpartition(".")
    base = getattr(builtins, details.type, None)
    bases: tuple[type[Exception], ...] = (RecordedError,)
    if isinstance(base, type) and issubclass(base, Exception) and not issubclass(base, ExceptionGroup):
        bases = (RecordedError, base)
    made: RecordedError = type(name, bases, {"__module__": module or "builtins"})(details.message)
    return made


class Recorded:
    """A step that does what a log says it did: attempt by attempt, in the time that it took.

    After the last attempt that is known it begins again with the first. One that was cancelled waits to be cancelled
    again; if nobody does, it fails after a year.

    Args:
        attempts: What the log holds of one node, in its order; at least one attempt that ran.

    Raises:
        ValueError: No attempt ran.
    """

    def __init__(self, attempts: Sequence[NodeHistory]) -> None:
        self._attempts = [row for row in attempts if row.attempt]
        if not self._attempts:
            raise ValueError("no attempt ran: there is nothing to repeat")

    @property
    def is_cut(self) -> bool:
        """The log has not all of what an attempt produced: it was too long."""
        return any(_is_cut(row) for row in self._attempts)

    def step(
        self,
        random: Random,  # noqa: ARG002 - as `Fake` has it
        *,
        takes_record: bool,  # noqa: ARG002
        execution_id: Callable[[], str],
    ) -> Callable[..., Delay]:
        """Return the function that is called for each attempt; attempts are counted for each execution."""
        places: dict[str, int] = {}

        def attempt(*_args: Any, **_options: Any) -> Delay:
            own = execution_id()
            place = places.pop(own, 0)
            if place + 1 < len(self._attempts):
                places[own] = place + 1
            return _delay_of(self._attempts[place])

        return attempt


def recorded(rows: Iterable[NodeHistory]) -> dict[str, Recorded]:
    """Return what stands for the nodes of an execution: they do what the log says of it.

    Nodes that branch, and those whose payloads are cut in the log, can't be repeated: take them out of what this
    returns, so that they run as they are, or put something else in their place.

    Args:
        rows: The node records of one execution, as `store.log.nodes(execution_id)` returns them.
    """
    by_node: dict[str, list[NodeHistory]] = {}
    for row in rows:
        if row.attempt:
            by_node.setdefault(row.node, []).append(row)
    return {node: Recorded(attempts) for node, attempts in by_node.items()}


def _is_cut(row: NodeHistory) -> bool:
    return row.output is not None and (row.output_size_bytes or 0) > len(row.output)


def _delay_of(row: NodeHistory) -> Delay:
    seconds = row.duration_ns / NANOSECONDS
    if row.error is not None:
        return Delay(None, seconds, recorded_error(row.error))
    if row.status == "cancelled":
        reason = f"in the log attempt {row.attempt} was cancelled after {seconds:g} s, and here nobody cancelled it"
        return Delay(None, LONGEST_SECONDS, RecordedError(reason))
    return Delay(None if row.output is None else msgspec.json.decode(row.output), seconds)
