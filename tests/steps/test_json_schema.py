"""JSON Schemas of `data_validation`: refused at load, bounded in work, and what their keywords mean."""

import pytest
from steps.binding import RECORD, bind, problems_of, run

from flowrt.steps.data_validation import DataValidationError
from flowrt.steps.json_schema import SchemaReferenceError, SchemaWorkError


def test_a_wrong_schema_is_refused_at_load():
    (problem,) = problems_of("data_validation", validation_schema={"properties": {"a": {"type": "strin"}}})
    assert problem.pointer == "/validation_schema/properties/a/type"


@pytest.mark.parametrize("reference", ["#/$defs/nothing", "http://example.com/schema.json", "other.json", "#anchor"])
def test_a_schema_refers_only_to_itself(reference):
    (problem,) = problems_of("data_validation", validation_schema={"items": {"$ref": reference}})
    assert problem.pointer == "/validation_schema/items/$ref"
    assert "nothing is fetched" in problem.message


@pytest.mark.parametrize("place", ["properties", "patternProperties", "$defs", "definitions", "dependencies"])
def test_references_below_what_is_only_called_like_a_keyword_of_data_are_checked(place):
    names = ("default", "const", "enum", "examples")
    lost = {name: {"not": {"$ref": "#/nowhere"}} for name in names}
    problems = problems_of("data_validation", validation_schema={"items": {place: lost}})
    assert {problem.pointer.split("/")[4] for problem in problems} == set(names)
    run("data_validation", validation_schema=dict.fromkeys(("default", "const"), lost) | {"const": RECORD})


def test_a_schema_whose_references_double_the_work_is_stopped():
    levels = {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(40)} | {"l40": {"type": "object"}}
    for schema in (
        {"$ref": "#/$defs/l0"},
        {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/$defs/l0"},
    ):
        step = bind("data_validation", validation_schema=schema | {"$defs": levels})
        with pytest.raises(SchemaWorkError, match="more than 200000 checks"):
            step.call(RECORD)


def test_a_schema_that_refers_to_itself_without_end_is_stopped():
    with pytest.raises(SchemaWorkError):
        run("data_validation", validation_schema={"allOf": [{"$ref": "#"}]})


def test_large_lists_that_are_compared_each_with_each_are_stopped():
    step = bind("data_validation", validation_schema={"properties": {"rows": {"uniqueItems": True}}})
    assert step.call({"rows": [{"n": n} for n in range(500)]})["validation_result"] == "success"
    with pytest.raises(SchemaWorkError):
        step.call({"rows": [{"n": n} for n in range(10_000)]})


FOR_EVER = "^(a|aa)+$"
"""Takes Python's `re` longer than a life."""


def fits(schema, value):
    step = bind("data_validation", validation_schema={"properties": {"x": schema}})
    try:
        step.call({"x": value})
    except DataValidationError:
        return False
    return True


def test_patterns_are_matched_in_linear_time():
    long, by_name = "a" * 100 + "c", {FOR_EVER: {"type": "string"}}
    assert [fits({"pattern": FOR_EVER}, text) for text in ("aaa", long)] == [True, False]
    assert [fits({"patternProperties": by_name}, {key: 1}) for key in ("aaa", long)] == [False, True]
    closed = {"patternProperties": by_name, "additionalProperties": False}
    assert [fits(closed, {key: "x"}) for key in ("aaa", long)] == [True, False]


def test_large_patterns_on_large_texts_are_stopped():
    step = bind("data_validation", validation_schema={"properties": {"x": {"pattern": "(a?){900}b"}}})
    step.call({"x": "ab"})
    with pytest.raises(SchemaWorkError):
        step.call({"x": "a" * 1_000_000})


def test_patterns_mean_what_they_did():
    schema = {"patternProperties": {"^n_": {"type": "integer"}}, "properties": {"x": {"pattern": "b"}}}
    step = bind("data_validation", validation_schema=schema | {"additionalProperties": False})
    step.call({"n_1": 1, "x": "abc"})
    with pytest.raises(DataValidationError) as caught:
        step.call({"n_1": "no", "x": "acc", "other": 1})
    assert caught.value.failures == (
        "Field [n_1]: 'no' is not of type 'integer'",
        "Field [root]: Additional properties are not allowed ('other' was unexpected)",
        "Field [x]: 'acc' does not match 'b'",
    )


@pytest.mark.parametrize("schema", [{"pattern": "(?=a)b"}, {"patternProperties": {"(?=a)b": {}}}])
def test_a_pattern_that_can_not_be_matched_in_linear_time_is_a_problem(schema):
    (problem,) = problems_of("data_validation", validation_schema={"properties": {"x": schema}})
    assert problem.pointer.endswith("(?=a)b" if "patternProperties" in schema else "/pattern")
    assert "(?=a)b" in problem.message


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("pattern", "text"),
    [("^\\p{Lu}+$", "É"), ("\\pL", "é"), ("a\\z", "a"), ("^(?<a>x)$", "x"), ("[[:alpha:]]", "q"), ("[a&&b]", "&")],
)
def test_re2_alone_says_what_a_pattern_is(pattern, text):
    assert [fits({"pattern": pattern}, value) for value in (text, "1")] == [True, False]
    assert not fits({"patternProperties": {pattern: False}}, {text: 1})


