"""Texts made of records."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.definition.templates import compile_template
from flowrt.errors import ExpressionError

RECORD = {
    "name": "Ada",
    "count": 3,
    "a-b": "dash",
    "lead": {"score": 8, "items": [1, 2], "ok": True, "nothing": None},
    "rows": [{"p": n} for n in range(3)],
    "big": "a" * 400_000,
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Hello {name}!", "Hello Ada!"),
        ("{lead.score} {a-b} {lead.ok} {lead.nothing}|", "8 dash true |"),
        ("{lead}", '{"score":8,"items":[1,2],"ok":true,"nothing":null}'),
        ("{{ name }} and {name}", "Ada and Ada"),
        ("{{ lead.items }} {{ lead['score'] }}", "[1,2] 8"),
        ("{{ name.upper() }} {{ name|lower }} {{ upper(name) }} {{ name[1:] }}", "ADA ada ADA da"),
        ("{{ count * 2 }} {{ 7 / 2 }} {{ 1 < count < 5 }} {{ 'd' in name }}", "6 3.5 true true"),
        ("{{ 1 < count < 5 > 9 }} {{ 1 == 1 != 2 }} {{ 3 > count < missing }}", "false true false"),
        ("{{ nothing|default('x') }} {{ lead.zz|d('y') }}", "x y"),
        (
            "{% for r in rows %}{{ loop.index }}:{{ r.p }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1:0, 2:1, 3:2",
        ),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1"),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", "012"),
        (
            "{% set x = name ~ '!' %}{{ x }}{% if lead.score is defined and lead.score >= 8 %} good{% endif %}",
            "Ada! good",
        ),
        ("{% raw %}{name} {{ name }}{% endraw %}{# {name} #}", "{name} {{ name }}"),
        ("{{ [1, 2.5]|sum }} {{ ['a', 'b']|join('-') }} {{ 'x'|tojson }}", '3.5 a-b "x"'),
        ("line\n", "line\n"),
    ],
)
def test_a_template_is_filled_in_from_the_record(text, rendered):
    assert compile_template(text).render(RECORD) == rendered


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '{"a": {"b": []}}', "{unknown}", "{name.__class__}", "{name!r}", "{name:>9}", "{0}", "{}", "{ name }"],
)
def test_braces_that_are_no_key_of_the_record_stay_as_they_are(text):
    assert compile_template(text).render(RECORD) == text
    assert compile_template(text + "{{ name }}").render(RECORD) == text + "Ada"


def test_what_a_value_holds_is_never_read_as_a_template():
    record = {"name": "{{ 7 * 7 }} {other}", "other": "x"}
    assert compile_template("{name} {{ name }}").render(record) == "{{ 7 * 7 }} {other} {{ 7 * 7 }} {other}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ name", "unexpected end of template"),
        ("{{ name|uper }}", "unknown function `uper`: did you mean `upper`?"),
        ("{{ name|upper(1) }}", "`upper` can't take 2 arguments"),
        ("{{ name|attr('x') }}", "unknown function `attr`"),
        ("{{ '{}'.format(1) }}", "unknown function `format`"),
        ("{{ cycler('a') }}", "unknown function `cycler`"),
        ("{{ name.replace(old='a', new='b') }}", "by position"),
        ("a\n{% macro f() %}{% endmacro %}", "line 2: `macro` is not allowed"),
        ("{% include 'x' %}", "`include` is not allowed"),
        ("{% import 'os' as os %}", "`import` is not allowed"),
        ("{% set x %}a{% endset %}", "is not allowed"),
        ("{% for r in rows recursive %}{% endfor %}", "a recursive loop"),
        ("{{ self }}", "means something else"),
        ("{{ rows|loop_over }}", "unknown function `loop_over`"),
        ("{{" + "(" * 3000 + "1" + ")" * 3000 + "}}", "nests too deeply"),
        ("{{" + "1+" * 20_000 + "1}}", "nests too deeply"),
        ("{{" + "1+" * 120 + "1}}", "nests too deeply, at most 100 levels"),
        ("{{" + "not " * 120 + "1}}", "nests too deeply, at most 100 levels"),
        ("{% if 1 %}" * 400 + "{% endif %}" * 400, "nests too deeply"),
        ("{% for a in b %}" * 60 + "{% endfor %}" * 60, "nested"),
        ("x" * 65_537, "65537 bytes long"),
    ],
)
def test_a_bad_template_is_refused_when_it_is_compiled(text, reason):
    with pytest.raises(ExpressionError) as caught:
        compile_template(text)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nam }}", "'nam' is undefined"),
        ("{{ lead.zz }}", "no attribute 'zz'"),
        ("{{ name.__class__ }}", "no attribute '__class__'"),
        ("{{ ''['__class__'] }}", "no attribute '__class__'"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ rows|placeholder }}", "takes a path, not a list"),
        ("{{ 'a' * 1000000000 }}", "between a text and a number"),
        ("{{ '%999999999d' % 1 }}", "between a text and a number"),
        ("{{ 2 ** 99999999 }}", "larger than 4096 bits"),
        ("{% for i in range(100000) %}x{% endfor %}", "more than 50000 steps"),
        ("{% for i in range(10 ** 30) %}x{% endfor %}", "more than 50000 steps"),
        ("{% for i in range(300) %}{% for j in range(300) %}{% endfor %}{% endfor %}", "more than 50000 steps"),
        ("{% set x = 'aa' %}" + "{% set x = x ~ x %}" * 60, "more than 50000 steps"),
        ("{% for i in range(3000) %}{{ big }}{% endfor %}", "more than 1000000 characters"),
        ("{big}{big}{big}", "more than 1000000 characters"),
        ("{{ big|replace('a', big) }}", "more than 50000 steps"),
        ("{% for c in name %}{% endfor %}", "`for` takes a list or an object"),
    ],
)
def test_a_failure_on_real_data_is_an_expression_error(text, reason):
    template = compile_template(text)
    with pytest.raises(ExpressionError) as caught:
        template.render(RECORD)
    assert reason in caught.value.reason


def test_a_value_that_contains_itself_is_an_expression_error():
    record: dict[str, object] = {}
    record["self"] = record
    for text in ("{self}", "{{ this }}"):
        with pytest.raises(ExpressionError):
            compile_template(text).render({"self": record, "this": record})


def test_a_missing_name_lists_the_names_that_were_there():
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ nam }}").render({"name": 1, "age": 2})
    assert caught.value.known == ("name", "age")


def test_a_template_survives_pickling():
    again = pickle.loads(pickle.dumps(compile_template("{{ name }}")))  # noqa: S301 - our own bytes
    assert again.render(RECORD) == "Ada"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="{}%#a.b|()[]'1+-* \n", max_size=60))
def test_any_text_gives_a_text_or_an_expression_error(text):
    try:
        rendered = compile_template(text).render({"a": {"b": [1]}, "b": "x"})
    except ExpressionError as error:
        rendered = str(error)
    assert isinstance(rendered, str)


@pytest.mark.parametrize("text", ["{" * 60_000, "{{" * 30_000, "{%" * 30_000, "{% raw %}" * 6_000])
def test_a_template_that_is_never_closed_is_refused_in_time_that_grows_with_its_length(text):
    with pytest.raises(ExpressionError):
        compile_template(text)


@pytest.mark.parametrize(
    ("before", "after"), [("1 < (", ") < 3"), ("1 in [", "] not in [2] == 3"), ("(", " == a == b)")]
)
def test_comparisons_in_comparisons_compile_in_time_that_grows_with_their_length(before, after):
    template = compile_template("{{" + before * 30 + "2" + after * 30 + "}}")
    assert template.text
