"""What the `data` of every node may hold, and how a step type says what is wrong with it."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from flowrt.definition.expressions import Expression, compile_expression
from flowrt.definition.findings import to_pointer
from flowrt.errors import ExpressionError, Problem


class NodeData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of a node whose type reads nothing of its own. Other keys are allowed: editors keep theirs there."""

    label: Annotated[Any, msgspec.Meta(description="What an editor shows on the node.")] = None
    description: Annotated[Any, msgspec.Meta(description="A note for people; flowrt does not read it.")] = None


def pointer(*keys: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a place in `data`."""
    return to_pointer(keys)


def unknown_name(place: str, what: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name that is none of the known ones, with the nearest of them."""
    from flowrt.definition.nearest import NearestNames  # noqa: PLC0415 - only for a wrong definition

    known = tuple(known)
    hint = NearestNames().hint(name, known) or f"; there are {', '.join(known)}"
    return Problem(place, f"unknown {what} {name[:60]!r}{hint}")


def compiled(text: str, place: str, problems: list[Problem]) -> Expression | None:
    """Compile an expression of `data`; where that fails, add the problem and return `None`."""
    try:
        return compile_expression(text)
    except ExpressionError as error:
        problems.append(Problem(place, str(error)))
        return None
