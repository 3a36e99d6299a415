"""Step types made of plain functions."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, get_type_hints

import msgspec

from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep


class FunctionStepType:
    """A step type whose steps are calls of one function.

    Args:
        name: The `type` of such nodes.
        function: A `def` or `async def` that takes the record, or the record and the node's data, and returns what
            the node produces.
        data: What the node's `data` holds; by default the annotation of the second parameter.
        description: One sentence for a person who chooses among types; by default the docstring's first line.

    Raises:
        TypeError: The function is a generator, takes other parameters, or takes data of which no type is known.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        data: type[msgspec.Struct] | None = None,
        description: str | None = None,
    ) -> None:
        _refuse_generators(name, function)
        self.name = name
        self.description = description or _first_line(function) or f"A step of type {name!r}."
        self._function = function
        parameters = _parameters(name, function)
        self._data_parameter = parameters[1] if len(parameters) > 1 else None
        found = data or (_annotation(function, self._data_parameter) if self._data_parameter else NodeData)
        if found is None:
            raise TypeError(f"step type {name!r}: say what its data is: @registry.step({name!r}, data=...)")
        self.data_type: type[msgspec.Struct] = found

    def bind(self, data: Any) -> BoundStep:
        """Bind the type to a node."""
        if self._data_parameter is None:
            return BoundStep(self._function)
        return BoundStep(partial(self._function, **{self._data_parameter: data}))


def _refuse_generators(name: str, function: Callable[..., Any]) -> None:
    for candidate in (function, getattr(function, "__call__", None)):  # noqa: B004 - an object's own `__call__`
        if inspect.isasyncgenfunction(candidate) or inspect.isgeneratorfunction(candidate):
            kind = "an async generator" if inspect.isasyncgenfunction(candidate) else "a generator"
            raise TypeError(f"step type {name!r}: {kind} can't be a step: return one dict instead of yielding")


def _parameters(name: str, function: Callable[..., Any]) -> list[str]:
    try:
        signature = inspect.signature(function)
    except ValueError:
        raise TypeError(f"step type {name!r}: it does not say that it takes (record) or (record, data)") from None
    required: list[str] = []
    for parameter in signature.parameters.values():
        is_plain = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        is_rest = parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
        if parameter.default is parameter.empty and not is_rest:
            required.append(parameter.name if is_plain else "")
    if "" in required or not 1 <= len(required) <= 2:  # noqa: PLR2004 - the record, and the data
        raise TypeError(f"step type {name!r}: a step takes (record) or (record, data), not {signature}")
    return required


def _annotation(function: Callable[..., Any], parameter: str) -> type[msgspec.Struct] | None:
    try:
        hint = get_type_hints(function).get(parameter)
    except (NameError, TypeError):
        return None
    return hint if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]
