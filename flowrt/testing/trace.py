"""What happened in a simulation, event by event."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from flowrt.clock import NANOSECONDS

What: TypeAlias = Literal["execution.started", "attempt.started", "attempt.ended", "execution.ended"]


class TraceEvent(NamedTuple):
    """Something that happened at an instant of virtual time."""

    at_ns: int
    """Nanoseconds since the beginning of the simulation."""
    what: What
    """A node that is skipped, by its flags too, ends without having started."""
    execution_id: str
    node: str = ""
    attempt: int = 0
    """From 1; 0 for a node that ended without running, and for what is no attempt."""
    status: str = ""
    """How an attempt or an execution ended."""
    error: str = ""
    """The name of the error's class."""
    retry_delay_ns: int = 0
    """The time until the next attempt, if one follows."""


class Attempt(NamedTuple):
    """One attempt of a node."""

    execution_id: str
    number: int
    started_ns: int
    ended_ns: int
    status: str
    error: str
    retry_delay_ns: int


class Trace:
    """The events of a simulation, in their order.

    Two runs with one trace hash did the same things at the same times in the same order. The hash covers ids, nodes,
    attempts, how they ended, times and the names of errors' classes; no messages and no payloads.

    Attributes:
        events: The events; empty if the simulation did not keep them.
        hash: The SHA-256 of all events, in hexadecimal.
        event_count: How many events there were, kept or not.
        duration_ns: The virtual time until the last event, or until `until_seconds` or an error cut the simulation.
    """

    def __init__(self, events: tuple[TraceEvent, ...], *, hash: str, event_count: int, duration_ns: int) -> None:
        self.events = events
        self.hash = hash
        self.event_count = event_count
        self.duration_ns = duration_ns

    def __repr__(self) -> str:
        return f"<Trace {self.hash[:12]}: {self.event_count} events in {self.duration_seconds:g} s>"

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    @property
    def duration_seconds(self) -> float:
        """`duration_ns` in seconds."""
        return self.duration_ns / NANOSECONDS

    def attempts(self, node: str, execution_id: str | None = None) -> list[Attempt]:
        """Return the attempts of a node in the order in which they ended; all executions' if none is named.

        Raises:
            AssertionError: The node is not in the trace, or its events were not kept.
        """
        started: dict[tuple[str, int], int] = {}
        found: list[Attempt] = []
        for event in self._of_node(node):
            key = (event.execution_id, event.attempt)
            if execution_id not in {None, event.execution_id} or not event.attempt:
                continue
            if event.what == "attempt.started":
                started[key] = event.at_ns
            else:
                since = started.get(key, event.at_ns)
                found.append(Attempt(*key, since, event.at_ns, event.status, event.error, event.retry_delay_ns))
        return found

    def assert_order(self, *nodes: str) -> None:
        """Assert that each of these nodes had ended for good before the next one started, in every execution.

        Raises:
            AssertionError: One had not, or did not run at all; or the trace's events were not kept.
        """
        self._refuse_unkept()
        assert self.events, f"nothing ran, so nothing ran in the order {', '.join(nodes)}"  # noqa: S101 - it asserts
        for execution_id in self._executions():
            ended_at = -1
            for before, node in zip((None, *nodes), nodes, strict=False):
                starts, ends = self._places(node, execution_id)
                assert starts, f"node {node!r} did not run in execution {execution_id}\n{self}"  # noqa: S101 - it asserts
                assert starts[0] > ended_at, f"{node!r} started before {before!r} had ended\n{self}"  # noqa: S101
                ended_at = ends[-1] if len(ends) == len(starts) else len(self.events)

    def assert_never_parallel(self, *nodes: str) -> None:
        """Assert that no two of these nodes were under way at once in one execution; pauses before retries don't count.

        Raises:
            AssertionError: Two were; or one is not in the trace, or its events were not kept.
        """
        under_way: dict[str, str] = {}
        for event in self._of_node(*nodes):
            other = under_way.get(event.execution_id)
            if event.what == "attempt.ended":
                if other == event.node:
                    del under_way[event.execution_id]
                continue
            assert other is None, f"{event.node!r} started while {other!r} was under way\n{self}"  # noqa: S101
            under_way[event.execution_id] = event.node

    def assert_matches_file(self, path: Path | str, *, update: bool = False) -> None:
        """Assert that the trace is the one that a file holds as text.

        Args:
            path: The file, UTF-8.
            update: Write the file instead.

        Raises:
            AssertionError: The trace is another one, its events were not kept, or there is no such file.
        """
        self._refuse_unkept()
        path = Path(path)
        if update:
            path.write_text(str(self), encoding="utf-8")
            return
        assert path.exists(), f"{path} is not there; write it with update=True, and look at it"  # noqa: S101
        expected = path.read_text(encoding="utf-8", errors="replace")
        assert str(self) == expected, f"the trace is not that of {path}\n{self}"  # noqa: S101

    def _lines(self) -> Iterator[str]:
        numbers: dict[str, int] = {}
        for event in self.events:
            number = numbers.setdefault(event.execution_id, len(numbers) + 1)
            who = f"{event.node} #{event.attempt}" if event.node else "execution"
            parts = [f"{event.at_ns / NANOSECONDS:.9f}", f"[{number}]", who, event.what.partition(".")[2]]
            parts += [part for part in (event.status, event.error) if part]
            if event.retry_delay_ns:
                parts.append(f"again after {event.retry_delay_ns / NANOSECONDS:.9f}")
            yield " ".join(parts)

    def _refuse_unkept(self) -> None:
        if self.event_count and not self.events:
            raise AssertionError(f"the {self.event_count} events of the trace were not kept; pass keep_events=True")

    def _executions(self) -> dict[str, None]:
        return dict.fromkeys(event.execution_id for event in self.events)

    def _of_node(self, *nodes: str) -> Iterator[TraceEvent]:
        self._refuse_unkept()
        known = {event.node for event in self.events}
        for node in nodes:
            if node not in known:
                raise AssertionError(f"no node {node!r} in the trace; there are {', '.join(sorted(known - {''}))}")
        return (event for event in self.events if event.node in nodes)

    def _places(self, node: str, execution_id: str) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        for place, event in enumerate(self.events):
            if event.node == node and event.execution_id == execution_id and event.attempt:
                (starts if event.what == "attempt.started" else ends).append(place)
        return starts, ends
