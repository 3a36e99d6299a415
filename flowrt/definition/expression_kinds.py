"""The kinds of values that expressions know: those of JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

_WORDS: Mapping[str, str] = {
    "NoneType": "null",
    "bool": "a boolean",
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "list": "a list",
    "tuple": "a list",
}


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Say whether a value is a list; Python's tuples count as lists, texts do not."""
    return isinstance(value, list | tuple)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Say whether a value is an object: any mapping."""
    return isinstance(value, Mapping)


def kind_in_words(value: object) -> str:
    """Name a value's kind in the words of JSON."""
    return "an object" if is_mapping(value) else _WORDS.get(type(value).__name__, f"a {type(value).__name__}")
