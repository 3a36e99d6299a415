"""From an expression's text to a checked syntax tree."""

import ast
import difflib
import math
from bisect import bisect_right
from collections.abc import Sequence

from flowrt.definition.expression_conditionals import rewrite_conditionals
from flowrt.definition.expression_functions import ALIASES, FUNCTIONS
from flowrt.definition.expression_tokens import Token, check_nesting, read_tokens
from flowrt.definition.expressions import MAX_LEVELS
from flowrt.errors import ExpressionError

MAX_INTEGER_BITS = 4096
"""The largest whole number, in bits: about 1,200 digits."""
MAX_LOOPS = 3
"""How many `for` one list may have."""

_ALLOWED = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Invert, ast.USub, ast.UAdd, ast.IfExp, ast.Call),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
    *(ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Load, ast.Store),
)


def parse_expression(text: str) -> ast.expr:
    """Parse and check an expression of a size that was checked before.

    Raises:
        ExpressionError: It is no expression, nests too deeply, uses what is not part of the language, or calls an
            unknown function.
    """
    tokens: Sequence[Token] = read_tokens(_unwrapped(text))
    if not tokens:
        raise ExpressionError(text, "it is empty: write a name, a comparison or a calculation")
    check_nesting(text, tokens, MAX_LEVELS)
    tree = _parse(text, rewrite_conditionals(text, tokens, MAX_LEVELS))
    _Checker(text).check(tree)
    return tree


def _unwrapped(text: str) -> str:
    """Take off the braces of `{{ expression }}`: people bring them along from templates."""
    inner = text.strip()
    if inner.startswith("{{") and inner.endswith("}}") and "{{" not in inner[2:]:
        return f"  {inner[2:-2]}"
    return text


def _parse(text: str, tokens: Sequence[Token]) -> ast.expr:
    columns: list[int] = []
    width = 0
    for token in tokens:
        columns.append(width)
        width += len(token.python) + 1
    try:
        return ast.parse(" ".join(token.python for token in tokens), mode="eval").body
    except SyntaxError as error:
        near = tokens[max(0, bisect_right(columns, (error.offset or 1) - 1) - 1)]
        reason = f"it is no valid expression near {near.python[:40]!r} at character {near.offset + 1}: {error.msg}"
        raise ExpressionError(text, reason) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError(text, f"it nests deeper than {MAX_LEVELS} levels") from None


class _Checker:
    def __init__(self, text: str) -> None:
        self._text = text

    def check(self, tree: ast.expr) -> None:
        """Refuse what is not part of the language, without recursion."""
        waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
        while waiting:
            node, depth = waiting.pop()
            if depth > MAX_LEVELS:
                raise self._error(f"it nests deeper than {MAX_LEVELS} levels")
            self._check_node(node)
            left = node.left if isinstance(node, ast.BinOp) else None  # `a + b + c` is a chain, not a nesting
            children = ast.iter_child_nodes(node)
            waiting += [(child, depth + (child is not left and isinstance(child, ast.expr))) for child in children]

    def _check_node(self, node: ast.AST) -> None:
        if not isinstance(node, _ALLOWED):
            raise self._error(f"{_WORDS.get(type(node), type(node).__name__)} is not part of the expression language")
        if isinstance(node, ast.Constant):
            self._check_constant(node)
        elif isinstance(node, ast.Call):
            self._check_call(node)
        elif isinstance(node, ast.Compare):
            self._check_identity(node)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp):
            self._check_loops(node)
        elif isinstance(node, ast.Dict) and None in node.keys:
            raise self._error("`**` in an object is not part of the expression language")

    def _check_constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
            raise self._error(f"a whole number is larger than {MAX_INTEGER_BITS} bits")
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error("a number is larger than a float can hold")
        if value is not None and not isinstance(value, str | int | float):
            raise self._error(f"{value!r} is not part of the expression language")

    def _check_call(self, call: ast.Call) -> None:
        if isinstance(call.func, ast.Attribute):  # `name.lower()` is `lower(name)`: no method of Python's is called
            call.args.insert(0, call.func.value)
            call.func = ast.Name(call.func.attr)
        if not isinstance(call.func, ast.Name):
            raise self._error("only functions can be called")
        name = call.func.id = ALIASES.get(call.func.id, call.func.id)
        if name not in FUNCTIONS:
            nearest = difflib.get_close_matches(name[:60], [*FUNCTIONS, *ALIASES], 1)
            hint = f"did you mean `{nearest[0]}`?" if nearest else f"there are {', '.join(FUNCTIONS)}"
            raise self._error(f"unknown function `{name[:60]}`: {hint}")
        self._check_arguments(name, call)

    def _check_arguments(self, name: str, call: ast.Call) -> None:
        if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
            raise self._error(f"`{name}` takes its arguments by position")
        least, most = FUNCTIONS[name].min_arguments, FUNCTIONS[name].max_arguments
        if not least <= len(call.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self._error(f"`{name}` takes {wanted} argument{'s' * (most > 1)}, not {len(call.args)}")
        if name == "has" and not isinstance(call.args[0], ast.Name | ast.Attribute | ast.Subscript):
            raise self._error("`has` takes a name or a path, such as `has(lead.score)`")

    def _check_identity(self, node: ast.Compare) -> None:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            is_constant = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
            if isinstance(operator, ast.Is | ast.IsNot) and not is_constant:
                raise self._error("`is` compares with null, true or false only: use `==`")

    def _check_loops(self, node: ast.ListComp | ast.GeneratorExp) -> None:
        if len(node.generators) > MAX_LOOPS:
            raise self._error(f"a list has {len(node.generators)} `for`, at most {MAX_LOOPS} are allowed")
        if any(loop.is_async or not isinstance(loop.target, ast.Name) for loop in node.generators):
            raise self._error("a `for` takes one plain name: `[row.price for row in rows]`")

    def _error(self, reason: str) -> ExpressionError:
        return ExpressionError(self._text, reason)


_WORDS: dict[type[ast.AST], str] = {
    ast.Lambda: "`lambda`",
    ast.Await: "`await`",
    ast.Yield: "`yield`",
    ast.NamedExpr: "`:=`",
    ast.Set: "a set",
    ast.DictComp: "`for` in an object",
    ast.SetComp: "a set",
    ast.JoinedStr: "a text with a prefix",
    ast.Starred: "`*` before a value",
}
