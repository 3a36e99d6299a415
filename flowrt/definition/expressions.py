"""Expressions over a record: conditions of edges, mappings, keys. See docs/expressions.md for the language.

The text may come from anybody: whatever it says, it reads only the record, calls only the functions of
`flowrt.definition.expression_functions`, and stops at the budgets below. The library behind it is simpleeval; it is
imported when the first expression is compiled.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowrt.errors import ExpressionError

if TYPE_CHECKING:
    import ast

    from flowrt.definition.expression_evaluator import Evaluator

MAX_TEXT_BYTES = 4096
"""The longest expression, in bytes of UTF-8."""
MAX_LEVELS = 32
"""How deep brackets, operators and conditionals may nest."""
MAX_STEPS = 50_000
"""What one evaluation may cost: a step is one operation, one element of a list or 128 characters of a new text."""
MAX_RESULT_STEPS = 200_000
"""How large a made result may be, in the same steps; data that was there before and is passed on has no bound."""


class Expression:
    """A compiled expression: made once per plan, evaluated as often as wanted.

    It never changes the record. A list or an object in the result may be the record's own: copy it to change it.
    Any number of threads may evaluate one expression at the same time.
    """

    __slots__ = ("_idle", "_tree", "text")

    def __init__(self, text: str, tree: "ast.expr") -> None:
        self.text = text
        self._tree = tree
        self._idle: list[Evaluator] = []

    def evaluate(self, record: Mapping[str, Any]) -> Any:
        """Return the expression's value for this record.

        Raises:
            ExpressionError: A name is missing, types do not fit, a function fails, or a budget is exceeded.
        """
        evaluator = self._take_evaluator()
        try:
            return evaluator.run(self._tree, record)
        finally:
            self._idle.append(evaluator)

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Say whether the value counts as true, by Python's rules.

        False are `false`, `null`, 0, and an empty text, list or object; everything else is true, the text "false" too.

        Raises:
            ExpressionError: As for `evaluate`.
        """
        return bool(self.evaluate(record))

    def _take_evaluator(self) -> "Evaluator":
        try:
            return self._idle.pop()
        except IndexError:
            from flowrt.definition.expression_evaluator import Evaluator  # noqa: PLC0415 - loads the library

            return Evaluator(self.text)

    def __repr__(self) -> str:
        return f"compile_expression({self.text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return compile_expression, (self.text,)


def compile_expression(text: str) -> Expression:
    """Compile an expression.

    Raises:
        ExpressionError: It is empty, longer than 4 KB, nested deeper than 32, no valid expression, or calls an
            unknown function.
    """
    from flowrt.definition.expression_syntax import parse_expression  # noqa: PLC0415 - only who compiles pays for it

    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEXT_BYTES:
        raise ExpressionError(text, f"it is {size} bytes long, at most {MAX_TEXT_BYTES} are allowed")
    return Expression(text, parse_expression(text))
