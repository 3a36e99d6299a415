"""What the results of all workloads have in common, however different what they measure."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec


class Result(Protocol):
    """One line of a table: a Struct with a verdict."""

    @property
    def subject(self) -> str:
        """What was measured, in words."""
        ...

    @property
    def is_judged(self) -> bool:
        """There is a goal for it."""
        ...

    @property
    def is_missed(self) -> bool:
        """There is a goal, and it was not reached."""
        ...


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A result with one figure of which something is asked."""

    goal: float | None
    """The most that the figure may be; `None`: nothing is asked of it."""

    @property
    @abstractmethod
    def figure(self) -> float:
        """What is held against the goal."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """What was measured, in words."""

    @property
    def is_judged(self) -> bool:
        """There is a goal for it."""
        return self.goal is not None

    @property
    def is_missed(self) -> bool:
        """There is a goal, and it was not reached."""
        return self.goal is not None and self.figure > self.goal


class JudgedWay(Judged, frozen=True, kw_only=True):
    """How one way to run a workload did."""

    workload: str
    colour: str
    """What its nodes are: `def` or `async`."""
    way: str
    backend: str

    @property
    def subject(self) -> str:
        """What was timed, in words."""
        return f"{self.workload} {self.way}, {self.colour}, {self.backend}"


class Kind(NamedTuple):
    """Workloads whose results are lines of one table."""

    key: str
    """Where the results are in the JSON document."""
    titles: dict[str, str]
    """What the workloads are, by name."""
    measure: Callable[[str, int], list[Any]]
    """Measures the workload of that name, with so many repetitions, and returns its `Result`s."""
    markdown: Callable[[list[Any]], str]


def verdict(result: Result) -> str:
    """Return a verdict as a cell of a table; nothing where there is no goal."""
    return "**fail**" if result.is_missed else "pass" if result.is_judged else ""


def as_table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return cells as a Markdown table."""
    rule = "|---" * len(headings) + "|"
    return "\n".join([_line(headings), rule, *map(_line, lines)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def as_data(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Return results as JSON objects, each with its verdict."""
    return [{**msgspec.to_builtins(result), "is_missed": result.is_missed} for result in results]


def summary(results: Iterable[Result]) -> str:
    """Return how many goals were reached, and name the others."""
    judged = [result for result in results if result.is_judged]
    missed = [result.subject for result in judged if result.is_missed]
    reached = f"{len(judged) - len(missed)} of {len(judged)} goals reached"
    return f"{reached}; missed: {'; '.join(missed)}" if missed else reached
