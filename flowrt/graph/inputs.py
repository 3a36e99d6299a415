"""What an execution of a definition may be given: its parameters, checked and converted before anything runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from flowrt.definition.model import Definition, Parameter
from flowrt.definition.nearest import NearestNames
from flowrt.errors import InputError
from flowrt.typing import BoundStep, Record

Converter: TypeAlias = Callable[[Any], Record]

JSON_TYPES: dict[str, Any] = {
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "array": list[Any],
    "object": dict[str, Any],
    "any": Any,
}


def input_converter(definition: Definition, steps: Sequence[BoundStep]) -> Converter:
    """Return the function that checks the input of a definition's executions; it raises `InputError`.

    Declared parameters are checked by the Python type that a step wants, otherwise by their JSON type. Other keys of
    the record are kept; where every node takes arguments, nothing could read them, and they are refused.
    """
    wanted = {name: kind for step in reversed(steps) for name, kind in (step.input_types or {}).items()}
    takes_records = any(step.arguments is None for step in steps)
    known = [parameter.name for parameter in definition.parameters]

    def convert(given: Any) -> Record:
        if not isinstance(given, Mapping):
            raise InputError(definition.name, f"found {type(given).__name__}, expected an object (a mapping)")
        record = dict(given)
        if not all(isinstance(key, str) for key in record):
            raise InputError(definition.name, "its keys must be strings")
        if not takes_records:
            _refuse_unknown(definition.name, record, known)
        for parameter in definition.parameters:
            _read(definition.name, record, parameter, wanted.get(parameter.name, JSON_TYPES[parameter.type]))
        return record

    return convert


def _refuse_unknown(workflow: str, record: Record, known: list[str]) -> None:
    for key in record:
        if key not in known:
            hint = NearestNames().hint(key, known) or f"; there are: {', '.join(known) or 'none'}"
            raise InputError(workflow, f"there is no parameter {key!r}{hint}")


def _read(workflow: str, record: Record, parameter: Parameter, wanted: Any) -> None:
    name = parameter.name
    if name not in record:
        if parameter.default is not msgspec.UNSET:
            record[name] = parameter.default
        elif parameter.required:
            raise InputError(workflow, f"the parameter {name!r} is missing")
        return
    value = record[name]
    if isinstance(wanted, type) and isinstance(value, wanted) and wanted is not int:
        return
    try:
        record[name] = msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise InputError(workflow, f"the parameter {name!r} does not fit: {error}") from None
