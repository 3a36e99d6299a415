"""No text of an expression costs more than about 50 ms or 10 MB, and none reaches Python."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.definition.expressions import compile_expression
from flowrt.errors import ExpressionError

CHILD = Path(__file__).with_name("hostile_expressions.py")
SECONDS_AT_MOST = 0.5
MEGABYTES_AT_MOST = 40

PIECES = [
    *("a", "b", "s", "l", "rows", "record", "lead", "true", "false", "null", "1", "2.5"),
    *("0", "9", "'x'", '"y"', "(", ")", "[", "]", "{", "}", ",", ":"),
    *("?", ".", "+", "-", "*", "/", "//", "%", "**", "==", "===", "!="),
    *("<", "<=", ">", ">=", "&&", "||", "!", "and", "or", "not", "in", "is"),
    *("if", "else", "for", "len(", "upper(", "split(", "join(", "replace(", "str(", "int(", "sum(", "has("),
    *("default(", "keys(", "round(", "sorted(", ".a", ".b", ".class", "[0]", "[a]", "[1:2]", "lambda", "await"),
    *("yield", "\\", "'", '"', "=", "&", "|", "~", ";", "@", "#", "_"),
    *("__class__", "format(", "f'{a}'", "1e9"),
]

RECORD = {
    "a": 1,
    "b": 2.5,
    "s": "hello" * 100,
    "l": list(range(100)),
    "rows": [{"a": n, "b": "t"} for n in range(50)],
    "lead": {"a": {"b": [1, 2, 3]}},
}


def evaluated_or_refused(text):
    try:
        return json.dumps(compile_expression(text).evaluate(RECORD))
    except ExpressionError as error:
        return str(error)


@pytest.mark.skipif(sys.platform == "win32", reason="the child limits its memory with `resource`")
def test_hostile_expressions_in_a_child_process_cost_little_and_never_crash_it():
    command = [sys.executable, "-W", "error", str(CHILD)]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    costs = json.loads(done.stdout)
    assert len(costs) > 80
    assert {text: cost for text, cost in costs.items() if cost["raised"] not in ("", "ExpressionError")} == {}
    assert {text: cost for text, cost in costs.items() if cost["seconds"] > SECONDS_AT_MOST} == {}
    assert {text: cost for text, cost in costs.items() if cost["megabytes"] > MEGABYTES_AT_MOST} == {}


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " "])), max_size=60))
def test_any_text_made_of_pieces_of_expressions_gives_a_value_or_an_expression_error(pieces):
    text = "".join(piece + space for piece, space in pieces)
    assert evaluated_or_refused(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_an_expression_error(text):
    assert evaluated_or_refused(text)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_every_value_equals_itself_and_is_found_in_a_list(value):
    assert compile_expression("value == again and value in [0.5, again]").holds({"value": value, "again": value})


def test_looking_is_cheap_in_a_large_record():
    record = {"rows": list(range(500_000)), "text": "x" * 5_000_000}
    assert compile_expression("-1 not in rows and len(rows) > 1 and text != 'y'").holds(record)
    assert compile_expression("rows").evaluate(record) is record["rows"]


def test_a_result_that_holds_a_large_part_many_times_is_refused():
    with pytest.raises(ExpressionError, match="its result is larger than about 10 MB"):
        compile_expression("[rows for x in nine for y in nine]").evaluate({"rows": [1] * 5000, "nine": [0] * 9})


def test_a_record_that_contains_itself_harms_nobody():
    record: dict[str, object] = {"a": 1}
    record["self"] = record
    assert compile_expression("self.self.a").evaluate(record) == 1
    for text in ("self == self", "[self]"):
        with pytest.raises(ExpressionError):
            compile_expression(text).evaluate(record)
