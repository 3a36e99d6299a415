"""Whatever a document holds, it is loaded or refused with a `DefinitionError`; nothing else is ever raised."""

import json

from definition.workflows import CATALOG, chain, edge, node, workflow
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowrt.definition import LoadedDefinition, load_definition
from flowrt.definition.keys import EDGE, NODE, PARAMETER, WORKFLOW
from flowrt.errors import DefinitionError

KEYS = st.sampled_from(
    sorted({*WORKFLOW.known, *NODE.known, *EDGE.known, *PARAMETER.known, *EDGE.foreign, *NODE.foreign})
)
WORDS = st.sampled_from(["a", "b", "pass", "shout", "branch", "call", "all", "any", "success", "quorum", "x > 1"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)
GOOD = workflow(
    node("a", "branch", data={"cases": ["x", "y"]}, policy={"retry": {"max_attempts": 2}, "on_error": "skip"}),
    node("b", "shout", data={"times": 1}, join={"quorum": 1}, emit="replace"),
    node("c", "call", data={"arguments": {"x": {"node": "b"}, "y": {"list": [{"input": "lead"}]}}}),
    edges=[edge("a", "b", id="e", sourceHandle="x", condition="x > 1", on="success"), edge("b", "c")],
    name="good",
    version=1,
    parameters=[{"name": "lead", "type": "object", "default": {}}],
    result="c",
)


def is_loaded_or_refused(source):
    try:
        loaded = load_definition(source, CATALOG)
    except DefinitionError as error:
        return bool(error.problems) and bool(str(error)) and len(error.problems) <= 100
    return isinstance(loaded, LoadedDefinition) and len(loaded.steps) == len(loaded.definition.nodes)


def mutate(value, path, replacement):
    """Return the value with another one at the place that the numbers of the path lead to."""
    if not path or not isinstance(value, dict | list) or not value:
        return replacement
    keys = list(value) if isinstance(value, dict) else range(len(value))
    key = keys[path[0] % len(keys)]
    changed = value.copy()
    changed[key] = mutate(value[key], path[1:], replacement)
    return changed


@given(VALUES | st.dictionaries(KEYS, VALUES))
def test_any_value_is_loaded_or_refused(value):
    assert is_loaded_or_refused(json.dumps(value))
    assert is_loaded_or_refused(value)
    assert is_loaded_or_refused({"nodes": value})


@given(st.text() | st.binary())
@example("[" * 5000)
@example(b'{"nodes": [{"id": "\\ud800", "type": "pass"}]}')
def test_any_text_is_loaded_or_refused(source):
    assert is_loaded_or_refused(source)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.lists(st.integers(0, 7), max_size=6), VALUES), max_size=3))
def test_a_good_definition_with_some_changes_is_loaded_or_refused(changes):
    source = GOOD
    for path, replacement in changes:
        source = mutate(source, path, replacement)
    assert is_loaded_or_refused(json.dumps(source))
    assert is_loaded_or_refused(source) if isinstance(source, dict) else True


@given(st.integers(0, 3000), st.text(max_size=3))
def test_a_good_text_with_a_cut_is_loaded_or_refused(at, inserted):
    text = json.dumps(GOOD)
    at %= len(text)
    assert is_loaded_or_refused(text[:at] + inserted + text[at + len(inserted) :])
    assert is_loaded_or_refused(text[:at])


def test_the_good_definition_is_good():
    assert load_definition(GOOD, CATALOG).warnings == ()
    assert is_loaded_or_refused(chain(3))
