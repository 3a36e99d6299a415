"""Which known name is offered for a misspelt one."""

import pytest

from flowrt.definition.nearest import NearestNames


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("inptu", "input"),
        ("Input", "input"),
        ("data-validation", "data_validation"),
        ("transfrom", "transform"),
        ("outputs", "output"),
        ("", None),
        ("quantum_leap", None),
        ("x" * 1000, None),
    ],
)
def test_the_most_similar_name_is_offered(word, nearest):
    known = ("condition", "data_validation", "input", "output", "transform")
    assert NearestNames().find(word, known) == nearest


def test_a_hint_is_a_question_or_nothing():
    assert NearestNames().hint("inptu", ["input"]) == "; did you mean 'input'?"
    assert NearestNames().hint("zzz", ["input"]) == ""


def test_the_first_of_equals_is_offered():
    assert NearestNames().find("node-1", ["node-2", "node-3"]) == "node-2"
