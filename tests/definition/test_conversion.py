"""Every problem of a typed value, with its place."""

from typing import Annotated, Literal

import msgspec
import pytest

from flowrt.definition.conversion import convert
from flowrt.definition.findings import Findings
from flowrt.errors import DefinitionError


class Case(msgspec.Struct, forbid_unknown_fields=True):
    when: str
    handle: Annotated[str, msgspec.Meta(min_length=2)]


class Data(msgspec.Struct):
    cases: Annotated[tuple[Case, ...], msgspec.Meta(max_length=3)] = ()
    mode: Literal["fast", "slow"] | None = None
    nested: dict[str, list[int]] = {}
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    first: int = 0
    last: int = 9

    def __post_init__(self):
        if self.first > self.last:
            message = "`first` comes after `last`"
            raise ValueError(message)


def problems_in(value):
    findings = Findings()
    assert convert(value, Data, ("data",), findings) is None
    findings.document = {"data": value}
    with pytest.raises(DefinitionError) as caught:
        findings.refuse()
    return [tuple(problem) for problem in caught.value.problems]


def test_a_right_value_is_converted():
    data = convert({"cases": [{"when": "x", "handle": "yes"}], "label": "mine"}, Data, (), Findings())
    assert data == Data(cases=(Case(when="x", handle="yes"),))


def test_each_item_of_a_list_is_judged():
    cases = [{"when": 1, "handle": "yes"}, {"wen": "x", "handle": "y"}, 3]
    assert problems_in({"cases": cases}) == [
        ("/data/cases/0/when", "found a whole number, expected a text"),
        ("/data/cases/1", "`when` is missing"),
        ("/data/cases/1/wen", "unknown key 'wen'; did you mean 'when'?"),
        ("/data/cases/1/handle", "found 'y', expected a text of length >= 2"),
        ("/data/cases/2", "found a whole number, expected an object"),
    ]


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ([], "/data", "found a list, expected an object"),
        ({"mode": "fsat"}, "/data/mode", "found 'fsat', expected one of 'fast', 'slow'; did you mean 'fast'?"),
        ({"mode": 1}, "/data/mode", "found a whole number, expected a text or null"),
        ({"nested": {"a": [1, "2"]}}, "/data/nested", "found a text, expected a whole number"),
        ({"share": 1.5}, "/data/share", "found 1.5, expected a number <= 1.0"),
        ({"first": 10}, "/data", "`first` comes after `last`"),
        ({"cases": [{"when": "x", "handle": "yes"}] * 4}, "/data/cases", "expected a list of length <= 3"),
    ],
)
def test_a_wrong_value_is_reported_at_its_place(value, pointer, message):
    assert problems_in(value) == [(pointer, message)]
