"""`data_validation`: the record must fit a JSON Schema."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from flowrt.definition.expression_kinds import is_mapping
from flowrt.errors import FlowrtError, Problem
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Record, StepBindError

if TYPE_CHECKING:
    from flowrt.steps.json_schema import Misfits

MOST_FAILURES = 50
"""How many failures an error lists."""


class DataValidationError(FlowrtError):
    """A record does not fit the schema of its node.

    Args:
        failures: What does not fit, each as `Field [path]: message`, sorted by path.
    """

    def __init__(self, failures: tuple[str, ...]) -> None:
        super().__init__(failures)
        self.failures = failures

    def __str__(self) -> str:
        shown = "; ".join(self.failures[:MOST_FAILURES])
        more = len(self.failures) - MOST_FAILURES
        return f"Data validation failed: {shown}" + (f"; and {more} more" if more > 0 else "")


class DataValidationData(NodeData, frozen=True, kw_only=True):
    """The data of a `data_validation` node: one of the two is needed."""

    validation_schema: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(description="The JSON Schema of the record: draft 7, unless its `$schema` says otherwise."),
    ] = None
    required_fields: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Keys that must be there and not null; a dot leads into an object."),
    ] = ()


class DataValidationType:
    """Fails unless the record fits a schema. Nothing is fetched: a schema refers only to itself."""

    name = "data_validation"
    description = "Checks the record against a JSON Schema and required fields."
    data_type: type[msgspec.Struct] = DataValidationData

    def bind(self, data: DataValidationData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: There is nothing to check, or the schema is wrong.
        """
        if data.validation_schema is None and not data.required_fields:
            raise StepBindError(Problem("", "it checks nothing: give `validation_schema` or `required_fields`"))
        if data.validation_schema is None:
            return BoundStep(_Check(None, data.required_fields))
        from flowrt.steps.json_schema import make_checker  # noqa: PLC0415 - loads jsonschema

        problems: list[Problem] = []
        misfits = make_checker(data.validation_schema, problems, "validation_schema")
        if problems:
            raise StepBindError(*problems)
        return BoundStep(_Check(misfits, data.required_fields))


class _Check:
    def __init__(self, misfits: "Misfits | None", required: tuple[str, ...]) -> None:
        self._misfits = misfits
        self._required = required

    def __call__(self, record: Record) -> Record:
        failures = sorted({*self._missing(record), *(self._misfits(record) if self._misfits else ())})
        if failures:
            raise DataValidationError(tuple(f"Field [{path}]: {message}" for path, message in failures))
        return {"validation_result": "success", "validated_data": dict(record)}

    def _missing(self, record: Record) -> Iterator[tuple[str, str]]:
        for path in self._required:
            value: Any = record
            for key in (path,) if path in record else path.split("."):
                value = value.get(key) if is_mapping(value) else None
            if value is None:
                yield path, "is required"
