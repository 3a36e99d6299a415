"""`transform`: new keys, each the value of an expression."""

from copy import deepcopy
from typing import Annotated, Any

import msgspec

from flowrt.definition.expressions import Expression
from flowrt.errors import Problem
from flowrt.steps.data import NodeData, compiled, pointer
from flowrt.typing import BoundStep, Record, StepBindError


class TransformData(NodeData, frozen=True, kw_only=True):
    """The data of a `transform` node."""

    mappings: Annotated[
        dict[str, Any],
        msgspec.Meta(
            description="What to produce: a text is an expression over the record, anything else is the value itself."
        ),
    ]


class TransformType:
    """Produces keys by expressions, all evaluated over the record as it came."""

    name = "transform"
    description = "Produces new keys, each the value of an expression."
    data_type: type[msgspec.Struct] = TransformData

    def bind(self, data: TransformData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: An expression can't be compiled.
        """
        problems: list[Problem] = []
        expressions: dict[str, Expression] = {}
        constants: dict[str, Any] = {}
        for key, value in data.mappings.items():
            if not isinstance(value, str):
                constants[key] = value
            elif expression := compiled(value, pointer("mappings", key), problems):
                expressions[key] = expression
        if problems:
            raise StepBindError(*problems)
        return BoundStep(_Transform(tuple(data.mappings), expressions, constants))


class _Transform:
    def __init__(self, keys: tuple[str, ...], expressions: dict[str, Expression], constants: dict[str, Any]) -> None:
        self._keys = keys
        self._expressions = expressions
        self._constants = constants

    def __call__(self, record: Record) -> Record:
        return {key: self._value_of(key, record) for key in self._keys}

    def _value_of(self, key: str, record: Record) -> Any:
        expression = self._expressions.get(key)
        if expression is None:
            return deepcopy(self._constants[key])
        value = expression.evaluate(record)
        return dict(record) if value is record else value
