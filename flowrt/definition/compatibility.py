"""Whether a value can't be what a parameter is annotated with. Silent wherever there is doubt."""

from collections.abc import Awaitable
from typing import Any

from flowrt.definition.recorded import is_recorded
from flowrt.definition.type_conversion import is_plain_class

_PROMOTIONS: dict[type, tuple[type, ...]] = {float: (int,), complex: (int, float), bytes: (bytearray, memoryview)}
"""What type checkers take for these types although it is no subclass."""


def misfit(kind: Any, value: Any, wanted: Any) -> str | None:
    """Return why a value can't be passed to a parameter, or `None` if it may.

    Only plain classes are compared: no unions, generics, protocols, type variables or special forms.

    Args:
        kind: The type that the value has, or will have.
        value: The value.
        wanted: The type of the parameter.
    """
    if not is_plain_class(kind) or not is_plain_class(wanted) or _fits(kind, wanted):
        return None
    name = f"`{wanted.__name__}`" if wanted.__name__ != kind.__name__ else f"`{wanted.__module__}.{wanted.__name__}`"
    found = "None" if kind is type(None) else f"`{kind.__name__}`"
    if not is_recorded(value):
        return f"is of type {found}, expected {name}"
    advice = "; a step that returns None has nothing to pass on" if kind is type(None) else ""
    return f"will be of type {found}, expected {name}{advice}"


def _fits(kind: type, wanted: type) -> bool:
    try:
        return issubclass(kind, wanted) or issubclass(kind, (*_PROMOTIONS.get(wanted, ()), Awaitable))
    except TypeError:  # a metaclass may refuse to tell
        return True
