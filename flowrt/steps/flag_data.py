"""The flags that the `data` of a node may have."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import msgspec

from flowrt.definition.arguments import Flag, FromInput, FromNode
from flowrt.errors import Problem
from flowrt.steps.data import pointer
from flowrt.steps.python_arguments import argument_form

When: TypeAlias = Annotated[
    tuple[Any, ...], msgspec.Meta(description="Results or parameters that must be true, or the node is skipped.")
]
Unless: TypeAlias = Annotated[
    tuple[Any, ...], msgspec.Meta(description="Results or parameters that must be false, or the node is skipped.")
]


def read_flags(written: Sequence[Any], key: str, problems: list[Problem]) -> tuple[Flag, ...]:
    """Return the flags of a node; add those that are none to the problems."""
    flags: list[Flag] = []
    for place, found in enumerate(written):
        flag = argument_form(found)
        if isinstance(flag, FromInput | FromNode):
            flags.append(flag)
        else:
            problems.append(Problem(pointer(key, place), 'expected {"node": id} or {"input": parameter}'))
    return tuple(flags)


def flag_types(flags: Sequence[Flag]) -> dict[str, Any]:
    """Return the types of the workflow's parameters that are flags."""
    return {flag.input: bool for flag in flags if isinstance(flag, FromInput)}
