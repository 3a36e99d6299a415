"""From a value to the Python type that an annotation names, strictly."""

from collections.abc import Callable, Collection, Mapping
from types import UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin, is_typeddict

import msgspec

ValueConverter: TypeAlias = Callable[[Any], Any]
"""Takes a value and returns it as the wanted type; raises `msgspec.ValidationError` if it does not fit."""


def converter_for(wanted: Any) -> ValueConverter:
    """Return the function that converts values to a type.

    Instances of the type pass as they are. JSON values become Structs, dataclasses, dates and whatever else msgspec
    makes of them: strictly, so a text is never taken for a number. A class that msgspec does not know takes its
    instances only. What can't be checked, such as a plain Protocol, takes everything.
    """
    if _is_unchecked(wanted):
        return _unchanged
    if not _is_supported(wanted):
        return _instances_of(wanted)
    if not is_plain_class(wanted):
        return lambda value: msgspec.convert(value, wanted, dec_hook=_check_instance)

    def convert(value: Any) -> Any:
        if isinstance(value, wanted) and not (value.__class__ is bool and wanted is int):
            return value
        return msgspec.convert(value, wanted, dec_hook=_check_instance)

    return convert


def is_plain_class(wanted: Any) -> bool:
    """Say whether a type is a class of which `isinstance` tells the instances."""
    return (
        isinstance(wanted, type)
        and wanted is not Any
        and get_origin(wanted) is None
        and not is_typeddict(wanted)
        and not _is_unchecked_protocol(wanted)
    )


def item_type(wanted: Any) -> Any:
    """Return the type of the items of a list type, `Any` if it does not say."""
    origin, arguments = _generic(wanted)
    if origin is tuple and len(arguments) != 2:  # noqa: PLR2004 - only `tuple[X, ...]` has one type for all items
        return Any
    if origin is tuple and arguments[1] is not Ellipsis:
        return Any
    is_collection = isinstance(origin, type) and issubclass(origin, Collection) and not issubclass(origin, Mapping)
    return arguments[0] if is_collection and arguments else Any


def entry_type(wanted: Any) -> Any:
    """Return the type of the values of a dict type, `Any` if it does not say."""
    origin, arguments = _generic(wanted)
    is_mapping = isinstance(origin, type) and issubclass(origin, Mapping)
    return arguments[1] if is_mapping and len(arguments) == 2 else Any  # noqa: PLR2004 - of keys and of values


def _generic(wanted: Any) -> tuple[Any, tuple[Any, ...]]:
    while get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    return get_origin(wanted), get_args(wanted)


def _unchanged(value: Any) -> Any:
    return value


def _is_unchecked(wanted: Any) -> bool:
    return wanted is Any or wanted is object or isinstance(wanted, TypeVar) or _is_unchecked_protocol(wanted)


def _is_unchecked_protocol(wanted: Any) -> bool:
    is_protocol = getattr(wanted, "_is_protocol", False)
    return is_protocol and not getattr(wanted, "_is_runtime_protocol", False)


def _is_supported(wanted: Any) -> bool:
    try:
        msgspec.json.Decoder(wanted, dec_hook=_check_instance)
    except Exception:  # noqa: BLE001 - msgspec raises what the annotations of the type's own fields raise
        return False
    return True


def _instances_of(wanted: Any) -> ValueConverter:
    """Return a converter for what msgspec can't take apart, such as a union of two classes: instances pass."""
    parts = get_args(wanted) if get_origin(wanted) in {Union, UnionType} else (wanted,)
    if not all(is_plain_class(part) for part in parts):
        return _unchanged

    def check(value: Any) -> Any:
        if isinstance(value, parts):
            return value
        names = " | ".join(part.__qualname__ for part in parts)
        raise msgspec.ValidationError(f"Expected an instance of `{names}`, got `{type(value).__qualname__}`")

    return check


def _check_instance(wanted: Any, value: Any) -> Any:
    """Take only instances of a class that msgspec does not know."""
    kind = get_origin(wanted) or wanted
    if not isinstance(kind, type) or _is_unchecked_protocol(kind) or isinstance(value, kind):
        return value
    message = f"Expected an instance of `{kind.__qualname__}`, got `{type(value).__qualname__}`"
    raise TypeError(message)
