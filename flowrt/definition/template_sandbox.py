"""Jinja2, cut down until a hostile template can only read the record and spend its budget.

The parsed template is checked against a list of what is allowed, and whatever could call, grow or take long is
rewritten as a filter of ours: methods, comparisons, `~`, slices, `range`, and what a loop goes over.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from jinja2 import StrictUndefined, TemplateError, Undefined, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flowrt.definition.expression_functions import ALIASES, FUNCTIONS, Charge, cost_of_text
from flowrt.definition.expression_kinds import is_list, is_mapping, kind_in_words
from flowrt.definition.expression_lookup import MISSING, BudgetFault
from flowrt.definition.expression_operators import Operators
from flowrt.definition.expressions import MAX_STEPS
from flowrt.definition.template_rewriting import BINARY, COMPARED, COMPARISONS, CONCAT, LOOP, PART, RANGE, rewrite
from flowrt.definition.templates import MAX_OUTPUT_CHARACTERS, Render, json_text, text_of, value_of_path
from flowrt.errors import ExpressionError

_BUDGET = "\0budget"
"""The budget's name among a template's variables: no template can write it."""
_TESTS = ("boolean", "defined", "divisibleby", "even", "false", "float", "integer", "mapping", "none", "number")
_MORE_TESTS = ("odd", "sequence", "string", "true", "undefined")
_LOOP_KEYS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"})

_ENDS = {"{{": re.compile(r"\}\}"), "{%": re.compile(r"%\}"), "{#": re.compile(r"#\}")}
_END_OF_RAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")


class _Budget:
    """The steps that one rendering may still take."""

    def __init__(self) -> None:
        self._steps = 0
        self.operators = Operators(self.charge)

    def charge(self, steps: int) -> None:
        """Take steps, or raise if there are not so many left."""
        self._steps += 1 + steps
        if self._steps > MAX_STEPS:
            raise BudgetFault(f"it takes more than {MAX_STEPS} steps on this data")


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops: ClassVar[frozenset[str]] = frozenset(BINARY)  # type: ignore[misc]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate as an expression does."""
        return _budget(context).operators.table[BINARY[operator]](_defined(left), _defined(right))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the value of a key; only a loop's own variables are real attributes."""
        if isinstance(obj, LoopContext) and attribute in _LOOP_KEYS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return the value of a key, or what is at a position."""
        if is_mapping(obj):
            value = obj.get(argument, MISSING)
            return self.undefined(obj=obj, name=argument) if value is MISSING else value
        at_position = isinstance(argument, int) and (isinstance(obj, str) or is_list(obj))
        if at_position and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=_defined(obj), name=str(argument))


def compile_jinja(text: str, path: str) -> Render:
    """Return what renders a template that Jinja2 has to read.

    Args:
        text: The template.
        path: The regular expression of what may stand in single braces.

    Raises:
        ExpressionError: It is no valid template, or uses what is not allowed.
    """
    environment = _Environment(undefined=StrictUndefined, finalize=_finalize, keep_trailing_newline=True)
    environment.filters = _filters()
    environment.tests = {name: environment.tests[name] for name in (*_TESTS, *_MORE_TESTS)}
    environment.globals = {}
    try:
        tree = rewrite(environment.parse(_mark_placeholders(text, path)), text, environment.filters)
        template = environment.from_string(tree)
    except (TemplateError, SyntaxError, ValueError, OverflowError) as error:
        raise ExpressionError(text, f"it is no valid template: {error}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError(text, "the template nests too deeply") from None

    def render(record: Mapping[str, Any]) -> str:
        return _rendered(template, text, record)

    return render


def _rendered(template: Any, text: str, record: Mapping[str, Any]) -> str:
    pieces: list[str] = []
    room = MAX_OUTPUT_CHARACTERS
    try:
        for piece in template.generate({**record, _BUDGET: _Budget()}):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                break
    except ExpressionError:
        raise
    except BudgetFault as fault:
        raise ExpressionError(text, fault.explain()[0]) from None
    except RecursionError:
        raise ExpressionError(text, "the data nests too deeply") from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        known = tuple(str(key)[:60] for key in list(record)[:50])
        raise ExpressionError(text, str(error) or type(error).__name__, known) from error
    return "".join(pieces)


def _mark_placeholders(text: str, path: str) -> str:
    """Turn each `{name}` outside of Jinja2's own marks into a filter of ours."""
    marks = re.compile(rf"(\{{%[-+]?\s*raw\s*[-+]?%\}})|(\{{[{{%#])|\{{({path})\}}")
    pieces: list[str] = []
    at = 0
    while (found := marks.search(text, at)) is not None:
        end = found.end()
        if found[3]:
            pieces += [text[at : found.start()], f"{{{{ {found[3]!r}|placeholder }}}}"]
        else:
            closing = (_END_OF_RAW if found[1] else _ENDS[found[2]]).search(text, end)
            if closing is None:
                break  # Jinja2 tells what is not closed
            end = closing.end()
            pieces.append(text[at:end])
        at = end
    return "".join([*pieces, text[at:]])


