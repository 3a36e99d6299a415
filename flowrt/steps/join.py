"""`join`: passes on what came over its edges, where nodes give values and not records."""

from typing import Annotated, Literal

import msgspec

from flowrt.definition.value_steps import join_step
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep


class JoinData(NodeData, frozen=True, kw_only=True):
    """The data of a `join` node."""

    gives: Annotated[
        Literal["value", "values", "outcomes"],
        msgspec.Meta(
            description="value: the first value that came; values: a list of those that came, in the order of the "
            "edges; outcomes: a list of how the nodes behind its edges ended."
        ),
    ] = "value"


class JoinType:
    """Passes on one or all of the values that its node was fired with, as its `join` says."""

    name = "join"
    description = "Waits for several nodes, as its join says, and passes on what came of them."
    data_type: type[msgspec.Struct] = JoinData

    def bind(self, data: JoinData) -> BoundStep:
        """Bind the type to a node."""
        return join_step(data.gives)
