"""Writing a definition back as JSON."""

import json
import sys

import pytest
from definition.workflows import PASS_ALL, chain, edge, load, node, workflow
from hypothesis import given
from hypothesis import strategies as st

from flowrt.definition import Definition, Edge, Node, canonical_json, export_definition, load_definition
from flowrt.errors import DefinitionError

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(
    lambda name: name.strip()
)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)
RETRIES = st.fixed_dictionaries({}, optional={"max_attempts": st.integers(1, 9), "jitter": st.floats(0, 1)})
ON_ERRORS = st.sampled_from(["fail", "skip", "continue"]) | st.fixed_dictionaries({"default": OBJECTS})
POLICIES = st.fixed_dictionaries({}, optional={"retry": RETRIES, "on_error": ON_ERRORS})
OPTIONAL_NODE_KEYS = {
    "data": st.dictionaries(TEXTS, VALUES, max_size=3),
    "policy": POLICIES,
    "join": st.sampled_from(["all", "any", "all_settled", {"join": "any", "losers": "run"}]),
    "emit": st.sampled_from(["merge", "replace"]),
    "position": VALUES,
    "_note": VALUES,
}
OPTIONAL_EDGE_KEYS = {
    "id": NAMES,
    "sourceHandle": NAMES,
    "condition": st.sampled_from(["score > 7", "x"]),
    "on": st.sampled_from(["success", "failure", "always"]),
    "label": VALUES,
}


@st.composite
def workflows(draw):
    ids = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    nodes = [node(name, draw(NAMES)) | draw(st.fixed_dictionaries({}, optional=OPTIONAL_NODE_KEYS)) for name in ids]
    pairs = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5))
    ends = [edge(ids[a], ids[b]) for a, b in pairs if a < b < len(ids)]
    edges = [pair | draw(st.fixed_dictionaries({}, optional=OPTIONAL_EDGE_KEYS)) for pair in ends]
    optional = {
        "name": NAMES,
        "version": st.integers(0, 99) | st.just("1.0"),
        "parameters": st.lists(
            st.fixed_dictionaries({"name": NAMES}, optional={"default": VALUES, "_x": VALUES}), max_size=1
        ),
        "result": st.sampled_from(ids),
        "policy": st.fixed_dictionaries(
            {}, optional={"deadline_seconds": st.floats(1, 9), "max_retries": st.integers(1, 99)}
        ),
        "viewport": VALUES,
    }
    return workflow(*nodes, edges=edges) | draw(st.fixed_dictionaries({}, optional=optional))


@given(workflows())
def test_what_was_exported_loads_as_it_was(source):
    definition = load(source, PASS_ALL).definition
    assert load(export_definition(definition), PASS_ALL).definition == definition
    assert load(canonical_json(definition), PASS_ALL).definition == definition


@given(workflows(), st.randoms(use_true_random=False))
def test_the_canonical_form_does_not_depend_on_the_order_of_keys(source, random):
    items = list(source.items())
    random.shuffle(items)
    assert canonical_json(load(dict(items), PASS_ALL).definition) == canonical_json(load(source, PASS_ALL).definition)


def test_a_definition_is_written_in_the_shape_that_it_is_read_in():
    source = workflow(
        node("a", data={"x": 1}, policy={"retry": {"max_attempts": 5}}, position={"x": 0}),
        node("b", join={"quorum": 1, "within": 2.5, "else": {"quorum": 1}, "losers": "run"}),
        edges=[
            edge("a", "b", sourceHandle="yes", condition="x > 1", label="Yes"),
            edge("a", "b", on="failure"),
        ],
        policy={"max_retries": 3},
        name="small",
        viewport={"zoom": 1},
    )
    assert export_definition(load(source).definition) == source


def test_defaults_are_left_out():
    exported = export_definition(load(chain(2) | {"version": 1}).definition)
    assert exported == {"name": "workflow", "version": 1} | chain(2)


def test_an_exported_definition_shares_nothing_with_its_source():
    definition = load(workflow(node("a", data={"list": [1]}))).definition
    export_definition(definition)["nodes"][0]["data"]["list"].append(2)
    assert definition.nodes[0].data == {"list": [1]}


def test_the_canonical_form_is_these_bytes():
    definition = Definition(
        name="ä", nodes=(Node(id="b", type="x", data={"z": 1, "a": 2.0}), Node(id="a", type="x")),
        edges=(Edge(source="b", target="a"),),
    )  # fmt: skip
    wanted = {"edges": [{"source": "b", "target": "a"}], "name": "ä"}
    nodes = [{"data": {"a": 2.0, "z": 1}, "id": "b", "type": "x"}, {"id": "a", "type": "x"}]
    text = json.dumps(wanted | {"nodes": nodes}, ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(definition) == text.encode()


@pytest.mark.parametrize("value", [object(), "\ud800", float])
def test_a_value_that_json_does_not_have_is_refused(value):
    definition = Definition(name="w", nodes=(Node(id="a", type="x", data={"x": value}),))
    with pytest.raises(DefinitionError, match="can't be written as JSON"):
        export_definition(definition)


def test_a_large_definition_is_written_and_read():
    definition = load(chain(5_000)).definition
    assert load_definition(export_definition(definition), PASS_ALL).definition == definition
    assert sys.getsizeof(canonical_json(definition)) > 300_000
