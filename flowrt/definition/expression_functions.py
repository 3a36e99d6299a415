"""The functions that an expression can call.

Each gets `charge` first, to be called with the number of steps that its work costs before it does it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from flowrt.definition.expression_kinds import is_list, is_mapping, kind_in_words

Charge: TypeAlias = Callable[[int], None]

MAX_DIGITS = 100
"""How many digits `round` may be asked for, before or after the point."""
MAX_NUMBER_TEXT = 400
"""The longest text that is read as a number."""


class Function(NamedTuple):
    """A function of the expression language."""

    call: Callable[..., Any]
    min_arguments: int
    max_arguments: int
    description: str


def cost_of_text(characters: int) -> int:
    """Return the steps that a new text of this length costs."""
    return characters >> 7


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it takes a text, not {kind_in_words(value)}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"it takes a number, not {kind_in_words(value)}")
    return value


def _list(value: Any) -> Sequence[Any]:
    if not is_list(value):
        raise TypeError(f"it takes a list, not {kind_in_words(value)}")
    return value


def _size(_: Charge, value: Any) -> int:
    if not (isinstance(value, str) or is_list(value) or is_mapping(value)):
        raise TypeError(f"it takes a text, a list or an object, not {kind_in_words(value)}")
    return len(value)


def _of_text(change: Callable[[str], str]) -> Callable[[Charge, Any], str]:
    def call(charge: Charge, value: Any) -> str:
        cost = cost_of_text(len(_text(value)))
        charge(cost if value.isascii() else 4 * cost)
        return change(value)

    return call


def _starts_with(charge: Charge, value: Any, start: Any) -> bool:
    charge(len(_text(start)) >> 10)
    return _text(value).startswith(start)


def _ends_with(charge: Charge, value: Any, end: Any) -> bool:
    charge(len(_text(end)) >> 10)
    return _text(value).endswith(end)


def _replace(charge: Charge, value: Any, old: Any, new: Any) -> str:
    charge(len(_text(value)) >> 10)
    found = value.count(_text(old))
    charge(cost_of_text(len(value) + found * max(0, len(_text(new)) - len(old))))
    return str(value.replace(old, new))


def _split(charge: Charge, value: Any, separator: Any = None) -> list[str]:
    charge(cost_of_text(len(_text(value))))
    if separator is None:
        charge(len(value) // 2)
        return list(value.split())
    charge(value.count(_text(separator)))
    return list(value.split(separator))


def _join(charge: Charge, values: Any, separator: Any = "") -> str:
    if isinstance(values, str):  # `", ".join(names)`, as Python has it; `names.join(", ")` is JavaScript's order
        values, separator = separator, values
    charge(len(_list(values)))
    texts = [_as_text(charge, value) for value in values]
    charge(cost_of_text(sum(map(len, texts)) + len(texts) * len(_text(separator))))
    return str(separator.join(texts))


def _as_text(charge: Charge, value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if is_list(value) or is_mapping(value):
        raise TypeError(f"it takes a text, a number, a boolean or null, not {kind_in_words(value)}")
    text = str(value)
    charge(cost_of_text(len(text)))
    return text


def _as_number(kind: Callable[[Any], Any]) -> Callable[[Charge, Any], Any]:
    def call(_: Charge, value: Any) -> Any:
        if isinstance(value, str):
            if len(value) > MAX_NUMBER_TEXT:
                raise ValueError(f"a text of {len(value)} characters is no number")
            return kind(value)
        return kind(value if isinstance(value, bool) else _number(value))

    return call


def _number_of(value: Any) -> Any:
    return number_in(value) if isinstance(value, str) else value + 0


def number_in(text: str) -> float:
    """Return the number that a text holds, whole if it can be.

    Raises:
        ValueError: It holds none.
    """
    try:
        return int(text)
    except ValueError:
        return float(text)


def _round(_: Charge, value: Any, digits: Any = 0) -> Any:
    if abs(_number(digits)) > MAX_DIGITS:
        raise ValueError(f"it rounds to at most {MAX_DIGITS} digits")
    return round(_number(value), digits) if digits else round(_number(value))


def _floor(_: Charge, value: Any) -> int:
    return math.floor(_number(value))


def _ceil(_: Charge, value: Any) -> int:
    return math.ceil(_number(value))


def _abs(_: Charge, value: Any) -> Any:
    return abs(_number(value))


def _extreme(choose: Callable[[Any], Any]) -> Callable[..., Any]:
    def call(charge: Charge, *values: Any) -> Any:
        candidates = _list(values[0]) if len(values) == 1 else values
        return choose(_comparable(charge, candidates))

    return call


def _comparable(charge: Charge, values: Sequence[Any]) -> Sequence[Any]:
    charge(len(values) >> 2)
    if not values:
        raise ValueError("the list is empty")
    if isinstance(values[0], str):
        charge(sum(len(_text(value)) >> 10 for value in values))
    elif not all(isinstance(value, int | float) for value in values):
        raise TypeError("it takes numbers only, or texts only")
    return values


def _sorted(charge: Charge, values: Any) -> list[Any]:
    charge(4 * len(_list(values)))
    return sorted(_comparable(charge, values)) if values else []


def _sum(charge: Charge, values: Any) -> Any:
    charge(len(_list(values)) >> 2)
    numbers: list[Any] = [_number(value) for value in values]
    return math.fsum(numbers) if any(isinstance(value, float) for value in numbers) else sum(numbers)


def _any(charge: Charge, values: Any) -> bool:
    charge(len(_list(values)) >> 4)
    return any(values)


def _all(charge: Charge, values: Any) -> bool:
    charge(len(_list(values)) >> 4)
    return all(values)


def _keys(charge: Charge, value: Any) -> list[Any]:
    charge(len(_object(value)))
    return list(value)


def _values(charge: Charge, value: Any) -> list[Any]:
    charge(len(_object(value)))
    return list(value.values())


def _object(value: Any) -> Mapping[Any, Any]:
    if not is_mapping(value):
        raise TypeError(f"it takes an object, not {kind_in_words(value)}")
    return value


def _get(_: Charge, value: Any, key: Any, otherwise: Any = None) -> Any:
    return _object(value).get(key, otherwise)


def _special(*_: Any) -> Any:
    """Stand for a function that the evaluator knows itself."""


def _bool(_: Charge, value: Any) -> bool:
    return bool(value)


FUNCTIONS: Mapping[str, Function] = {
    "len": Function(_size, 1, 1, "the number of characters, elements or keys; also `size(x)` and `x.length`"),
    "size": Function(_size, 1, 1, "the same as `len`"),
    "lower": Function(_of_text(str.lower), 1, 1, "the text in small letters"),
    "upper": Function(_of_text(str.upper), 1, 1, "the text in capital letters"),
    "trim": Function(_of_text(str.strip), 1, 1, "the text without white space around it"),
    "startswith": Function(_starts_with, 2, 2, "whether the text starts with another"),
    "endswith": Function(_ends_with, 2, 2, "whether the text ends with another"),
    "contains": Function(_special, 2, 2, "whether a text, list or object contains a part, element or key"),
    "replace": Function(_replace, 3, 3, "the text with each `old` replaced by `new`"),
    "split": Function(_split, 1, 2, "the parts of the text between separators, or its words"),
    "join": Function(_join, 1, 2, "the elements as one text, with a separator between them"),
    "str": Function(_as_text, 1, 1, "a text, number, boolean or null as text"),
    "int": Function(_as_number(int), 1, 1, "a whole number of a text or number; cuts what is behind the point"),
    "float": Function(_as_number(float), 1, 1, "a number with a point"),
    "number": Function(_as_number(_number_of), 1, 1, "the number that a text holds"),
    "bool": Function(_bool, 1, 1, "whether the value counts as true"),
    "round": Function(_round, 1, 2, "the number rounded to so many digits, by default to a whole number"),
    "floor": Function(_floor, 1, 1, "the next whole number below"),
    "ceil": Function(_ceil, 1, 1, "the next whole number above"),
    "abs": Function(_abs, 1, 1, "the number without its sign"),
    "min": Function(_extreme(min), 1, 16, "the smallest of a list, or of the arguments"),
    "max": Function(_extreme(max), 1, 16, "the largest of a list, or of the arguments"),
    "sum": Function(_sum, 1, 1, "the sum of a list of numbers"),
    "sorted": Function(_sorted, 1, 1, "the elements in ascending order"),
    "any": Function(_any, 1, 1, "whether any element counts as true"),
    "all": Function(_all, 1, 1, "whether all elements count as true"),
    "keys": Function(_keys, 1, 1, "the keys of an object"),
    "values": Function(_values, 1, 1, "the values of an object"),
    "get": Function(_get, 2, 3, "the value of a key of an object; null or the third argument where it is missing"),
    "has": Function(_special, 1, 1, "whether a name or path such as `lead.score` is there"),
    "default": Function(_special, 2, 2, "the first argument, or the second where the first is missing or null"),
}
"""By name. `contains`, `has` and `default` are evaluated by the evaluator itself."""

ALIASES: Mapping[str, str] = {
    "startsWith": "startswith",
    "endsWith": "endswith",
    "includes": "contains",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "strip": "trim",
    "string": "str",
}
"""Other spellings that people bring along."""
