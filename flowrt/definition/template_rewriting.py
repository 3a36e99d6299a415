"""What a template may hold, and what it is rewritten to: in the end there is not one call in it.

Methods become filters of the same name (`name.upper()` is `name|upper`), and so do comparisons, `~`, slices, `range`
and what a loop goes over: all of them then count against the budget.
"""

import ast
import difflib
from collections.abc import Collection, Mapping
from typing import Any, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from flowrt.definition.expression_functions import ALIASES, FUNCTIONS
from flowrt.errors import ExpressionError

BINARY: Mapping[str, type[ast.AST]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "**": ast.Pow,
}
"""Jinja2's operators between two values, and what they are in expressions."""
COMPARISONS: Mapping[str, type[ast.AST]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "lteq": ast.LtE,
    "gt": ast.Gt,
    "gteq": ast.GtE,
    "in": ast.In,
    "notin": ast.NotIn,
}
"""Jinja2's names of comparisons, and what they are in expressions."""

LOOP, RANGE, PART, CONCAT, COMPARED = "loop over", "range of", "part of", "joined to", "compared by"
"""Names of our own filters: with a space in them, so that no template can write them."""

MAX_TEMPLATE_LEVELS = 100
"""How deep a template may nest, each term of a sum being a level: to compile it takes the third power of that."""

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Assign, nodes.With),
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Test),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Concat),
    *(nodes.Compare, nodes.Operand, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Call),
    *(nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair),
)
_WORDS = {"AssignBlock": "set without =", "CallBlock": "call", "FilterBlock": "filter", "NSRef": "namespace"}


def rewrite(tree: nodes.Template, text: str, filters: Collection[str]) -> nodes.Template:
    """Return the template without calls.

    Args:
        tree: The parsed template; it is changed.
        text: The template's text, for error messages.
        filters: The names of the filters that there are.

    Raises:
        ExpressionError: It holds what is not allowed, calls an unknown filter, or nests too deeply.
    """
    rewritten: nodes.Template = _Rewriter(text, filters).visit(tree)
    return rewritten


class _Rewriter(NodeTransformer):
    def __init__(self, text: str, filters: Collection[str]) -> None:
        self._text = text
        self._filters = filters
        self._level = 0

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """Refuse what is not allowed, and rewrite the rest from the inside out."""
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__
            raise self._error(node, f"`{_WORDS.get(name, name.lower())}` is not allowed in a template")
        if self._level > MAX_TEMPLATE_LEVELS:
            raise self._error(node, f"the template nests too deeply, at most {MAX_TEMPLATE_LEVELS} levels are allowed")
        self._level += 1
        rewritten = super().visit(node, *args, **kwargs)
        self._level -= 1
        return rewritten

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - jinja2's naming
        if node.recursive:
            raise self._error(node, "a recursive loop is not allowed in a template")
        self.generic_visit(node)
        node.iter = _filter(node.iter, LOOP)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), CONCAT)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        operators = nodes.Const(tuple(operand.op for operand in node.ops))
        # one filter for the whole chain: an operand that stood in two would double what it holds
        return _filter(node.expr, COMPARED, operators, *(operand.expr for operand in node.ops))

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = (node.arg.start, node.arg.stop, node.arg.step)
        return _filter(node.node, PART, *(bound or nodes.Const(None) for bound in bounds))

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._error(node, f"the filter `{node.name}` takes its arguments by position")
        self.generic_visit(node)
        return self._checked(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        if node.name == "self":
            raise self._error(node, "`self` means something else in Jinja2: write `{self}` for a key of that name")
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._error(node, "a function takes its arguments by position")
        self.generic_visit(node)
        if isinstance(node.node, nodes.Name) and node.node.name == "range":
            return _filter(nodes.List(node.args, lineno=node.lineno), RANGE)
        if isinstance(node.node, nodes.Getattr):
            return self._checked(_filter(node.node.node, node.node.attr, *node.args))
        if isinstance(node.node, nodes.Name) and node.args:
            return self._checked(_filter(node.args[0], node.node.name, *node.args[1:]))
        raise self._error(node, "only functions can be called")

    def _checked(self, node: nodes.Filter) -> nodes.Filter:
        if node.name not in self._filters:
            nearest = difflib.get_close_matches(node.name[:60], [*self._filters], 1)
            hint = f"did you mean `{nearest[0]}`?" if nearest else f"there are {', '.join(sorted(FUNCTIONS))}"
            raise self._error(node, f"unknown function `{node.name[:60]}`: {hint}")
        function = FUNCTIONS.get(ALIASES.get(node.name, node.name))
        count = len(node.args) + 1
        if function and not function.min_arguments <= count <= function.max_arguments and node.name != "default":
            raise self._error(node, f"`{node.name}` can't take {count} argument{'s' * (count > 1)}")
        return node

    def _error(self, node: nodes.Node, reason: str) -> ExpressionError:
        return ExpressionError(self._text, f"line {node.lineno}: {reason}")


def _filter(value: nodes.Node, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", value), name, list(arguments), [], None, None, lineno=value.lineno)
