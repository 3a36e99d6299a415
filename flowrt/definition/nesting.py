"""Whether a value holds a recorded result somewhere inside."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

import msgspec

from flowrt.definition.recorded import is_recorded

_LEAVES = frozenset({str, bytes, int, float, bool, type(None)})


def finds_recorded(value: Any) -> bool:
    """Say whether a value is a recorded result or holds one, in a container or in the fields of an object."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if is_recorded(found):
            return True
        if type(found) in _LEAVES or id(found) in seen:
            continue
        seen.add(id(found))
        waiting.extend(_parts_of(found))
    return False


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Say whether a value has keys."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    """Say whether a value is a list or a tuple."""
    return isinstance(value, list | tuple)


def _parts_of(value: Any) -> Iterable[Any]:
    parts: Iterable[Any] = ()
    if is_mapping(value):
        parts = value.values()
    elif is_sequence(value):
        parts = value
    elif isinstance(value, msgspec.Struct):
        parts = [getattr(value, name) for name in value.__struct_fields__]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return parts
