"""What each built-in step type produces."""

import copy
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps.binding import RECORD, bind, problems_of, run

from flowrt.errors import ExpressionError
from flowrt.steps.data_validation import DataValidationError
from flowrt.steps.operations import OPERATIONS
from flowrt.typing import Choice, Delay


@pytest.mark.parametrize("name", ["start", "trigger", "end"])
def test_start_trigger_and_end_produce_nothing(name):
    assert run(name, label="Any", position={"x": 1}) == {}


def test_input_produces_the_record_under_its_field():
    assert run("input", label="Input") == {"input": RECORD}
    produced = run("input", field="user_input")
    assert produced == {"user_input": RECORD}
    assert produced["user_input"] is not RECORD


@pytest.mark.parametrize(
    ("data", "produced"),
    [
        ({}, {}),
        ({"operation": "passthrough"}, {}),
        ({"operation": "uppercase"}, {"name": " ADA LOVELACE ", "json": '{"A": [1]}'}),
        ({"operation": "uppercase", "fields": ["name", "score", "x"]}, {"name": " ADA LOVELACE "}),
        ({"operation": "lowercase", "fields": ["json"]}, {"json": '{"a": [1]}'}),
        ({"operation": "trim", "fields": ["name"]}, {"name": "ada lovelace"}),
        ({"operation": "title", "fields": ["name"]}, {"name": " Ada Lovelace "}),
        ({"operation": "capitalize", "fields": ["json"]}, {"json": '{"a": [1]}'}),
        ({"operation": "parse_json", "fields": ["json", "score"]}, {"json": {"a": [1]}, "score": 7}),
        ({"operation": "to_json", "fields": ["lead"]}, {"lead": '{"email":null}'}),
        ({"operation": "pick", "fields": ["score", "x"]}, {"score": 7}),
        ({"operation": "omit", "fields": ["name", "lead", "note", "tags"]}, {"score": 7, "json": '{"a": [1]}'}),
    ],
)
def test_process_produces_what_its_operation_changed(data, produced):
    assert run("process", **data) == produced


def test_process_renames_drops_and_reads_numbers():
    record = {"a": "1", "b": "2.5", "c": None, "d": "", "e": {}}
    assert run("process", record, operation="rename", names={"a": "x"}) == {"x": "1"} | {k: record[k] for k in "bcde"}
    assert run("process", record, operation="drop_nulls") == {k: record[k] for k in "abde"}
    assert run("process", record, operation="drop_empty") == {"a": "1", "b": "2.5"}
    assert run("process", record, operation="drop_empty", fields=["d"]) == {k: record[k] for k in "abce"}
    assert run("process", record, operation="to_number", fields=["a", "b"]) == {"a": 1, "b": 2.5}


def test_whole_numbers_of_any_size_are_written():
    record = {"n": {"big": 2**70}}
    assert run("process", record, operation="to_json", fields=["n"]) == {"n": '{"big":1180591620717411303424}'}
    assert run("output", record, format="text") == {"result": 'n: {"big":1180591620717411303424}'}


@pytest.mark.parametrize("operation", ["to_number", "parse_json"])
def test_process_names_the_key_that_it_can_not_read(operation):
    with pytest.raises(ValueError, match="the key 'name'"):
        run("process", operation=operation, fields=["name"])


def test_an_unknown_operation_is_refused_at_load_with_the_nearest():
    (problem,) = problems_of("process", operation="upercase")
    assert problem.pointer == "/operation"
    assert "'uppercase'" in problem.message


def test_an_operation_that_lacks_what_it_needs_is_refused_at_load():
    (problem,) = problems_of("process", operation="pick")
    assert "needs `fields`" in problem.message


def test_transform_evaluates_all_mappings_over_the_record_as_it_came():
    produced = run("transform", mappings={"score": "score + 1", "next": "score + 2", "fixed": 3, "a": ["b"]})
    assert produced == {"score": 8, "next": 9, "fixed": 3, "a": ["b"]}


def test_transform_never_hands_out_the_record_or_its_constants():
    step = bind("transform", mappings={"all": "record", "list": [1]})
    first, second = step.call(RECORD), step.call(RECORD)
    assert first["all"] == RECORD
    assert first["all"] is not RECORD
    assert first["list"] is not second["list"]


def test_every_bad_mapping_is_reported_at_load():
    problems = problems_of("transform", mappings={"a/b": "1 +", "ok": "1", "c": "lambda: 1"})
    assert [problem.pointer for problem in problems] == ["/mappings/a~1b", "/mappings/c"]


def test_transform_fails_on_a_missing_name():
    with pytest.raises(ExpressionError, match="there is no 'scor'"):
        run("transform", mappings={"x": "scor"})


def test_output_produces_the_record_as_json_by_default():
    produced = run("output", label="Output")
    assert produced == {"result": RECORD}
    assert produced["result"] is not RECORD


def test_output_makes_a_text():
    assert run("output", {"a": 1, "b": [True]}, format="text") == {"result": "a: 1\nb: [true]"}
    template = "{name}: {{ score * 2 }}"
    assert run("output", {"name": "Ada", "score": 4}, format="text", template=template) == {"result": "Ada: 8"}


def test_output_makes_a_table():
    rows = [{"id": 1, "name": 'say "hi", Ada'}, {"id": 2, "tags": ["x"], "ok": True}]
    table = 'id,name,tags,ok\n1,"say ""hi"", Ada",,\n2,,"[""x""]",true\n'
    assert run("output", {"rows": rows}, format="csv") == {"result": table}
    assert run("output", {"people": rows}, format="csv", field="people") == {"result": table}
    assert run("output", {"id": 1, "n": None}, format="csv") == {"result": "id,n\n1,\n"}
    assert run("output", {"rows": rows}, format="csv", columns=["id"]) == {"result": "id\n1\n2\n"}


