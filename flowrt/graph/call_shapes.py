"""What a plan asks of the functions that its nodes call; asked once of each, as many nodes call the same."""

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from flowrt.definition.signature import FunctionSignature, is_async


class CallShape:
    """What one function is and takes."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        self.is_async = is_async(call)

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """Its parameters."""
        return tuple(inspect.signature(self.call).parameters.values())

    @cached_property
    def _names(self) -> tuple[str, ...] | None:
        """Those of its parameters, if all can be given by position."""
        by_name = any(parameter.kind is parameter.KEYWORD_ONLY for parameter in self.parameters)
        return None if by_name else tuple([parameter.name for parameter in self.parameters])

    @cached_property
    def _signature(self) -> FunctionSignature:
        return FunctionSignature(self.call)

    def by_position(self, arguments: Mapping[str, Any]) -> list[Any] | None:
        """Return arguments in the order of the parameters; `None`: they can't be given by position alone."""
        if tuple(arguments) == self._names:
            return list(arguments.values())
        wired = [parameter for parameter in self.parameters if parameter.name in arguments]
        if wired != list(self.parameters[: len(wired)]) or any(p.kind is p.KEYWORD_ONLY for p in wired):
            return None
        return [arguments[parameter.name] for parameter in wired]

    def is_in_order(self, names: tuple[str, ...]) -> bool:
        """Say whether arguments of these names can be given by position, in the order in which they come."""
        return self._names is not None and names == self._names[: len(names)]

    def default_of(self, parameter: inspect.Parameter) -> Any:
        """Return what a parameter gets that has no value: its default, or `None` if its type allows that."""
        if parameter.default is parameter.empty and _accepts_none(self._signature.type_of(parameter.name)):
            return None
        return parameter.default


class CallShapes:
    """The functions of one plan."""

    def __init__(self) -> None:
        # by identity, as not every callable can be hashed; the shape keeps the function, and so its id
        self._shapes: dict[int, CallShape] = {}

    def of(self, call: Callable[..., Any]) -> CallShape:
        """Return what a function is and takes."""
        shape = self._shapes.get(id(call))
        if shape is None:
            shape = self._shapes[id(call)] = CallShape(call)
        return shape


def _accepts_none(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType} and NoneType in get_args(annotation)
