"""`branch`: passes a value on if its flags allow it."""

from typing import Annotated, Any

import msgspec

from flowrt.definition.value_steps import branch_step
from flowrt.errors import Problem
from flowrt.steps.data import NodeData
from flowrt.steps.flag_data import Unless, When, flag_types, read_flag, read_flags
from flowrt.typing import BoundStep, StepBindError


class BranchData(NodeData, frozen=True, kw_only=True):
    """The data of a `branch` node."""

    value: Annotated[Any, msgspec.Meta(description="What it passes on: a node's result or a parameter.")]
    when: When = ()
    unless: Unless = ()


class BranchType:
    """Passes a value on, or is skipped, as its flags say."""

    name = "branch"
    description = "Passes a value on if its flags allow it, and is skipped otherwise."
    data_type: type[msgspec.Struct] = BranchData

    def bind(self, data: BranchData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: What it passes on is neither a result nor a parameter, or a flag is not.
        """
        problems: list[Problem] = []
        value = read_flag(data.value, "/value", problems)
        when = read_flags(data.when, "when", problems)
        unless = read_flags(data.unless, "unless", problems)
        if problems or value is None:
            raise StepBindError(*problems)
        return branch_step(value, when, unless)._replace(input_types=flag_types((*when, *unless)))
