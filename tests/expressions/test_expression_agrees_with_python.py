"""What an expression means is what Python means by it, also when it is written as JavaScript would."""

from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.definition.expressions import compile_expression
from flowrt.errors import ExpressionError

RECORD = {"a": 3, "b": -2, "c": 0.5, "t": True, "f": False, "s": "ab", "n": None}
BINARY = ["+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=", "and", "or", "in"]
IN_JAVASCRIPT = {"and": "&&", "or": "||", "==": "===", "!=": "!=="}


def combine(inner):
    """Pairs of one expression, as Python and as JavaScript write it."""
    binary = st.tuples(inner, st.sampled_from(BINARY), inner).map(
        lambda part: (
            f"({part[0][0]} {part[1]} {part[2][0]})",
            f"({part[0][1]} {IN_JAVASCRIPT.get(part[1], part[1])} {part[2][1]})",
        )
    )
    negated = inner.map(lambda one: (f"(not {one[0]})", f"!{one[1]}"))
    minus = inner.map(lambda one: (f"(-{one[0]})", f"-{one[1]}"))
    chosen = st.tuples(inner, inner, inner).map(
        lambda part: (
            f"({part[1][0]} if {part[0][0]} else {part[2][0]})",
            f"({part[0][1]} ? {part[1][1]} : {part[2][1]})",
        )
    )
    listed = st.tuples(inner, inner).map(lambda two: (f"[{two[0][0]}, {two[1][0]}]", f"[{two[0][1]}, {two[1][1]}]"))
    return binary | negated | minus | chosen | listed


ATOMS = st.sampled_from(["a", "b", "c", "s", "t", "f", "n", "0", "2", "1.5", "'ab'"]).map(lambda name: (name, name))
EXPRESSIONS = st.recursive(ATOMS, combine, max_leaves=12)


def in_python(text):
    try:
        return eval(text, {"__builtins__": {}}, RECORD)  # noqa: S307 - our own text, made of the pieces above
    except (TypeError, ZeroDivisionError, OverflowError):
        return "fails"


def in_flowrt(text):
    try:
        return compile_expression(text).evaluate(RECORD)
    except ExpressionError:
        return "fails"


@settings(max_examples=500, deadline=None)
@given(EXPRESSIONS)
def test_both_spellings_mean_the_same(expression):
    python, javascript = expression
    assert in_flowrt(python) == in_flowrt(javascript)


@settings(max_examples=500, deadline=None)
@given(EXPRESSIONS)
def test_a_value_is_the_one_that_python_gives_or_is_refused(expression):
    value = in_flowrt(expression[0])
    assert value == "fails" or value == in_python(expression[0])
