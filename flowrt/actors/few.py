"""A mapping for what there is mostly one of."""

from collections.abc import Iterator, MutableMapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Few(MutableMapping[K, V]):
    """A mapping in the order of insertion; with one entry it weighs a quarter of a dict, and it is not quick."""

    __slots__ = ("_all", "_key", "_value")

    def __init__(self) -> None:
        self._key: K | None = None
        """The key of its only entry, while there is no dict."""
        self._value: V | None = None
        self._all: dict[K, V] | None = None

    def __getitem__(self, key: K) -> V:
        if self._all is not None:
            return self._all[key]
        if self._value is None or key != self._key:
            raise KeyError(key)
        return self._value

    def __setitem__(self, key: K, value: V) -> None:
        if self._all is None and (self._value is None or key == self._key):
            self._key, self._value = key, value
            return
        if self._all is None:
            self._all = dict(self.items())
            self._key = self._value = None
        self._all[key] = value

    def __delitem__(self, key: K) -> None:
        if self._all is not None:
            del self._all[key]
        elif key in self:
            self._key = self._value = None
        else:
            raise KeyError(key)

    def __iter__(self) -> Iterator[K]:
        if self._all is not None:
            yield from self._all
        elif self._value is not None and self._key is not None:
            yield self._key

    def __len__(self) -> int:
        return int(self._value is not None) if self._all is None else len(self._all)
