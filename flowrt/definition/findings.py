"""What was found wrong with a document while it was read."""

import re
from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

from flowrt.definition.json_kinds import is_array, is_object
from flowrt.definition.limits import MAX_COLLECTED
from flowrt.definition.nearest import NearestNames
from flowrt.definition.problem_limit import first_problems
from flowrt.errors import DefinitionError, Problem

JsonPath: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead to a place in a document."""

_SHOWN_LENGTH = 80
_UNENCODABLE = re.compile("[\ud800-\udfff]")


class Findings:
    """Collects the problems and warnings of one document, and gives them in the order of the document."""

    def __init__(self) -> None:
        self.origin: str | None = None
        """Where the document came from, for the error."""
        self.document: Any = None
        """What the paths of problems lead through, once it is read."""
        self.names = NearestNames()
        self._problems: list[tuple[JsonPath, str]] = []
        self._unreadable: set[JsonPath] = set()
        self._warnings: list[tuple[JsonPath, str]] = []
        self._warnings_seen = 0
        self._cause: Exception | None = None

    @property
    def count(self) -> int:
        """How many problems were found so far."""
        return len(self._problems)

    def problem(self, path: JsonPath, message: str, cause: Exception | None = None) -> None:
        """Add something that makes the document unusable.

        Raises:
            DefinitionError: There are so many problems that it makes no sense to look for more.
        """
        if path in self._unreadable:
            return
        self._problems.append((path, message))
        self._cause = self._cause or cause
        if len(self._problems) >= MAX_COLLECTED:
            self.refuse()

    def unreadable(self, path: JsonPath, message: str) -> None:
        """Add a value that nothing can be made of: what else is said of it follows from that, and is not told."""
        self.problem(path, message)
        self._unreadable.add(path)

    def warning(self, path: JsonPath, message: str) -> None:
        """Add something that is probably not meant like that."""
        self._warnings_seen += 1
        if self._warnings_seen <= MAX_COLLECTED:
            self._warnings.append((path, message))

    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings in the order of the document."""
        return self._listed(self._warnings, self._warnings_seen)

    def refuse_if_any(self) -> None:
        """Raise a `DefinitionError` with all problems, if there are any."""
        if self._problems:
            self.refuse()

    def refuse(self, message: str | None = None) -> NoReturn:
        """Raise a `DefinitionError` with all problems, and one more of the whole document if a message is given."""
        if message is not None:
            self._problems.append(((), message))
        problems = self._listed(self._problems, len(self._problems))
        raise DefinitionError(problems, self.origin) from self._cause

    def _listed(self, found: list[tuple[JsonPath, str]], seen: int) -> tuple[Problem, ...]:
        order = _DocumentOrder(self.document)
        in_order = sorted(found, key=lambda finding: order.rank(finding[0]))
        return first_problems([Problem(to_pointer(path), message) for path, message in in_order], seen)


class _DocumentOrder:
    def __init__(self, document: Any) -> None:
        self._document = document
        self._positions: dict[int, dict[str, int]] = {}

    def rank(self, path: JsonPath) -> tuple[int, ...]:
        """Return what sorts a place among others as a reader meets them; what is missing comes first."""
        rank: list[int] = []
        value = self._document
        for key in path:
            if is_object(value):
                rank.append(self._positions_of(value).get(str(key), -1))
                value = value.get(str(key))
            elif is_array(value) and str(key).isdecimal():
                index = int(key)
                rank.append(index)
                value = value[index] if index < len(value) else None
        return tuple(rank)

    def _positions_of(self, value: dict[Any, Any]) -> dict[str, int]:
        if id(value) not in self._positions:
            self._positions[id(value)] = {key: place for place, key in enumerate(value)}
        return self._positions[id(value)]


def to_pointer(path: JsonPath) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    pointer = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
    return _UNENCODABLE.sub("\N{REPLACEMENT CHARACTER}", pointer)


def from_pointer(pointer: str) -> JsonPath:
    """Return the path of a JSON pointer; one without the leading `/` is taken as if it had it."""
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in pointer.removeprefix("/").split("/") if pointer)


def shown(text: str) -> str:
    """Return a text of the document as it can stand in a message: quoted, escaped and not too long."""
    return ascii(text[:_SHOWN_LENGTH] + "...") if len(text) > _SHOWN_LENGTH else _quoted(text)


def _quoted(text: str) -> str:
    return ascii(text) if _UNENCODABLE.search(text) else repr(text)


def listed_names(names: Iterable[str], most: int = 20) -> str:
    """Return names for a message: `a`, `b` and `c`'s like, the first few of many."""
    all_names = list(names)
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(map(shown, all_names[:most])) + more
