"""Documents that are made to cost much, or to slip something through, are refused quickly."""

import json
import time

import pytest
from definition.workflows import chain, edge, load, message_of, node, pointers_of, problems_of, workflow

from flowrt.definition import limits
from flowrt.definition.nearest import NearestNames


def with_data(text):
    """Return a sound definition's text with this JSON in the data of its node."""
    return '{"nodes": [{"id": "a", "type": "pass", "data": {"x": ' + text + "}}]}"


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, nested(100_000), with_data(nested(900))])
def test_deep_nesting_is_refused(text):
    assert "nests" in message_of(text)


def test_nesting_up_to_the_limit_is_sound():
    levels = limits.MAX_NESTING - 4  # the document, its nodes, the node, its data
    assert load(with_data(nested(levels)))
    assert message_of(with_data(nested(levels + 1))) == "the document nests deeper than 100 levels"


def test_a_python_object_that_holds_itself_is_refused():
    data = {}
    data["a"] = data["b"] = [data, data]
    assert "nests deeper" in message_of(workflow(node("a", data=data)))


def test_a_python_object_that_multiplies_itself_is_refused(monkeypatch):
    monkeypatch.setattr("flowrt.definition.json_check.MAX_CONTAINERS", 10_000)
    data = {"x": 1}
    for _ in range(60):
        data = {"a": data, "b": data}
    assert "more than 10000 objects and lists" in message_of(workflow(node("a", data=data)))


@pytest.mark.parametrize(
    ("limit", "source", "reason"),
    [
        ("reading.MAX_BYTES", json.dumps(chain(100)), "longer than"),
        ("reading.MAX_BYTES", json.dumps(chain(100)).encode(), "longer than"),
        ("reading.MAX_CONTAINERS", json.dumps(chain(100)), "objects and lists"),
        ("reading.MAX_VALUES", json.dumps(chain(100)), "values"),
        ("parsing.MAX_NODES", chain(100), "100 nodes, at most 50"),
        ("parsing.MAX_EDGES", workflow(node("a"), edges=[{}] * 99), "99 edges, at most 50"),
        ("parameter_reading.MAX_PARAMETERS", chain(1) | {"parameters": [{}] * 99}, "99 parameters, at most 50"),
    ],
)
def test_what_is_larger_than_a_limit_is_refused(monkeypatch, limit, source, reason):
    monkeypatch.setattr(f"flowrt.definition.{limit}", 50)
    assert any(reason in message for _, message in problems_of(source))


def test_conditions_that_take_long_to_compile_together_are_refused(monkeypatch):
    monkeypatch.setattr("flowrt.definition.edge_reading.MAX_CONDITIONS_LENGTH", 50)
    conditions = [f"score > {index}" for index in range(20)]
    source = workflow(node("a"), node("b"), edges=[edge("a", "b", condition=text) for text in conditions])
    assert message_of(source) == "the conditions have more than 50 characters together"
    source["edges"] = [edge("a", "b", condition="score > 1")] * 20
    assert len(load(source).definition.edges) == 20


def test_a_large_file_is_not_read_to_its_end(monkeypatch, tmp_path):
    file = tmp_path / "large.json"
    file.write_bytes(b" " * 1000)
    monkeypatch.setattr("flowrt.definition.reading.MAX_BYTES", 50)
    assert "longer than" in message_of(file)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite_are_refused(text):
    assert problems_of(with_data(text))[0][0] == "/nodes/0/data/x"
    assert "not finite" in message_of(with_data(f"[1, {text}]"))


@pytest.mark.parametrize("text", [str(2**64), str(-(2**63) - 1), "9" * 4000])
def test_whole_numbers_of_more_than_64_bits_are_refused(text):
    assert problems_of(with_data(text))[0] == (
        "/nodes/0/data/x",
        "the whole number does not fit 64 bits: write a smaller one, or, in `data`, a text",
    )


@pytest.mark.parametrize("value", [10**30, float("nan")])
def test_what_is_no_number_of_json_is_one_problem_wherever_it_stands(value):
    policy = {"retry": {"max_attempts": value}}
    assert pointers_of({"version": value} | workflow(node("a", policy=policy))) == [
        "/version",
        "/nodes/0/policy/retry/max_attempts",
    ]


