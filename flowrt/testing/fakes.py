"""What stands for a step in a simulation: a time that it takes, and how it ends."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Protocol, TypeAlias

import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.events import ErrorDetails
from flowrt.testing.distributions import Distribution, is_number
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


class Fake:
    """A step that takes its time and then returns or fails; it waits as a record and holds no task.

    Args:
        returns: What it returns: a value, or a function of what the step would be called with. Without it a JSON node
            adds nothing to its record, and a Python node returns `None`.
        latency: How long it takes: seconds, or a distribution.
        fails: How many of the attempts fail: a share from 0 to 1.
        error: What they fail with: an exception, or a class of exceptions.

    Raises:
        ValueError: A parameter is impossible.
    """

    def __init__(
        self,
        *,
        returns: Any = None,
        latency: Distribution | float = 0.0,
        fails: float = 0.0,
        error: Exception | type[Exception] = RuntimeError,
    ) -> None:
        _check(latency, fails, error)
        self._returns = returns
        self._latency = latency
        self._fails = fails
        self._error = error

    def step(self, random: Random, *, takes_record: bool) -> Callable[..., Delay]:
        """Return the function that is called for each attempt."""
        nothing: Any = {} if takes_record else None
        returns, fails, latency = self._returns, self._fails, self._latency

        def attempt(*args: Any, **options: Any) -> Delay:
            seconds = latency if isinstance(latency, int | float) else latency.draw_seconds(random)
            if fails and random.random() < fails:
                return Delay(None, seconds, self._make_error())
            produced = returns(*args, **options) if callable(returns) else returns
            return Delay(nothing if produced is None else produced, seconds)

        return attempt

    def _make_error(self) -> Exception:
        return self._error() if isinstance(self._error, type) else self._error.with_traceback(None)


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


StandIn: TypeAlias = Callable[..., Any] | Fake | Recorded
"""What may stand for a step: a function with its parameters, plain or async, a `Fake`, or a `Recorded` one."""


def _delay_of(row: NodeHistory) -> Delay:
    seconds = row.duration_ns / NANOSECONDS
    if row.error is not None:
        return Delay(None, seconds, RecordedError(f"{row.error.type}: {row.error.message}"))
    return Delay(None if row.output is None else msgspec.json.decode(row.output), seconds)


def _check(latency: object, fails: object, error: object) -> None:
    if not isinstance(fails, int | float) or not is_number(fails) or not 0 <= fails <= 1:
        raise ValueError(f"fails was {fails!r}; it is a share of the attempts, from 0 to 1")
    is_class = isinstance(error, type) and issubclass(error, Exception)
    if not is_class and not isinstance(error, Exception):
        raise ValueError(f"error was {error!r}; expected an exception, or a class of exceptions")
    is_seconds = isinstance(latency, int | float) and is_number(latency) and latency >= 0
    if not is_seconds and not hasattr(latency, "draw_seconds"):
        raise ValueError(f"latency was {latency!r}; expected seconds, 0 or more, or a distribution")
