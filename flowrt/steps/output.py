"""`output`: the record as the result, in a format."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec

from flowrt.definition.expression_kinds import is_list, is_mapping
from flowrt.definition.templates import compile_template, text_of
from flowrt.errors import ExpressionError, Problem
from flowrt.steps.data import NodeData, unknown_name
from flowrt.typing import BoundStep, Record, StepBindError

FORMATS = ("json", "text", "csv")
ROWS = "rows"
"""The key whose list makes the rows of a table, unless `field` names another."""


class OutputData(NodeData, frozen=True, kw_only=True):
    """The data of an `output` node."""

    format: Annotated[
        str,
        msgspec.Meta(
            description="json: the record itself; text: by `template`, or a line per key; csv: a table with a heading.",
            extra_json_schema={"enum": list(FORMATS)},
        ),
    ] = "json"
    template: Annotated[str | None, msgspec.Meta(description="The template of the text format.")] = None
    field: Annotated[
        str | None,
        msgspec.Meta(description="csv: the key that holds the rows; by default `rows`, or the record is one."),
    ] = None
    columns: Annotated[
        tuple[str, ...] | None, msgspec.Meta(description="csv: the columns; by default all keys of all rows.")
    ] = None


class OutputType:
    """Produces `{"result": ...}`."""

    name = "output"
    description = "Produces the result: the record as JSON, as a text or as a table."
    data_type: type[msgspec.Struct] = OutputData

    def bind(self, data: OutputData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: The format is unknown, or the template can't be compiled.
        """
        if data.format not in FORMATS:
            raise StepBindError(unknown_name("/format", "format", data.format, FORMATS))
        make: Callable[[Record], Any] = dict
        if data.format == "text":
            make = _text_maker(data.template)
        elif data.format == "csv":
            make = _Table(data.field, data.columns)

        def produce(record: Record) -> Record:
            return {"result": make(record)}

        return BoundStep(produce)


def _text_maker(template: str | None) -> Callable[[Record], str]:
    if template is None:
        return _line_per_key
    try:
        return compile_template(template).render
    except ExpressionError as error:
        raise StepBindError(Problem("/template", str(error))) from None


def _line_per_key(record: Record) -> str:
    return "\n".join(f"{key}: {text_of(value)}" for key, value in record.items())


class _Table:
    def __init__(self, field: str | None, columns: tuple[str, ...] | None) -> None:
        self._field = field
        self._columns = columns

    def __call__(self, record: Record) -> str:
        rows = self._rows(record)
        columns = self._columns or tuple(dict.fromkeys(key for row in rows for key in row))
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([text_of(row.get(column)) for column in columns] for row in rows)
        return made.getvalue()

    def _rows(self, record: Record) -> list[Mapping[str, Any]]:
        field = ROWS if self._field is None else self._field
        rows = record.get(field)
        if is_list(rows) and all(is_mapping(row) for row in rows):
            return list(rows)
        if self._field is None and ROWS not in record:
            return [record]
        found = "missing" if field not in record else "no list of objects"
        raise ValueError(f"the key {field!r} of the record is {found}: it must hold the rows of the table")
