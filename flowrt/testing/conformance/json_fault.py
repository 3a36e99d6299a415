"""Whether a value is JSON."""

import math
from collections.abc import Iterable
from typing import Any

from flowrt.definition.json_kinds import is_array, is_object

DEEPEST = 200
"""How many levels a value may nest; one that holds itself nests without end."""


def json_fault(value: Any, path: str = "", level: int = 0) -> str | None:
    """Return where and why a value is no JSON; `None` if it is.

    >>> json_fault({"a": [1, {2}]})
    'a set at /a/1'
    """
    if value is None or isinstance(value, str | int):
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else f"the number {value} at {path or '/'}"
    if level > DEEPEST:
        return f"a value that nests deeper than {DEEPEST} levels, or holds itself"
    items: Iterable[tuple[Any, Any]]
    if is_object(value):
        items = value.items()
        odd = [key for key in list[object](value) if not isinstance(key, str)]
        if odd:
            return f"the key {odd[0]!r} at {path or '/'}"
    elif is_array(value):
        items = enumerate(value)
    else:
        return f"a {type(value).__name__} at {path or '/'}"
    faults = (json_fault(item, f"{path}/{key}", level + 1) for key, item in items)
    return next((fault for fault in faults if fault is not None), None)
