"""Finding out whether a step changed what it was given."""

from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

SHOWN_CHARACTERS = 200
Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]


class Change(NamedTuple):
    """An argument as it was and as it is, as text."""

    before: str
    after: str


def copy_arguments(arguments: Arguments) -> Arguments | None:
    """Return a copy to compare with later; `None` if there is none that is equal."""
    try:
        copied = deepcopy(arguments)
        is_equal = bool(copied == arguments)
    except Exception:  # noqa: BLE001 - what can't be copied or compared can't be looked at
        return None
    return copied if is_equal else None


def find_change(before: Arguments | None, after: Arguments) -> Change | None:
    """Return the first argument that changed since `copy_arguments`."""
    if before is None or before == after:
        return None
    pairs = zip((*before[0], *before[1].values()), (*after[0], *after[1].values()), strict=True)
    changed = next(pair for pair in pairs if pair[0] != pair[1])
    return Change(*(repr(value)[:SHOWN_CHARACTERS] for value in changed))
