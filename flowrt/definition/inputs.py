"""What an execution is given: parameters by name, checked and converted before anything runs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, cast

import msgspec

from flowrt.definition.nearest import NearestNames
from flowrt.definition.type_conversion import ValueConverter, converter_for
from flowrt.errors import InputError

InputConverter: TypeAlias = Callable[[Any], dict[str, Any]]


class InputParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a workflow, as its input is checked."""

    name: str
    type: Any = Any
    """The Python type that its values are converted to."""
    required: bool = True
    """Whether it must be given, where it has no default."""
    default: Any = msgspec.UNSET
    """Converted like a value, if it fits the type."""


def input_converter(
    workflow: str, parameters: Iterable[InputParameter], *, allow_others: bool = False
) -> InputConverter:
    """Return the function that checks the inputs of one workflow's executions.

    It returns a new dict that holds the parameters, those with defaults included, and raises `InputError` for a
    parameter that is missing, unknown or does not fit its type.

    Args:
        workflow: The workflow's name, for errors.
        parameters: The workflow's parameters.
        allow_others: Keep keys that are no parameters, as JSON nodes may read them; otherwise they are refused.
    """
    parameters = tuple(parameters)
    names = tuple(parameter.name for parameter in parameters)
    readers = [(parameter.name, *_reader(parameter)) for parameter in parameters]

    def convert(given: Any) -> dict[str, Any]:
        if given.__class__ is not dict:
            given = _as_dict(workflow, given)
        converted: dict[str, Any] = _record_of(workflow, given) if allow_others else {}
        defaulted = 0
        for name, kind, read, default in readers:
            if name in given:
                value = given[name]
                if value.__class__ is not kind:
                    try:
                        value = read(value)
                    except Exception as error:  # noqa: BLE001 - the constructor of a user's class may raise anything
                        raise InputError(workflow, _misfit(name, error)) from _cause_of(error)
                converted[name] = value
            elif default is not _MISSING:
                defaulted += 1
                if default is not msgspec.UNSET:
                    converted[name] = default
            else:
                raise InputError(workflow, _missing(name, given, names))
        if not allow_others and len(given) + defaulted != len(names):
            raise InputError(workflow, _unknown(given, names))
        return converted

    return convert


_MISSING: Any = object()


def _reader(parameter: InputParameter) -> tuple[Any, ValueConverter, Any]:
    """Return the class whose instances pass, the converter for all others, and the default."""
    read = converter_for(parameter.type)
    default = parameter.default
    if default is msgspec.UNSET:
        return parameter.type, read, _MISSING if parameter.required else msgspec.UNSET
    try:
        default = read(default)
    except msgspec.ValidationError:
        default = parameter.default  # such as None for an `int`: the function's own choice
    return parameter.type, read, default


def _as_dict(workflow: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise InputError(workflow, f"found {kind}, expected an object (a mapping) with its parameters by name")
    return dict(cast("Mapping[str, Any]", given))


def _record_of(workflow: str, given: Mapping[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in given):
        raise InputError(workflow, "its keys must be strings")
    return dict(given)


def _misfit(name: str, error: Exception) -> str:
    reason = str(error) if isinstance(error, msgspec.ValidationError) else f"{type(error).__name__}: {error}"
    return f"the parameter {name!r} does not fit: {reason.replace('`$', f'`{name}', 1)}"


def _cause_of(error: Exception) -> Exception | None:
    return None if isinstance(error, msgspec.ValidationError) else error


def _missing(name: str, given: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    unknown = [str(key) for key in given if key not in names]
    near = NearestNames().find(name, unknown)
    hint = f"; did you mean it by {near!r}?" if near is not None else f"; expected: {', '.join(names)}"
    return f"the parameter {name!r} is missing{hint}"


def _unknown(given: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    key = next(key for key in given if key not in names)
    hint = NearestNames().hint(str(key), names) or f"; expected: {', '.join(names) or 'no parameters'}"
    return f"there is no parameter {key!r}{hint}"
