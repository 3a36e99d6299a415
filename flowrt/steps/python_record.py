"""Calling a Python function with a record: its keys by the parameters' names, and back."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_origin

import msgspec

from flowrt.definition.nearest import NearestNames
from flowrt.definition.sending import made_by
from flowrt.definition.signature import FunctionSignature
from flowrt.definition.type_conversion import ValueConverter, converter_for
from flowrt.errors import FlowrtError
from flowrt.typing import Record, StepCall

RECORD_PARAMETER = "record"
"""A function's only parameter takes the whole record if it has this name and is not annotated with another type."""


class RecordKeyError(FlowrtError):
    """The record lacks what a function needs, or has it in another form.

    Args:
        function: The path of the function.
        reason: Which key, and what was expected.
    """

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(function, reason)
        self.function = function
        self.reason = reason

    def __str__(self) -> str:
        return f"the function {self.function} can't be called with this record: {self.reason}"


def call_with_record(function: Callable[..., Any], signature: FunctionSignature, path: str) -> StepCall:
    """Return a step that calls a function with what it wants of the record, converted to its annotations.

    A Struct, dataclass or other object with fields that it returns is produced as a dict; None is, where the function
    is annotated with it, as an empty one.
    """
    if _takes_whole_record(signature):
        return made_by(_call_again, function, path)(_shaped(lambda record: function(dict(record)), signature))
    read_arguments = _reader(signature, path)

    def call(record: Record) -> Any:
        positional, named = read_arguments(record)
        return function(*positional, **named)

    return made_by(_call_again, function, path)(_shaped(call, signature))


def _call_again(function: Callable[..., Any], path: str) -> StepCall:
    return call_with_record(function, FunctionSignature(function), path)


def _takes_whole_record(signature: FunctionSignature) -> bool:
    if list(signature.parameters) != [RECORD_PARAMETER]:
        return False
    kind = signature.type_of(RECORD_PARAMETER)
    kind = get_origin(kind) or kind
    return kind is Any or kind is Mapping or kind is dict


def _reader(signature: FunctionSignature, path: str) -> Callable[[Record], tuple[list[Any], dict[str, Any]]]:
    converters: dict[str, ValueConverter] = {
        name: converter_for(signature.type_of(name)) for name in signature.parameters
    }
    required = signature.missing({})
    by_position = [name for name, found in signature.parameters.items() if found.kind is found.POSITIONAL_ONLY]

    def read(record: Record) -> tuple[list[Any], dict[str, Any]]:
        for name in required:
            if name not in record:
                hint = NearestNames().hint(name, record) or f"; it has: {', '.join(list(record)[:20]) or 'no keys'}"
                raise RecordKeyError(path, f"it has no key {name!r}{hint}")
        given: dict[str, Any] = {}
        for name, convert in converters.items():
            if name in record:
                try:
                    given[name] = convert(record[name])
                except msgspec.ValidationError as error:
                    reason = str(error).replace("`$", f"`{name}", 1)
                    raise RecordKeyError(path, f"the key {name!r} does not fit: {reason}") from None
        # a gap ends what can be given by position: the parameters after it have defaults
        positional = [given.pop(name) for name in _before_gap(by_position, given)]
        return positional, {name: value for name, value in given.items() if name not in by_position}

    return read


def _before_gap(names: list[str], given: Mapping[str, Any]) -> list[str]:
    gap = next((at for at, name in enumerate(names) if name not in given), len(names))
    return names[:gap]


def _shaped(call: StepCall, signature: FunctionSignature) -> StepCall:
    """Return a step whose results are dicts where the call gives objects with fields."""
    is_nothing = signature.result_type is type(None)

    def shape(result: Any) -> Any:
        if _has_fields(result):
            return msgspec.to_builtins(result)
        return {} if result is None and is_nothing else result

    async def shape_later(result: Awaitable[Any]) -> Any:
        return shape(await result)

    async def step_later(record: Record) -> Any:
        return shape(await call(record))

    def step(record: Record) -> Any:
        result = call(record)
        return shape_later(result) if inspect.isawaitable(result) else shape(result)

    return step_later if signature.is_async else step


def _has_fields(value: object) -> bool:
    return isinstance(value, msgspec.Struct) or hasattr(type(value), "__dataclass_fields__")
