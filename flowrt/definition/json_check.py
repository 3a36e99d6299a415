"""What every value of a document must be, whatever it means: bounded in depth and number, and expressible in JSON."""

import math
import re
from collections.abc import Iterable
from typing import Any

from flowrt.definition.findings import Findings
from flowrt.definition.json_kinds import is_object, kind_of
from flowrt.definition.limits import MAX_CONTAINERS, MAX_INTEGER, MAX_NESTING, MIN_INTEGER

_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonCheck:
    """Walks a document once and reports each value that flowrt can't keep.

    Args:
        findings: Where problems go.
        duplicates: By `id` of an object of the document: the keys that stood in it more than once.
    """

    def __init__(self, findings: Findings, duplicates: dict[int, list[str]]) -> None:
        self._findings = findings
        self._duplicates = duplicates
        self._path: list[str | int] = []
        self._containers = 0

    def check(self, document: dict[Any, Any] | list[Any]) -> None:
        """Report what is wrong, one problem per value.

        Raises:
            DefinitionError: It nests too deep (a Python object that holds itself does) or is too large to go on.
        """
        self._walk(document, 1)

    def _walk(self, container: Any, level: int) -> None:
        self._containers += 1
        if level > MAX_NESTING:
            self._refuse(f"the document nests deeper than {MAX_NESTING} levels")
        if self._containers > MAX_CONTAINERS:
            self._refuse(f"the document has more than {MAX_CONTAINERS} objects and lists")
        if is_object(container) and (self._duplicates or not _has_plain_keys(container)):
            self._check_keys(container)
        items: Iterable[tuple[Any, Any]] = container.items() if is_object(container) else enumerate(container)
        for key, value in items:
            kind = value.__class__
            if kind is str:
                if not value.isascii() and _SURROGATE.search(value):
                    self._report(key, "the text holds half of a surrogate pair, which is no character: remove it")
            elif kind is dict or kind is list:
                self._path.append(key)
                self._walk(value, level + 1)
                self._path.pop()
            elif value is not None and kind is not bool:
                self._check_other(key, value, level)

    def _check_other(self, key: str | int, value: Any, level: int) -> None:
        if isinstance(value, int):
            if not MIN_INTEGER <= value <= MAX_INTEGER:
                self._unreadable(
                    key, "the whole number does not fit 64 bits: write a smaller one, or, in `data`, a text"
                )
        elif isinstance(value, float):
            if not math.isfinite(value):
                self._unreadable(key, "the number is not finite: JSON has no NaN or Infinity, and none above 1.8e308")
        elif isinstance(value, dict | list | tuple):
            self._path.append(key)
            self._walk(value, level + 1)
            self._path.pop()
        elif not isinstance(value, str):
            self._report(key, f"found {kind_of(value)} of Python, which is not a JSON value")

    def _check_keys(self, container: dict[Any, Any]) -> None:
        for key in container:
            if not isinstance(key, str):
                self._report(str(key), f"found {kind_of(key)} as a key: the keys of a JSON object are texts")
            elif not key.isascii() and _SURROGATE.search(key):
                self._report(key, "the key holds half of a surrogate pair, which is no character: remove it")
        if self._duplicates:
            for key in self._duplicates.get(id(container), ()):
                self._report(
                    key, "the key stands more than once in this object, and only one value is kept: remove one"
                )

    def _report(self, key: str | int, message: str) -> None:
        self._findings.problem((*self._path, key), message)

    def _unreadable(self, key: str | int, message: str) -> None:
        self._findings.unreadable((*self._path, key), message)

    def _refuse(self, message: str) -> None:
        self._findings.refuse(message)


def _has_plain_keys(container: dict[str, Any]) -> bool:
    """Say whether all keys are texts in ASCII, which is quick to ask and usual."""
    try:
        return "".join(container).isascii()
    except TypeError:
        return False