@pytest.mark.parametrize("record", [{"rows": 3}, {"rows": [1]}])
def test_a_table_of_what_is_no_list_of_objects_fails(record):
    with pytest.raises(ValueError, match="no list of objects"):
        run("output", record, format="csv")


def test_an_unknown_format_and_a_bad_template_are_refused_at_load():
    assert "'csv'" in problems_of("output", format="cvs")[0].message
    assert problems_of("output", format="text", template="{{ x")[0].pointer == "/template"


SCHEMA = {
    "type": "object",
    "required": ["email"],
    "properties": {"age": {"type": "integer"}, "email": {"type": "string"}, "kids": {"items": {"$ref": "#/$defs/kid"}}},
    "$defs": {"kid": {"type": "object", "required": ["age"]}},
}


def test_data_validation_produces_the_record_that_fits():
    record = {"email": "a@b.c", "age": 3, "kids": [{"age": 1}]}
    produced = run("data_validation", record, validation_schema=SCHEMA, required_fields=["email", "kids"])
    assert produced == {"validation_result": "success", "validated_data": record}
    assert produced["validated_data"] is not record


def test_data_validation_lists_all_failures_sorted_by_path():
    record = {"kids": [{"age": 1}, {}], "age": "x", "lead": {}}
    with pytest.raises(DataValidationError) as caught:
        run("data_validation", record, validation_schema=SCHEMA, required_fields=["lead.name", "score"])
    assert str(caught.value) == (
        "Data validation failed: Field [age]: 'x' is not of type 'integer'; Field [kids.1]: 'age' is a required "
        "property; Field [lead.name]: is required; Field [root]: 'email' is a required property; "
        "Field [score]: is required"
    )


def test_required_fields_must_not_be_null():
    with pytest.raises(DataValidationError, match=r"Field \[lead.email\]: is required; Field \[note\]: is required"):
        run("data_validation", required_fields=["note", "lead.email", "score"])


def test_data_validation_of_nothing_is_refused_at_load():
    assert "checks nothing" in problems_of("data_validation", label="x")[0].message


@pytest.mark.parametrize("name", ["condition", "decision"])
def test_the_first_case_that_holds_is_taken(name):
    cases = [{"when": "score > 8", "handle": "high"}, {"when": "score > 5", "handle": "middle"}]
    step = bind(name, cases=cases, default="low")
    assert step.handles == {"high", "middle", "low"}
    assert [step.call({"score": score}) for score in (9, 6, 1)] == [
        Choice({}, ("high",)),
        Choice({}, ("middle",)),
        Choice({}, ("low",)),
    ]


def test_without_a_default_no_branch_is_taken():
    assert run("condition", cases=[{"when": "false", "handle": "x"}]) == Choice({}, ())


@pytest.mark.parametrize("key", ["condition", "expression"])
def test_the_short_form_takes_the_handle_true_or_false(key):
    step = bind("condition", **{key: "score >= 7 && name"})
    assert step.handles == {"true", "false"}
    assert step.call(RECORD) == Choice({}, ("true",))
    assert step.call({"score": 1, "name": "x"}) == Choice({}, ("false",))


def test_a_condition_without_any_expression_takes_every_edge():
    step = bind("decision", properties={"conditions": [{"expression": "x"}]}, label="From an editor")
    assert step.handles is None
    assert step.call(RECORD) == {}


def test_bad_and_mixed_conditions_are_refused_at_load():
    bad = problems_of("condition", cases=[{"when": "1", "handle": "a"}, {"when": "1 +", "handle": "b"}])
    assert [problem.pointer for problem in bad] == ["/cases/1/when"]
    assert problems_of("condition", condition="1", expression="2")[0].pointer == "/expression"
    assert problems_of("condition", condition="1", default="x")[0].pointer == "/default"


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        ({}, 0),
        ({"delay_seconds": 2.5}, 2.5),
        ({"duration": 1500}, 1.5),
        ({"duration": 2, "unit": "seconds"}, 2),
        ({"duration": 2, "unit": "minutes"}, 120),
        ({"duration": 0}, 0),
    ],
)
def test_delay_says_when_the_node_ends_and_never_sleeps(data, seconds):
    assert run("delay", **data) == Delay({}, seconds)


def test_two_delays_and_endless_ones_are_refused_at_load():
    assert problems_of("delay", duration=1, delay_seconds=1)[0].pointer == "/duration"
    assert problems_of("delay", delay_seconds=1e9)[0].pointer == "/delay_seconds"
    with pytest.raises(msgspec.ValidationError):
        bind("delay", delay_seconds=-1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
EVERY_STEP = [
    bind("input"),
    bind("output"),
    bind("output", format="text"),
    bind("output", format="csv", field="table"),
    bind("transform", mappings={"all": "record", "keys": "keys(record)"}),
    bind("data_validation", validation_schema={}),
    *(bind("process", operation=name, fields=["a"], names={"a": "b"}) for name in OPERATIONS),
]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "rows"]), VALUES))
def test_no_step_changes_or_returns_its_record_or_makes_one_that_contains_itself(values):
    record = values | {"table": [values]}
    before = copy.deepcopy(record)
    for step in EVERY_STEP:
        try:
            produced = step.call(record)
        except ValueError:
            continue
        assert record == before
        assert produced is not record
        assert all(value is not record for value in produced.values())
        json.dumps({**record, **produced})
