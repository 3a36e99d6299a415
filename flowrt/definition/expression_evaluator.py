"""Walks an expression's syntax tree over one record, within its budgets.

simpleeval brings the walk; everything that reads data, makes data or could grow is replaced here: names and dots look
up keys of mappings and nothing else, each operator checks its types and charges what it costs, and only functions of
the table are called.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

import simpleeval  # type: ignore[import-untyped]  # it has no annotations

from flowrt.definition.expression_functions import FUNCTIONS, cost_of_text
from flowrt.definition.expression_kinds import is_list, is_mapping, kind_in_words
from flowrt.definition.expression_lookup import (
    MISSING,
    BudgetFault,
    EvaluationFault,
    MissingFault,
    MissingKeyFault,
    value_at,
    value_of_key,
)
from flowrt.definition.expression_operators import Operators, check_number
from flowrt.definition.expressions import MAX_RESULT_STEPS, MAX_STEPS
from flowrt.errors import ExpressionError

WHOLE_RECORD = "record"
"""The name that means the whole record, unless the record has a key of that name."""


_Walker = cast("Any", simpleeval.SimpleEval)


class Evaluator(_Walker):  # type: ignore[misc,valid-type]
    """Evaluates trees of one expression, one at a time; not thread-safe.

    Args:
        text: The expression, for error messages.
    """

    names: Mapping[str, Any]
    nodes: dict[type[ast.AST], Callable[[Any], Any]]
    operators: dict[type[ast.AST], Callable[..., Any]]

    def __init__(self, text: str) -> None:
        self._operators = Operators(self._charge)
        _Walker.__init__(self, operators=self._operators.table, functions={}, names={})
        self._text = text
        self._steps = 0
        self._made = False
        self._loop_names: dict[str, Any] = {}
        self.nodes = {
            ast.Constant: lambda node: node.value,
            ast.Name: self._eval_name,
            ast.Attribute: self._eval_attribute,
            ast.Subscript: self._eval_subscript,
            ast.Slice: self._eval_slice,
            ast.BoolOp: self._eval_boolop,
            ast.BinOp: self._eval_binop,
            ast.UnaryOp: self._eval_unaryop,
            ast.Compare: self._eval_compare,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_call,
            ast.List: self._eval_list,
            ast.Tuple: self._eval_list,
            ast.Dict: self._eval_dict,
            ast.ListComp: self._eval_loop,
            ast.GeneratorExp: self._eval_loop,
        }

    def run(self, tree: ast.expr, record: Mapping[str, Any]) -> Any:
        """Return the value of a checked tree for this record.

        Raises:
            ExpressionError: It can't be evaluated.
        """
        self.names = record
        self._steps = 0
        self._made = False
        try:
            value = self._eval(tree)
            if self._made:
                self._check_size(value)
        except EvaluationFault as fault:
            raise ExpressionError(self._text, *fault.explain()) from None
        except RecursionError:
            raise ExpressionError(self._text, "the data nests too deeply") from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ExpressionError(self._text, str(error) or type(error).__name__) from error
        else:
            return value
        finally:
            self.names = {}
            self._loop_names = {}

    def _charge(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise BudgetFault(f"it takes more than {MAX_STEPS} steps on this data")

    def _eval(self, node: ast.AST) -> Any:
        self._steps += 1
        if self._steps > MAX_STEPS:
            self._charge(0)
        return self.nodes[type(node)](node)

    def _eval_name(self, node: ast.Name) -> Any:
        value = self._loop_names.get(node.id, MISSING)
        if value is MISSING:
            value = self.names.get(node.id, MISSING)
        if value is not MISSING:
            return value
        if node.id == WHOLE_RECORD:
            return self.names
        raise MissingKeyFault(node.id, self.names)

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        return value_of_key(node, self._eval(node.value))

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        value = value_at(node, self._eval(node.value), self._eval(node.slice))
        if isinstance(node.slice, ast.Slice):
            self._made = True
            self._charge(cost_of_text(len(value)) if isinstance(value, str) else len(value))
        return value

    def _eval_binop(self, node: ast.BinOp) -> Any:
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):  # a loop, so that a long sum takes no stack
            chain.append(chain[-1].left)
        value = self._eval(chain[-1].left)
        for part in reversed(chain):
            value = self.operators[type(part.op)](value, self._eval(part.right))
        self._made |= isinstance(value, list)
        return value

    def _eval_list(self, node: ast.List | ast.Tuple) -> list[Any]:
        self._made = True
        return [self._eval(element) for element in node.elts]

    def _eval_dict(self, node: ast.Dict) -> dict[str, Any]:
        self._made = True
        made: dict[str, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            key = self._eval(key_node) if key_node else None
            if not isinstance(key, str):
                raise EvaluationFault(f"a key of an object is a text, not {kind_in_words(key)}")
            made[key] = self._eval(value_node)
        return made

    def _eval_loop(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        self._made = True
        outer = self._loop_names
        self._loop_names = dict(outer)
        try:
            return [self._eval(node.elt) for _ in self._rounds(node.generators)]
        finally:
            self._loop_names = outer

    def _rounds(self, loops: list[ast.comprehension]) -> Iterator[None]:
        if not loops:
            yield
            return
        loop, inner = loops[0], loops[1:]
        for element in self._elements(self._eval(loop.iter)):
            self._charge(1)
            if isinstance(loop.target, ast.Name):
                self._loop_names[loop.target.id] = element
            if all(self._eval(condition) for condition in loop.ifs):
                yield from self._rounds(inner)

    def _elements(self, value: Any) -> Iterable[Any]:
        if not (is_list(value) or is_mapping(value)):
            raise EvaluationFault(f"`for` takes a list or an object's keys, not {kind_in_words(value)}")
        return value

    def _eval_call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in {"has", "default"}:
            return self._eval_lenient(name, node.args)
        arguments = [self._eval(argument) for argument in node.args]
        if name == "contains":
            return self._operators.contains(*arguments)
        try:
            value = check_number(FUNCTIONS[name].call(self._charge, *arguments))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise EvaluationFault(f"`{name}`: {error}") from error
        self._made |= isinstance(value, list)
        return value

    def _eval_lenient(self, name: str, arguments: list[ast.expr]) -> Any:
        try:
            value = self._eval(arguments[0])
        except MissingFault:
            return False if name == "has" else self._eval(arguments[1])
        if name == "has":
            return True
        return self._eval(arguments[1]) if value is None else value

    def _check_size(self, value: Any) -> None:
        """Bound a made value: it may hold one large part of the record many times over."""
        left = MAX_RESULT_STEPS
        waiting: list[Any] = [value]
        while waiting:
            part = waiting.pop()
            left -= 1
            if isinstance(part, str):
                left -= cost_of_text(len(part))
            elif is_mapping(part):
                left -= len(part)
                waiting.extend(part.values() if left > 0 else ())
            elif is_list(part):
                waiting.extend(part if len(part) < left else (None,) * left)
            if left <= 0:
                raise BudgetFault("its result is larger than about 10 MB")
