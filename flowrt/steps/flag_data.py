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
    flags = [read_flag(found, pointer(key, place), problems) for place, found in enumerate(written)]
    return tuple(flag for flag in flags if flag is not None)


def read_flag(written: Any, place: str, problems: list[Problem]) -> Flag | None:
    """Return a result or a parameter as it is written; add what is neither to the problems."""
    flag = argument_form(written)
    if isinstance(flag, FromInput | FromNode):
        return flag
    problems.append(Problem(place, 'expected {"node": id} or {"input": parameter}'))
    return None


def flag_types(flags: Sequence[Flag]) -> dict[str, Any]:
    """Return the types of the workflow's parameters that are flags."""
    return {flag.input: bool for flag in flags if isinstance(flag, FromInput)}
