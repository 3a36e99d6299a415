"""Values that stand in a Python workflow, as JSON."""

import math
from typing import Any

import msgspec

from flowrt.definition.json_kinds import is_object
from flowrt.definition.limits import MAX_INTEGER, MAX_NESTING, MIN_INTEGER
from flowrt.definition.nesting import is_sequence
from flowrt.definition.type_conversion import converter_for


def json_form(value: Any) -> Any:
    """Return a copy of a value as JSON values, or `UNSET` if JSON has no form for it."""
    try:
        if not _is_finite(value, 1):
            return msgspec.UNSET
        form = msgspec.json.decode(msgspec.json.encode(value))
        stable = msgspec.json.decode(msgspec.json.encode(value, order="deterministic"))
    except (TypeError, ValueError, RecursionError, OverflowError):
        return msgspec.UNSET
    return form if form == stable else stable  # keys keep their order, but sets have none


def comes_back(value: Any, form: Any, wanted: Any) -> bool:
    """Say whether a value is made of its JSON form again where its type is known from an annotation."""
    try:
        again = converter_for(wanted)(form)
        return type(again) is type(value) and bool(again == value)
    except Exception:  # noqa: BLE001 - a comparison of foreign objects may raise anything
        return False


def _is_finite(value: Any, level: int) -> bool:
    """Say whether no number is one that JSON lacks, which msgspec would write as null, and the nesting is bounded."""
    if level > MAX_NESTING:
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return MIN_INTEGER <= value <= MAX_INTEGER
    if is_object(value):
        return all(_is_key(key) and _is_finite(item, level + 1) for key, item in value.items())
    return all(_is_finite(item, level + 1) for item in value) if is_sequence(value) else True


def _is_key(key: object) -> bool:
    return isinstance(key, str)
