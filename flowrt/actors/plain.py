"""Payloads that have parts which JSON has no form for: only those parts are lost to the log."""

from typing import Any, cast

import msgspec

MAX_DEPTH = 64
MAX_VALUES = 10_000
START_CHARACTERS = 256


class Plainer:
    """Makes JSON values of anything, of at most `MAX_VALUES` parts."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value that can be encoded as JSON."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return {"$type": type(value).__qualname__, "error": "it is nested too deeply, or too large"}
        if isinstance(value, dict):
            return self._object(cast("dict[Any, Any]", value), depth + 1)  # type: ignore[redundant-cast]
        if isinstance(value, list | tuple | set | frozenset):
            return [self.plain(item, depth + 1) for item in list[Any](value)]  # pyright: ignore[reportUnknownArgumentType]
        return whole(value) if isinstance(value, str) else _scalar(value)

    def _object(self, entries: dict[Any, Any], depth: int) -> dict[str, Any]:
        keys = [key if isinstance(key, str) else repr_of(key) for key in entries]
        return {whole(key): self.plain(entry, depth) for key, entry in zip(keys, entries.values(), strict=True)}


def encode_unknown(value: object) -> dict[str, str]:
    """Return what stands for an object that JSON has no form for."""
    return {"$type": type(value).__qualname__, "repr": repr_of(value)}


def repr_of(value: object) -> str:
    """Return the beginning of a value's `repr`; one whose `__repr__` is broken has one, too."""
    try:
        return whole(repr(value)[:START_CHARACTERS])
    except Exception as broken:  # noqa: BLE001 - a user's __repr__ may do anything
        return f"<{type(value).__name__} whose repr raised {type(broken).__name__}>"


def whole(text: str) -> str:
    """Return a text in which halves of surrogate pairs are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def _scalar(value: Any) -> Any:
    try:
        msgspec.json.encode(value, enc_hook=encode_unknown)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        return {"$type": type(value).__qualname__, "error": str(error)}
    return value
