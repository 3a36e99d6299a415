"""How an expression finds values: by keys of mappings and positions in lists, never by attributes of Python objects."""

import ast
import difflib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from flowrt.definition.expression_kinds import is_list, is_mapping, kind_in_words

_MOST_NAMES = 200
_LONGEST_NAME = 60

MISSING: Any = object()
"""Stands for a value that is not there."""


class EvaluationFault(Exception):  # noqa: N818 - internal: becomes an ExpressionError, which knows the text
    """An expression failed on real data.

    Args:
        reason: What is wrong; called only if somebody gets to read it, since `has` and `default` catch these faults.
        keys: The names that were there instead.
    """

    def __init__(self, reason: str | Callable[[], str], keys: Iterable[Any] = ()) -> None:
        super().__init__(reason, keys)
        self._reason = reason
        self._keys = keys

    def explain(self) -> tuple[str, tuple[str, ...]]:
        """Return what is wrong, and the names that were there instead."""
        known = tuple(str(key)[:_LONGEST_NAME] for key in islice(self._keys, _MOST_NAMES))
        return (self._reason if isinstance(self._reason, str) else self._reason()), known


class MissingFault(EvaluationFault):
    """A name, key or position is not there."""


class BudgetFault(EvaluationFault):
    """The evaluation costs more than it may."""


class MissingKeyFault(MissingFault):
    """A name or key is not there, but others are.

    Args:
        name: What was looked up.
        keys: What is there.
        owner: The part of the expression whose value should have had it; `None`: the record.
    """

    def __init__(self, name: Any, keys: Iterable[Any], owner: ast.expr | None = None) -> None:
        super().__init__("", keys)
        self._name = str(name)[:_LONGEST_NAME]
        self._owner = owner

    def explain(self) -> tuple[str, tuple[str, ...]]:
        """Return what is missing and the nearest to it, and the names that are there."""
        _, known = super().explain()
        nearest = difflib.get_close_matches(self._name, known, 1)
        hint = f": did you mean {nearest[0]!r}?" if nearest else ""
        return f"{f'`{shown(self._owner)}` has' if self._owner else 'there is'} no {self._name!r}{hint}", known


def value_of_key(node: ast.Attribute, owner: Any) -> Any:
    """Return what `owner.key` means: the value of the key, or the `length` of a text or list."""
    if is_mapping(owner):
        value = owner.get(node.attr, MISSING)
        if value is not MISSING:
            return value
        raise MissingKeyFault(node.attr, owner, node.value)
    if node.attr == "length" and (isinstance(owner, str) or is_list(owner)):
        return len(owner)
    fault = MissingFault if owner is None else EvaluationFault
    raise fault(
        lambda: f"`{shown(node.value)}` is {kind_in_words(owner)}, no object: it has no `{node.attr[:_LONGEST_NAME]}`"
    )


def value_at(node: ast.Subscript, owner: Any, index: Any) -> Any:
    """Return what `owner[index]` means: the value of a key, or the element or part at a position."""
    if is_mapping(owner):
        value = owner.get(index, MISSING)
        if value is not MISSING:
            return value
        raise MissingKeyFault(index, owner, node.value)
    if not (isinstance(owner, str) or is_list(owner)):
        fault = MissingFault if owner is None else EvaluationFault
        raise fault(lambda: f"`{shown(node.value)}` is {kind_in_words(owner)}, neither an object nor a list")
    if isinstance(index, bool) or not isinstance(index, int | slice):
        raise EvaluationFault(f"`{shown(node.value)}` is {kind_in_words(owner)}: its index is a whole number")
    try:
        return owner[index]
    except IndexError:
        size = len(owner)
        raise MissingFault(lambda: f"`{shown(node.value)}` has {size} elements, none at {index}") from None


def shown(node: ast.expr) -> str:
    """Return a part of an expression as a person would know it again."""
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 3] + "..."
