"""Signals that came before a node waited for them."""

from collections import deque
from typing import Any


class KeptSignals:
    """The signals of one execution that nobody has taken yet, by name; each is taken by one node."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, deque[Any]] = {}

    def keep(self, name: str, payload: Any) -> None:
        """Keep a payload for a node that will wait for it."""
        self._kept.setdefault(name, deque()).append(payload)

    def count(self, name: str) -> int:
        """Return how many of a name are kept."""
        return len(self._kept.get(name, ()))

    def take(self, name: str) -> tuple[Any, ...]:
        """Take the first payload that was kept, if there is one."""
        kept = self._kept.get(name)
        return (kept.popleft(),) if kept else ()
