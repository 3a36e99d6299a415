"""What an execution of a workflow may be given."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, Protocol, TypedDict

import msgspec
import pytest
from authoring.lead_steps import NOBODY, Lead, Profile, Verdict, triage
from hypothesis import given
from hypothesis import strategies as st

from flowrt.definition import step, workflow
from flowrt.definition.inputs import InputParameter, input_converter
from flowrt.definition.type_conversion import converter_for, entry_type, item_type
from flowrt.errors import InputError


class Plain:
    pass


class Other(Plain):
    pass


class Named(Protocol):
    name: str


class Row(TypedDict):
    id: int


@dataclass
class Box:
    content: list[Lead]


def convert(value, *parameters, **options):
    return input_converter("orders", parameters, **options)(value)


def reason(value, *parameters, **options):
    with pytest.raises(InputError) as caught:
        convert(value, *parameters, **options)
    assert caught.value.workflow == "orders"
    return caught.value.reason


def one(kind, **options):
    return InputParameter(name="lead", type=kind, **options)


# --- names and defaults ---------------------------------------------------------------------------------------------


def test_an_input_is_converted_and_defaults_are_filled_in():
    converted = triage.convert_input({"lead": {"name": "Ada"}})
    assert converted == {"lead": Lead("Ada"), "weight": 2.0, "fallback": NOBODY}


def test_the_given_dict_stays_as_it_was():
    given = {"lead": {"name": "Ada"}}
    assert convert(given, one(Lead)) is not given
    assert given == {"lead": {"name": "Ada"}}


def test_a_missing_parameter_is_named_with_what_was_given_instead():
    assert reason({}, one(Lead)) == "the parameter 'lead' is missing; expected: lead"
    assert reason({"laed": 1}, one(Lead)) == "the parameter 'lead' is missing; did you mean it by 'laed'?"


def test_an_unknown_parameter_is_refused_with_the_nearest_known_one():
    weight = InputParameter(name="weight", default=1)
    assert reason({"wieght": 1}, weight) == "there is no parameter 'wieght'; did you mean 'weight'?"
    assert reason({"x": 1}, weight) == "there is no parameter 'x'; expected: weight"
    assert reason({"x": 1}) == "there is no parameter 'x'; expected: no parameters"
    assert reason({3: 1}, weight) == "there is no parameter 3; expected: weight"


def test_other_keys_may_be_allowed():
    assert convert({"a": 1, "lead": "2"}, one(str), allow_others=True) == {"a": 1, "lead": "2"}
    assert reason({3: 1}, allow_others=True) == "its keys must be strings"


def test_a_parameter_may_be_neither_required_nor_have_a_default():
    optional = one(int, required=False)
    assert convert({}, optional) == {}
    assert convert({"lead": 1}, optional) == {"lead": 1}
    assert "there is no parameter 'x'" in reason({"x": 1}, optional)


def test_a_default_is_converted_where_it_fits():
    assert convert({}, one(Lead, default={"name": "Ada"})) == {"lead": Lead("Ada")}
    assert convert({}, one(int, default=None)) == {"lead": None}


@pytest.mark.parametrize("value", [[1], "lead", 3, [("lead", 1)]])
def test_an_input_is_a_mapping(value):
    assert "expected an object (a mapping)" in reason(value, one(Any))


def test_nothing_runs_on_a_bad_input_of_a_workflow():
    with pytest.raises(InputError, match=r"bad input for workflow 'triage': the parameter 'lead' does not fit"):
        triage.convert_input({"lead": {"name": 3}})


# --- types ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Lead, {"name": "Ada"}, Lead("Ada")),
        (Verdict, {"good": True}, Verdict(good=True)),
        (Box, {"content": [{"name": "Ada"}, Lead("Bob")]}, Box([Lead("Ada"), Lead("Bob")])),
        (float, 1, 1.0),
        (dt.date, "2026-01-31", dt.date(2026, 1, 31)),
        (Decimal, "1.5", Decimal("1.5")),
        (tuple[int, ...], [1, 2], (1, 2)),
        (set[int], [1, 1], {1}),
        (Lead | None, None, None),
        (Row, {"id": 1}, {"id": 1}),
        (NewType("UserId", int), 3, 3),
        (Literal["a", "b"], "a", "a"),
        (list[Lead], [{"name": "Ada"}], [Lead("Ada")]),
    ],
)
def test_json_values_become_what_the_annotation_says(kind, value, expected):
    converted = convert({"lead": value}, one(kind))["lead"]
    assert (converted, type(converted)) == (expected, type(expected))


@pytest.mark.parametrize("kind", [Plain, Plain | None, Plain | int, Plain | Profile, Any, object, Named, "Plain"])
def test_instances_pass_as_they_are(kind):
    value = Other()
    assert convert({"lead": value}, one(kind))["lead"] is value


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, "3", "the parameter 'lead' does not fit: Expected `int`, got `str`"),
        (int, True, "Expected `int`, got `bool`"),
        (str, 3, "Expected `str`, got `int`"),
        (bool, 1, "Expected `bool`, got `int`"),
        (Lead, {"name": "Ada", "email": 3}, "Expected `str`, got `int` - at `lead.email`"),
        (list[Lead], [{"name": "Ada"}, {}], "Object missing required field `name` - at `lead[1]`"),
        (Box, {"content": [{"name": None}]}, "Expected `str`, got `null` - at `lead.content[0].name`"),
        (Plain, {}, "Expected an instance of `Plain`, got `dict`"),
        (list[Plain], [Plain(), 3], "Expected an instance of `Plain`, got `int` - at `lead[1]`"),
        (Plain | int, "x", "Expected an instance of `Plain | int`, got `str`"),
        (Lead, Profile("x"), "Expected `object`, got `Profile`"),
        (Annotated[int, msgspec.Meta(ge=1)], 0, "Expected `int` >= 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(kind, value, expected):
    assert expected in reason({"lead": value}, one(kind))


class Picky(msgspec.Struct):
    size: int

    def __post_init__(self):
        if self.size < 0:
            raise LookupError("no such size")
        if self.size == 0:
            raise ValueError("empty")


def test_what_a_constructor_raises_is_a_bad_input():
    assert reason({"lead": {"size": 0}}, one(Picky)) == "the parameter 'lead' does not fit: empty"
    assert reason({"lead": {"size": -1}}, one(Picky)).endswith("does not fit: LookupError: no such size")


def test_an_unannotated_parameter_takes_anything():
    same = step(lambda x: x, name="same")
    loose = workflow(lambda lead: same(x=lead), name="loose")
    assert loose.convert_input({"lead": [1]}) == {"lead": [1]}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_a_value_is_taken_by_no_other_plain_type_than_its_own(value):
    for kind in (str, int, bool, list, type(None)):
        if type(value) is kind:
            assert converter_for(kind)(value) is value
        elif not (kind is int and isinstance(value, float) and value.is_integer()):
            with pytest.raises(msgspec.ValidationError):
                converter_for(kind)(value)


def test_the_types_of_parts_are_read_from_generics():
    assert [item_type(kind) for kind in (list[int], tuple[int, ...], set[int], Annotated[list[int], "x"])] == [int] * 4
    assert [item_type(kind) for kind in (list, tuple[int, str], dict[str, int], int, Any)] == [Any] * 5
    assert [entry_type(kind) for kind in (dict[str, int], dict, list[int])] == [int, Any, Any]
