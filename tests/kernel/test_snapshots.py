"""What the log keeps of payloads that JSON has no form for."""

import json
import math

import pytest

from flowrt.actors.snapshots import message_of, take_snapshot, text_of


class Broken:
    def __repr__(self):
        raise RuntimeError

    __str__ = __repr__


class BrokenError(Exception):
    __str__ = Broken.__repr__


def logged(payload):
    return json.loads(take_snapshot(payload).text)


def test_an_object_is_told_by_its_repr():
    assert logged({"a": object})["a"]["$type"] == "type"
    assert logged(Broken()) == {"$type": "Broken", "repr": "<Broken whose repr raised RuntimeError>"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"ok": 1, (1, 2): 3}, {"ok": 1, "(1, 2)": 3}),
        ({"name": "\ud800", "amount": 5}, {"name": "\\ud800", "amount": 5}),
        ({"rows": [{"\udc00": 1}, "fine"]}, {"rows": [{"\\udc00": 1}, "fine"]}),
        ({1.5: "a", "b": math.nan}, {"1.5": "a", "b": None}),
    ],
)
def test_only_the_part_that_has_no_form_is_lost(payload, expected):
    assert logged(payload) == expected


def test_a_number_with_too_many_digits_is_named():
    found = logged({"big": 10**5000, "b": 1})
    assert found["b"] == 1
    assert found["big"]["$type"] == "int"


def test_a_payload_that_holds_itself_ends():
    payload = {"name": "a"}
    payload["self"] = [payload, payload]
    text = take_snapshot(payload).text
    assert b"nested too deeply" in text
    assert logged(payload)["name"] == "a"


def test_a_large_payload_is_cut():
    snapshot = take_snapshot({"a": "x" * 1000}, max_bytes=100)
    assert (snapshot.is_cut, snapshot.size_bytes) == (True, 1008)
    assert json.loads(snapshot.text)["$cut"]["size_bytes"] == 1008


def test_an_error_with_a_broken_message_has_a_text():
    assert message_of(BrokenError()) == "<BrokenError whose message raised RuntimeError>"
    assert text_of(ValueError("x" * 10_000)).endswith("x ...")
