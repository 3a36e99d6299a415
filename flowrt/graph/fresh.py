"""Values that stand in a workflow and are handed to steps, which might change them."""

from collections.abc import Callable
from typing import Any

_COPIES: dict[Any, Callable[[Any], Any]] = {
    list: lambda items: [fresh(item) for item in items],
    tuple: lambda items: tuple([fresh(item) for item in items]),
    dict: lambda entries: {key: fresh(entry) for key, entry in entries.items()},
    set: lambda items: items.copy(),
}


def fresh(value: Any) -> Any:
    """Return a value with copies of its lists, dicts and sets; other objects, such as a client, stay the same."""
    copied = _COPIES.get(value.__class__)
    return value if copied is None else copied(value)


def is_shareable(value: object) -> bool:
    """Say whether `fresh` need not copy anything."""
    return type(value) not in _COPIES
