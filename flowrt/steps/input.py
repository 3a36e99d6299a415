"""`input`: the record as it came, under one name."""

from typing import Annotated

import msgspec

from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Record


class InputData(NodeData, frozen=True, kw_only=True):
    """The data of an `input` node."""

    field: Annotated[str, msgspec.Meta(description="The key under which the record is produced.", min_length=1)] = (
        "input"
    )


class InputType:
    """Produces the record that came in, under one key."""

    name = "input"
    description = "Puts the record that came in under one key."
    data_type: type[msgspec.Struct] = InputData

    def bind(self, data: InputData) -> BoundStep:
        """Bind the type to a node."""
        field = data.field

        def collect(record: Record) -> Record:
            return {field: dict(record)}

        return BoundStep(collect)
