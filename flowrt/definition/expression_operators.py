"""The operators of the expression language: each checks its types, and charges what it costs before it works.

Numbers are one type, as in JSON: whole ones are exact up to 4,096 bits, the others are floats and always finite.
"""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from flowrt.definition.expression_functions import Charge, cost_of_text
from flowrt.definition.expression_kinds import is_list, is_mapping, kind_in_words
from flowrt.definition.expression_syntax import MAX_INTEGER_BITS

_SHORT_TEXT = 256
"""Up to this length a text is compared as fast as a number."""


class Operators:
    """The operators of one evaluator.

    Args:
        charge: Called with the steps that the work to come costs; it raises where the budget ends.
    """

    def __init__(self, charge: Charge) -> None:
        self._charge = charge
        self.table: dict[type[ast.AST], Callable[..., Any]] = {
            ast.Add: self.add,
            ast.Sub: _arithmetic("-", operator.sub),
            ast.Mult: _arithmetic("*", operator.mul, _bits_of_product),
            ast.Div: _arithmetic("/", _divide),
            ast.FloorDiv: _arithmetic("//", _divide_whole),
            ast.Mod: _arithmetic("%", operator.mod),
            ast.Pow: _arithmetic("**", _power, _bits_of_power),
            ast.Eq: self.equal,
            ast.NotEq: self.different,
            ast.Lt: self._order("<", operator.lt),
            ast.LtE: self._order("<=", operator.le),
            ast.Gt: self._order(">", operator.gt),
            ast.GtE: self._order(">=", operator.ge),
            ast.In: self.is_in,
            ast.NotIn: self.is_not_in,
            ast.Is: operator.is_,
            ast.IsNot: operator.is_not,
            ast.Not: operator.not_,
            ast.Invert: operator.not_,  # the tokens spell `!` as `~`, which binds as tightly
            ast.USub: _sign("-", operator.neg),
            ast.UAdd: _sign("+", operator.pos),
        }

    def add(self, left: Any, right: Any) -> Any:
        """Add two numbers, or join two texts or two lists."""
        if isinstance(left, str) and isinstance(right, str):
            self._charge(cost_of_text(len(left) + len(right)))
            return left + right
        if is_list(left) and is_list(right):
            self._charge(len(left) + len(right))
            return [*left, *right]
        return _add_numbers(left, right)

    def equal(self, left: Any, right: Any) -> bool:
        """Compare values as JSON does, whole numbers and others alike; every element costs a step."""
        if isinstance(left, int | float):
            return bool(left == right)
        if isinstance(left, str) and isinstance(right, str):
            self._charge(min(len(left), len(right)) >> 10)
        elif is_list(left) and is_list(right):
            self._charge(1 + len(left))
            return len(left) == len(right) and all(map(self.equal, left, right))
        elif is_mapping(left) and is_mapping(right):
            self._charge(1 + len(left))
            return left.keys() == right.keys() and all(self.equal(left[key], right[key]) for key in left)
        return bool(left == right)

    def different(self, left: Any, right: Any) -> bool:
        """Say whether two values are not equal."""
        return not self.equal(left, right)

    def is_in(self, part: Any, whole: Any) -> bool:
        """Say whether the whole contains the part."""
        return self.contains(whole, part)

    def is_not_in(self, part: Any, whole: Any) -> bool:
        """Say whether the whole does not contain the part."""
        return not self.contains(whole, part)

    def contains(self, whole: Any, part: Any) -> bool:
        """Say whether a text contains a part, a list an element, or an object a key."""
        if isinstance(whole, str) and isinstance(part, str):
            self._charge(len(whole) >> 8)
            return part in whole
        if is_list(whole):
            if part is None or isinstance(part, int | float) or (isinstance(part, str) and len(part) <= _SHORT_TEXT):
                self._charge(len(whole) >> 4)
                return part in whole
            self._charge(len(whole))
            return any(self.equal(part, element) for element in whole)
        if is_mapping(whole):
            return part in whole
        raise TypeError(f"{kind_in_words(whole)} can't contain {kind_in_words(part)}")

    def _order(self, sign: str, compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
        def ordered(left: Any, right: Any) -> bool:
            if isinstance(left, str) and isinstance(right, str):
                self._charge(min(len(left), len(right)) >> 10)
            elif left is None or is_list(left) or is_mapping(left):
                raise _misfit(sign, left, right)
            try:
                return bool(compare(left, right))
            except TypeError:
                raise _misfit(sign, left, right) from None

        return ordered


def _arithmetic(
    sign: str, calculate: Callable[[Any, Any], Any], bits_of_result: Callable[[int, int], int] | None = None
) -> Callable[[Any, Any], Any]:
    def calculated(left: Any, right: Any) -> Any:
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise _misfit(sign, left, right)
        if bits_of_result and isinstance(left, int) and isinstance(right, int):
            _check_bits(bits_of_result(left, right))
        return check_number(calculate(left, right))

    return calculated


_add_numbers = _arithmetic("+", operator.add)


def _sign(sign: str, calculate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def calculated(value: Any) -> Any:
        if not isinstance(value, int | float):
            raise TypeError(f"`{sign}` takes a number, not {kind_in_words(value)}")
        return calculate(value)

    return calculated


def _divide(left: Any, right: Any) -> Any:
    return left / right


def _divide_whole(left: Any, right: Any) -> Any:
    return left // right


def _power(left: Any, right: Any) -> Any:
    return left**right


def _bits_of_product(left: int, right: int) -> int:
    return left.bit_length() + right.bit_length()


def _bits_of_power(left: int, right: int) -> int:
    return left.bit_length() * max(0, right)


def _misfit(sign: str, left: Any, right: Any) -> TypeError:
    return TypeError(f"`{sign}` can't be used between {kind_in_words(left)} and {kind_in_words(right)}")


def check_number(value: Any) -> Any:
    """Return the value, or raise if it is a number that JSON can't hold or that grew too large."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise OverflowError("the result is no finite number")
    elif isinstance(value, complex):
        raise ArithmeticError("the result is no real number")  # noqa: TRY004 - the arguments' types were right
    elif isinstance(value, int):
        _check_bits(value.bit_length())
    return value


def _check_bits(bits: int) -> None:
    if bits > MAX_INTEGER_BITS:
        raise OverflowError(f"the result is larger than {MAX_INTEGER_BITS} bits")
