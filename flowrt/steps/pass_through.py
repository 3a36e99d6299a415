"""`start`, `trigger`, `end`, and what registries can have for unknown types: they produce nothing."""

import msgspec

from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Record


class PassThroughType:
    """A node that passes its record on as it is.

    Args:
        name: The `type` of such nodes.
        description: One sentence for a person who chooses among types.
    """

    data_type: type[msgspec.Struct] = NodeData

    def __init__(
        self, name: str = "pass_through", description: str = "Passes the record on as it is and produces nothing."
    ) -> None:
        self.name = name
        self.description = description

    def bind(self, data: NodeData) -> BoundStep:  # noqa: ARG002 - the node's data changes nothing
        """Bind the type to a node."""
        return BoundStep(_produce_nothing)


class AnyType(PassThroughType):
    """Stands for every type where a definition is read and does not run: what the node produces may be anything."""

    def bind(self, data: NodeData) -> BoundStep:  # noqa: ARG002 - the node's data changes nothing
        """Bind the type to a node."""
        return BoundStep(_produce_nothing, arguments={})


def _produce_nothing(_: Record) -> Record:
    return {}
