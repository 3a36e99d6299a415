"""What an execution of a definition may be given: its parameters, checked and converted before anything runs."""

from collections.abc import Sequence
from typing import Any

from flowrt.definition.inputs import InputConverter, InputParameter, input_converter
from flowrt.definition.model import Definition
from flowrt.typing import BoundStep

JSON_TYPES: dict[str, Any] = {
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "array": list[Any],
    "object": dict[str, Any],
    "any": Any,
}


def converter_of(definition: Definition, steps: Sequence[BoundStep]) -> InputConverter:
    """Return the function that checks the input of a definition's executions.

    A parameter is converted to the Python type that a step wants, otherwise checked by its JSON type. Keys that are no
    parameters are kept for JSON nodes; where every node takes arguments, nothing could read them, and they are refused.
    """
    wanted = {name: kind for step in reversed(steps) for name, kind in (step.input_types or {}).items()}
    parameters = [
        InputParameter(
            name=parameter.name,
            type=wanted.get(parameter.name, JSON_TYPES[parameter.type]),
            required=parameter.required,
            default=parameter.default,
        )
        for parameter in definition.parameters
    ]
    takes_records = any(step.arguments is None for step in steps)
    return input_converter(definition.name, parameters, allow_others=takes_records)
