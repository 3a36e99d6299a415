"""Finding out whether a step changed what it was given."""

from collections.abc import Collection
from copy import deepcopy
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, TypeAlias

import msgspec

SHOWN_CHARACTERS = 200
Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]


class Change(NamedTuple):
    """An argument as it was and as it is, as text."""

    before: str
    after: str


def copy_arguments(arguments: Arguments) -> Arguments | None:
    """Return a copy to compare with later; `None` if they nest too deeply to be looked at."""
    try:
        copied: Arguments = _copy(arguments, {})
    except RecursionError:
        return None
    return copied


def find_change(before: Arguments | None, after: Arguments) -> Change | None:
    """Return the first argument that changed since `copy_arguments`."""
    if before is None:
        return None
    for old, new in zip((*before[0], *before[1].values()), (*after[0], *after[1].values()), strict=True):
        if not _is_same(old, new, set()):
            return Change(repr(old)[:SHOWN_CHARACTERS], repr(new)[:SHOWN_CHARACTERS])
    return None


# --- copies -----------------------------------------------------------------------------------------------------------


class _NotLookedAt:
    """Stands for what can't be copied, or not compared with its copy."""

    def __repr__(self) -> str:
        return "..."


class _Fields(NamedTuple):
    """Stands for an object that is known by its fields."""

    kind: type
    values: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.kind.__name__}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


NOT_LOOKED_AT = _NotLookedAt()
PLAIN = frozenset({type(None), bool, int, float, str, bytes})


def _kind_of(value: object) -> Any:
    return type(value)


def _copy(value: Any, made: dict[int, tuple[Any, Any]]) -> Any:
    """Return a copy of containers and of objects that are values; what compares by identity stays what it is.

    Args:
        value: What is copied.
        made: The containers that were copied so far, and their copies, by `id`: one may hold itself.
    """
    kind = _kind_of(value)
    if kind in PLAIN or kind.__eq__ is object.__eq__:
        return value
    return made[id(value)][1] if id(value) in made else _copy_value(value, made)


def _copy_value(value: Any, made: dict[int, tuple[Any, Any]]) -> Any:
    kind = _kind_of(value)
    if kind is dict:
        copies = dict[Any, Any]()
        made[id(value)] = value, copies
        copies.update((key, _copy(item, made)) for key, item in value.items())
        return copies
    if kind is list:
        items = list[Any]()
        made[id(value)] = value, items
        items.extend(_copy(item, made) for item in value)
        return items
    if kind is tuple:
        return tuple(_copy(item, made) for item in value)
    if (names := _field_names(value)) is not None:
        found = _Fields(kind, {})
        made[id(value)] = value, found
        found.values.update((name, _copy(getattr(value, name, None), made)) for name in names)
        return found
    return _copy_whole(value)


def _field_names(value: Any) -> list[str] | None:
    """Return the names of the fields that make an object what it is; `None` if it has none."""
    if isinstance(value, msgspec.Struct):
        return [*value.__struct_fields__]
    if is_dataclass(value) and not isinstance(value, type):
        return [field.name for field in fields(value) if field.compare]
    return None


def _copy_whole(value: Any) -> Any:
    try:
        copied = deepcopy(value)
        return copied if bool(copied == value) else NOT_LOOKED_AT
    except Exception:  # noqa: BLE001 - what can't be copied or compared can't be looked at
        return NOT_LOOKED_AT


# --- comparing --------------------------------------------------------------------------------------------------------


def _is_same(before: Any, after: Any, compared: set[tuple[int, int]]) -> bool:
    """Say whether something still is what it was copied from, to the types and the order of a dict's keys.

    Args:
        before: The copy.
        after: What it was made of.
        compared: The pairs that are being compared, or have been: a container may hold itself.
    """
    if before is after or before is NOT_LOOKED_AT or (id(before), id(after)) in compared:
        return True
    kind = _kind_of(before)
    if kind is tuple:
        return kind is type(after) and _are_same(before, after, compared)
    compared.add((id(before), id(after)))
    if kind is _Fields:
        names = before.values
        found = {name: getattr(after, name, None) for name in names}
        return type(after) is before.kind and _are_same(names.values(), found.values(), compared)
    if kind is not type(after):
        return False
    if kind is list:
        return _are_same(before, after, compared)
    return _are_same(before.items(), after.items(), compared) if kind is dict else _is_equal(before, after)


def _are_same(before: Collection[Any], after: Collection[Any], compared: set[tuple[int, int]]) -> bool:
    pairs = zip(before, after, strict=False)
    return len(before) == len(after) and all(_is_same(old, new, compared) for old, new in pairs)


def _is_equal(before: Any, after: Any) -> bool:
    try:
        return bool(before == after)
    except Exception:  # noqa: BLE001 - what can't be compared any more can't be looked at
        return True
