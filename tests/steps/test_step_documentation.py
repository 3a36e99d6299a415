"""docs/steps.md lists every type with its data, and its examples run."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from flowrt.steps.data import NodeData
from flowrt.steps.operations import OPERATIONS
from flowrt.steps.registry import StepRegistry
from flowrt.typing import Choice, Delay, SignalWait

TEXT = (Path(__file__).parents[2] / "docs" / "steps.md").read_text()
REGISTRY = StepRegistry.with_builtins(entry_points=False)
EXAMPLES = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
SECTIONS = {name: section for section in TEXT.split("\n## ")[1:] for name in section.partition("\n")[0].split(", ")}
KNOWN_TO_ALL = {field.name for field in msgspec.structs.fields(NodeData)}


@pytest.mark.parametrize("name", REGISTRY.names())
def test_every_type_has_a_section_that_lists_its_keys(name):
    keys = {field.encode_name for field in msgspec.structs.fields(REGISTRY.find(name).data_type)} - KNOWN_TO_ALL
    listed = set()
    for row in re.findall(r"^\| (`.*?) \|", SECTIONS[name].partition("| operation |")[0], re.MULTILINE):
        listed |= set(re.findall(r"`(\w+)`", row))
    assert listed == keys


def test_every_operation_is_listed():
    rows = re.findall(r"^\| (`.*?) \|", SECTIONS["process"].partition("| operation |")[2], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(OPERATIONS)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["type"] for example in EXAMPLES])
def test_the_examples_do_what_they_say(example):
    step_type = REGISTRY.find(example["type"])
    result = step_type.bind(msgspec.convert(example["data"], step_type.data_type)).call(example["record"])
    if isinstance(result, SignalWait):
        result = result.accept(example["signal"])
    if isinstance(result, Choice):
        assert list(result.handles) == example["takes"]
        result = result.produced
    if isinstance(result, Delay):
        assert result.delay_seconds == example["waits"]
        result = result.produced
    assert result == example["produces"]


def test_every_type_that_takes_a_record_has_an_example():
    assert {example["type"] for example in EXAMPLES} == set(REGISTRY.names()) - {"branch", "join", "python"}
