"""`process`: one of the usual operations on the record's values."""

from typing import Annotated

import msgspec

from flowrt.errors import Problem
from flowrt.steps.data import NodeData, unknown_name
from flowrt.steps.operations import OPERATIONS, Settings
from flowrt.typing import BoundStep, Record, StepBindError


class ProcessData(NodeData, frozen=True, kw_only=True):
    """The data of a `process` node."""

    operation: Annotated[
        str,
        msgspec.Meta(description="What to do with the values.", extra_json_schema={"enum": list(OPERATIONS)}),
    ] = "passthrough"
    fields: Annotated[
        tuple[str, ...] | None, msgspec.Meta(description="The keys to work on; by default all of the record.")
    ] = None
    names: Annotated[dict[str, str] | None, msgspec.Meta(description="rename: the new key of each key to rename.")] = (
        None
    )


class ProcessType:
    """Produces the values that an operation changed."""

    name = "process"
    description = "Changes values of the record by one of the usual operations."
    data_type: type[msgspec.Struct] = ProcessData

    def bind(self, data: ProcessData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: The operation is unknown, or lacks what it needs.
        """
        operation = OPERATIONS.get(data.operation)
        if operation is None:
            raise StepBindError(unknown_name("/operation", "operation", data.operation, OPERATIONS))
        if operation.needs and not getattr(data, operation.needs):
            raise StepBindError(Problem("", f"the operation {data.operation!r} needs `{operation.needs}`"))
        settings = Settings(data.fields, data.names or {})
        change = operation.change

        def process(record: Record) -> Record:
            return change(record, settings)

        return BoundStep(process)
