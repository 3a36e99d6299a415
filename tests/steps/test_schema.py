"""The JSON Schema of the definition language."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from real_definitions import FILES, MISSING

from flowrt.definition.parsing import load_definition
from flowrt.errors import DefinitionError
from flowrt.steps.pass_through import PassThroughType
from flowrt.steps.registry import StepRegistry
from flowrt.steps.schema import definition_schema

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/**/*.json"))
SCHEMA = definition_schema(StepRegistry.with_builtins(entry_points=False))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NODE = {"id": "a", "type": "input"}


def test_it_is_a_valid_json_schema_and_plain_json():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def descriptions_missing_in(part, path=""):
    for name, field in part.get("properties", {}).items():
        if "description" not in field:
            yield f"{path}/{name}"


def test_every_key_is_described():
    missing = [*descriptions_missing_in(SCHEMA)]
    for name, part in SCHEMA["$defs"].items():
        missing += descriptions_missing_in(part, name)
    assert missing == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_fit(path):
    document = json.loads(path.read_text())
    assert "nodes" not in document or VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "document",
    [
        {"nodes": [NODE]},
        {"nodes": [NODE | {"position": {"x": 1}, "selected": True}], "edges": [], "viewport": {}},
        {"nodes": [NODE | {"data": None, "policy": None, "join": {"quorum": 2}, "emit": "replace"}], "edges": None},
        {"nodes": [NODE | {"data": {"label": "x", "anything": [1]}}]},
        {"nodes": [NODE | {"policy": {"retry": {"max_attempts": 2}, "timeout": {"attempt": 3}, "on_error": "skip"}}]},
        {"nodes": [{"id": "t", "type": "transform", "data": {"mappings": {"a": "b"}}}]},
        {"nodes": [{"id": "p", "type": "process", "data": {"operation": "uppercase"}}], "name": "n", "version": 3},
        {"nodes": [NODE], "edges": [{"source": "a", "target": "b", "sourceHandle": "x", "condition": "a > 1"}]},
        {"nodes": [NODE], "parameters": [{"name": "lead", "type": "object", "required": False}], "result": "a"},
    ],
)
def test_sound_definitions_fit(document):
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], []),
        ({}, []),
        ({"nodes": []}, ["nodes"]),
        ({"nodes": [{"id": "a"}]}, ["nodes", 0]),
        ({"nodes": [{"id": "", "type": "input"}]}, ["nodes", 0, "id"]),
        ({"nodes": [{"id": "a", "type": "inptu"}]}, ["nodes", 0, "type"]),
        ({"nodes": [NODE | {"data": []}]}, ["nodes", 0, "data"]),
        ({"nodes": [NODE | {"data": {"field": 3}}]}, ["nodes", 0, "data"]),
        ({"nodes": [NODE | {"join": "most"}]}, ["nodes", 0, "join"]),
        ({"nodes": [NODE | {"policy": {"retries": 3}}]}, ["nodes", 0, "policy"]),
        ({"nodes": [{"id": "t", "type": "transform"}]}, ["nodes", 0]),
        ({"nodes": [{"id": "p", "type": "process", "data": {"operation": "upercase"}}]}, ["nodes", 0, "data"]),
        ({"nodes": [{"id": "o", "type": "output", "data": {"format": "xml"}}]}, ["nodes", 0, "data"]),
        ({"nodes": [{"id": "d", "type": "delay", "data": {"delay_seconds": -1}}]}, ["nodes", 0, "data"]),
        ({"nodes": [NODE], "edges": [{"source": "a"}]}, ["edges", 0]),
        ({"nodes": [NODE], "edges": [{"source": "a", "target": "b", "on": "sometimes"}]}, ["edges", 0, "on"]),
    ],
)
def test_broken_definitions_do_not_fit(document, path):
    assert path in [list(error.absolute_path) for error in VALIDATOR.iter_errors(document)]


def test_other_types_are_allowed_only_if_there_is_a_default_type():
    registry = StepRegistry.with_builtins(default=PassThroughType(), entry_points=False)
    document = {"nodes": [{"id": "a", "type": "email", "data": {"to": 1}}]}
    assert jsonschema.Draft202012Validator(definition_schema(registry)).is_valid(document)
    assert not VALIDATOR.is_valid(document)


def test_types_of_ones_own_are_part_of_it():
    class ScoreData(msgspec.Struct, frozen=True, kw_only=True):
        limit: int

    registry = StepRegistry()
    registry.step("score", data=ScoreData)(lambda record, data: {})
    validator = jsonschema.Draft202012Validator(definition_schema(registry))
    assert validator.is_valid({"nodes": [{"id": "a", "type": "score", "data": {"limit": 3}}]})
    assert not validator.is_valid({"nodes": [{"id": "a", "type": "score", "data": {}}]})
    assert not validator.is_valid({"nodes": [NODE]})


@pytest.mark.skipif(not FILES, reason=MISSING)
def test_real_definitions_fit_exactly_if_they_can_be_loaded():
    registry = StepRegistry.with_builtins(default=PassThroughType(), entry_points=False)
    validator = jsonschema.Draft202012Validator(definition_schema(registry))
    refused = 0
    for path in FILES:
        try:
            load_definition(path, registry)
        except DefinitionError:
            refused += 1
        else:
            validator.validate(json.loads(path.read_text()))
    assert refused
