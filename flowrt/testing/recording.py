"""Steps that do what a log says they did."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Protocol

import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.events import ErrorDetails
from flowrt.typing import Delay


class NodeHistory(Protocol):
    """One attempt of a node in a log; `flowrt.storage.NodeRow` is one."""

    @property
    def node(self) -> str: ...  # noqa: D102
    @property
    def attempt(self) -> int: ...  # noqa: D102
    @property
    def output(self) -> bytes | None: ...  # noqa: D102
    @property
    def error(self) -> ErrorDetails | None: ...  # noqa: D102
    @property
    def duration_ns(self) -> int: ...  # noqa: D102


class RecordedError(Exception):
    """A failure that a log tells of; its text names the class that the error had."""


class Recorded:
    """A step that does what a log says it did: attempt by attempt, in the time that it took.

    After the last attempt that is known it begins again with the first.

    Args:
        attempts: What the log holds of one node, in its order; at least one attempt that ran.

    Raises:
        ValueError: No attempt ran.
    """

    def __init__(self, attempts: Sequence[NodeHistory]) -> None:
        self._delays = [_delay_of(row) for row in attempts if row.attempt]
        if not self._delays:
            raise ValueError("no attempt ran: there is nothing to repeat")

    def step(self, random: Random, *, takes_record: bool) -> Callable[..., Delay]:  # noqa: ARG002 - as `Fake` has it
        """Return the function that is called for each attempt."""
        place = -1

        def attempt(*_args: Any, **_options: Any) -> Delay:
            nonlocal place
            place = (place + 1) % len(self._delays)
            return self._delays[place]

        return attempt


def recorded(rows: Iterable[NodeHistory]) -> dict[str, Recorded]:
    """Return what stands for the nodes of an execution: they do what the log says of it.

    Args:
        rows: The node records of one execution, as `store.log.nodes(execution_id)` returns them.
    """
    by_node: dict[str, list[NodeHistory]] = {}
    for row in rows:
        if row.attempt:
            by_node.setdefault(row.node, []).append(row)
    return {node: Recorded(attempts) for node, attempts in by_node.items()}


def _delay_of(row: NodeHistory) -> Delay:
    seconds = row.duration_ns / NANOSECONDS
    if row.error is not None:
        return Delay(None, seconds, RecordedError(f"{row.error.type}: {row.error.message}"))
    return Delay(None if row.output is None else msgspec.json.decode(row.output), seconds)