def test_a_whole_number_of_thousands_of_digits_is_refused():
    assert "thousands of digits" in message_of(with_data("9" * 100_000))
    assert "64 bits" in message_of(workflow(node("a", data={"x": 10**5000})))


def test_the_largest_whole_numbers_are_sound():
    assert load(with_data(f"[{2**64 - 1}, {-(2**63)}]"))


def test_a_key_that_stands_twice_is_refused():
    text = '{"nodes": [{"id": "a", "type": "pass", "type": "evil", "data": {"x": 1, "y": 2, "x": 1}}]}'
    found = problems_of(text)
    assert ("/nodes/0/type", "unknown node type 'evil': there are 'branch', 'call', 'pass', 'shout'") in found
    twice = "the key stands more than once in this object, and only one value is kept: remove one"
    assert [place for place, message in found if message == twice] == ["/nodes/0/type", "/nodes/0/data/x"]


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udfff": 1}', '["ok", "a\\ud83d b"]'])
def test_half_a_character_is_refused(text):
    assert "surrogate" in message_of(with_data(text))


def test_whole_characters_beyond_the_first_plane_are_sound():
    assert load(with_data('"\\ud83d\\ude00"')).definition.nodes[0].data == {"x": "\N{GRINNING FACE}"}


@pytest.mark.parametrize("node_id", ["\ud800", "a\x1b[2J", "a\x7f", "\x00"])
def test_an_id_that_would_harm_a_terminal_or_a_database_is_refused(node_id):
    assert "/nodes/0/id" in pointers_of(json.dumps(workflow(node(node_id))))


def test_ids_in_any_script_are_sound():
    ids = ["größe", "評価", "étape 1", "a\N{ZERO WIDTH JOINER}b", "\N{GRINNING FACE}"]
    assert [n.id for n in load(workflow(*map(node, ids))).definition.nodes] == ids


@pytest.mark.parametrize(
    ("value", "pointer"),
    [({1: "a"}, "/nodes/0/data/x/1"), ({"k": {1, 2}}, "/nodes/0/data/x/k"), (b"x", "/nodes/0/data/x")],
)
def test_python_values_that_json_does_not_have_are_refused(value, pointer):
    assert pointers_of(workflow(node("a", data={"x": value}))) == [pointer]


def test_a_hundred_problems_are_listed_and_others_counted_up_to_a_thousand():
    found = problems_of({"nodes": [1] * 25_000})
    assert len(found) == limits.MAX_PROBLEMS
    assert found[98][0] == "/nodes/98"
    assert found[99] == ("", "there are at least 901 more: repair these first")


def test_warnings_are_capped_too():
    warnings = load(workflow(*[node(f"n{index}", config=1) for index in range(150)])).warnings
    assert len(warnings) == limits.MAX_PROBLEMS
    assert warnings[-1].message == "there are 51 more: repair these first"


def test_keys_of_many_names_are_kept_and_only_the_first_are_judged(monkeypatch):
    monkeypatch.setattr("flowrt.definition.keys._MOST_REMEMBERED", 5)
    loaded = load(workflow(node("a", **{f"typ{index}": 1 for index in range(50)})))
    assert len(loaded.definition.nodes[0].extra) == 50
    assert len(loaded.warnings) == 6


def test_long_texts_are_cut_in_messages():
    [(_, message)] = problems_of(workflow(node("a"), edges=[edge("a", "b" * 200)]))
    assert len(message) < 150


def test_many_misspelt_names_among_many_nodes_stay_cheap():
    names = [f"node-{index:06}" for index in range(20_000)]
    source = workflow(*map(node, names), edges=[edge("nodes-1", "nodes-2")] * 20_000)
    began = time.process_time()
    assert len(problems_of(source)) == limits.MAX_PROBLEMS
    assert time.process_time() - began < 10


def test_words_that_are_slow_to_compare_stay_cheap():
    nearest = NearestNames()
    known = ["a" * 60 + "b" * (index % 4) for index in range(1_000)]
    began = time.process_time()
    for _ in range(1_000):
        nearest.find("ab" * 31, known)
    assert time.process_time() - began < 10


def test_a_chain_of_many_nodes_loads_in_time_that_grows_with_it():
    assert len(load(json.dumps(chain(20_000))).steps) == 20_000