def _budget(context: Context) -> _Budget:
    budget: _Budget = context.parent[_BUDGET]
    return budget


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises the error that says what is undefined
    return value


@pass_context
def _finalize(context: Context, value: Any) -> str:
    text = text_of(_defined(value))
    _budget(context).charge(_cost_of(value, text))
    return text


def _filter(call: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def filtered(context: Context, value: Any, *arguments: Any) -> Any:
        budget = _budget(context)
        budget.charge(0)
        return call(budget.charge, _defined(value), *map(_defined, arguments))

    return filtered


@pass_context
def _compared(context: Context, left: Any, operators: tuple[str, ...], *others: Any) -> bool:
    """Compare each operand with the next one, as long as that holds."""
    budget = _budget(context)
    for operator, right in zip(operators, others, strict=True):
        budget.charge(0)
        if not budget.operators.table[COMPARISONS[operator]](_defined(left), _defined(right)):
            return False
        left = right
    return True


@pass_context
def _default(_: Context, value: Any, fallback: Any = "") -> Any:
    return fallback if value is None or isinstance(value, Undefined) else value


@pass_context
def _placeholder(context: Context, path: Any) -> str:
    if not isinstance(path, str):
        raise TypeError(f"`placeholder` takes a path, not {kind_in_words(path)}")
    text = value_of_path(context.parent, path)
    _budget(context).charge(cost_of_text(len(text)))
    return text


def _loop_over(charge: Charge, value: Any) -> Any:
    if not (is_list(value) or is_mapping(value)):
        raise TypeError(f"`for` takes a list or an object, not {kind_in_words(value)}")
    charge(len(value))
    return list(value)


def _range(charge: Charge, arguments: list[Any]) -> list[int]:
    numbers = range(*arguments)
    charge(len(numbers) if numbers[:MAX_STEPS] == numbers else MAX_STEPS)
    return list(numbers)


def _slice(charge: Charge, value: Any, *bounds: Any) -> Any:
    if not (isinstance(value, str) or is_list(value)):
        raise TypeError(f"only a text or a list has parts, not {kind_in_words(value)}")
    part = value[slice(*bounds)]
    charge(cost_of_text(len(part)) if isinstance(part, str) else len(part))
    return part


def _concat(charge: Charge, values: list[Any]) -> str:
    texts = [text_of(_defined(value)) for value in values]
    charge(sum(map(_cost_of, values, texts)))
    return "".join(texts)


def _cost_of(value: Any, text: str) -> int:
    cost = cost_of_text(len(text))
    return 8 * (1 + cost) if is_list(value) or is_mapping(value) else cost  # to write JSON takes longer than to copy


def _items(charge: Charge, value: Any) -> list[Any]:
    if not is_mapping(value):
        raise TypeError(f"`items` takes an object, not {kind_in_words(value)}")
    charge(len(value))
    return [list(item) for item in value.items()]


def _at(position: int) -> Callable[[Charge, Any], Any]:
    return lambda _, values: values[position] if values else None


def _json(charge: Charge, value: Any) -> str:
    text = json_text(value)
    charge(cost_of_text(len(text)))
    return text


def _titled(charge: Charge, value: Any) -> str:
    return str(FUNCTIONS["lower"].call(charge, value)).title()


def _capitalized(charge: Charge, value: Any) -> str:
    return str(FUNCTIONS["lower"].call(charge, value)).capitalize()


def _contains(charge: Charge, whole: Any, part: Any) -> bool:
    return Operators(charge).contains(whole, part)


def _filters() -> dict[str, Callable[..., Any]]:
    functions: dict[str, Callable[..., Any]] = {name: function.call for name, function in FUNCTIONS.items()}
    functions |= {"contains": _contains, "items": _items, "first": _at(0), "last": _at(-1), "tojson": _json}
    functions |= {"title": _titled, "capitalize": _capitalized, "length": functions["len"], "count": functions["len"]}
    functions |= {"sort": functions["sorted"]} | {name: functions[meaning] for name, meaning in ALIASES.items()}
    functions |= {LOOP: _loop_over, RANGE: _range, PART: _slice, CONCAT: _concat}
    del functions["has"]
    filters = {name: _filter(call) for name, call in functions.items()}
    return filters | {"default": _default, "d": _default, "placeholder": _placeholder, COMPARED: _compared}