@pytest.mark.parametrize(
    ("value", "step"),
    [(0.07, 0.01), (0.29, 0.01), (1.15, 0.01), (19.99, 0.01), (1e308, 1e-300), (7, 0.5), (10**400, 0.01), (0, 0.3)],
)
def test_a_multiple_is_one_in_decimal_numbers(value, step):
    assert fits({"multipleOf": step}, value)


@pytest.mark.parametrize(("value", "step"), [(0.075, 0.01), (5e-324, 1e300), (7, 2), (0.1, 3), (float("inf"), 0.5)])
def test_what_is_no_multiple_does_not_fit(value, step):
    assert not fits({"multipleOf": step}, value)
    assert fits({"multipleOf": step}, "a text")


def test_the_oldest_draft_knows_no_multiples():
    run("data_validation", validation_schema={"$schema": "http://json-schema.org/draft-03/schema#", "multipleOf": "x"})


NEW = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        (NEW | {"$dynamicRef": "#x"}, "/$dynamicRef"),
        ({"$ref": "#"}, "/$ref"),
        (NEW | {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, "/$ref"),
    ],
)
def test_a_reference_that_leads_nowhere_or_back_to_itself_is_refused_at_load(schema, place):
    problems = problems_of("data_validation", validation_schema=schema)
    assert f"/validation_schema{place}" in {problem.pointer for problem in problems}


def test_references_that_go_on_or_that_a_draft_does_not_know_are_sound():
    tree = {"properties": {"x": {"$ref": "#"}}, "$dynamicRef": "#x"}
    run("data_validation", {"x": {"x": {}}}, validation_schema=tree)
    chain = {f"l{n}": {"$ref": f"#/$defs/l{n + 1}"} for n in range(20)} | {"l20": {"type": "object"}}
    run("data_validation", validation_schema=NEW | {"$ref": "#/$defs/l0", "$defs": chain})
    run("data_validation", validation_schema=NEW | {"$dynamicRef": "#x", "$defs": {"a": {"$dynamicAnchor": "x"}}})


def test_a_reference_from_a_part_with_an_address_fails_by_name_when_it_is_followed():
    part = {"$id": "http://example.com/part", "$ref": "#/lost"}
    with pytest.raises(SchemaReferenceError, match="/lost"):
        run("data_validation", validation_schema=NEW | {"properties": {"name": part}})


def test_a_pattern_takes_any_text():
    step = bind("data_validation", validation_schema={"properties": {"x": {"pattern": "^.é$"}}})
    step.call({"x": "\ud800é"})


def test_what_would_match_patterns_without_a_bound_is_refused():
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "patternProperties": {"a": {}}}
    (problem,) = problems_of("data_validation", validation_schema=schema | {"unevaluatedProperties": False})
    assert (problem.pointer, "additionalProperties" in problem.message) == (
        "/validation_schema/unevaluatedProperties",
        True,
    )


def test_only_a_whole_schema_names_its_draft():
    (problem,) = problems_of("data_validation", validation_schema={"items": {"$schema": "http://json-schema.org/x#"}})
    assert problem.pointer == "/validation_schema/items/$schema"


def test_a_schema_says_which_draft_it_follows():
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{"type": "string"}]}
    listed = {"properties": {"list": schema}, "$schema": schema.pop("$schema")}
    with pytest.raises(DataValidationError, match=r"list.0"):
        run("data_validation", {"list": [1]}, validation_schema=listed)
