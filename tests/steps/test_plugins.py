"""Step types of other packages, found by their entry points."""

import re
import sys

import pytest

from flowrt.steps.pass_through import PassThroughType
from flowrt.steps.registry import StepRegistry
from flowrt.typing import StepBindError

PACKAGE = """
from flowrt.steps.pass_through import PassThroughType

instance = PassThroughType("by_instance")

class Email(PassThroughType):
    def __init__(self):
        super().__init__("email")

def add_two(registry):
    registry.step("first")(lambda record: {})
    registry.step("second")(lambda record: {})

def fails(registry):
    raise RuntimeError("no licence")

number = 7
again = PassThroughType("input")
"""
ENTRY_POINTS = """
[flowrt.steps]
by_instance = some_steps:instance
email = some_steps:Email
two = some_steps:add_two
broken = some_steps:fails
absent = some_steps:absent
number = some_steps:number
again = some_steps:again
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package with entry points, installed for the time of one test."""
    (tmp_path / "some_steps.py").write_text(PACKAGE)
    info = tmp_path / "some_steps-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-steps\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("some_steps", None)


@pytest.mark.usefixtures("installed")
def test_instances_classes_and_functions_are_loaded():
    names = StepRegistry.with_builtins().names()
    assert {"by_instance", "email", "first", "second"} <= set(names)


@pytest.mark.usefixtures("installed")
def test_a_plug_in_is_loaded_only_when_a_name_is_not_there():
    registry = StepRegistry.with_builtins()
    assert registry.find("input") is not None
    assert "some_steps" not in sys.modules
    assert registry.find("email").name == "email"
    assert "some_steps" in sys.modules


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken", "RuntimeError: no licence"),
        ("absent", "AttributeError"),
        ("number", "7 is neither a step type nor a function"),
    ],
)
def test_a_node_of_a_broken_plug_in_is_refused_and_told_why(name, reason):
    step_type = StepRegistry.with_builtins(default=PassThroughType()).find(name)
    with pytest.raises(StepBindError) as caught:
        step_type.bind(step_type.data_type())
    assert re.search(f"'{name}' .some_steps:.*{reason}", caught.value.problems[0].message)
    assert caught.value.__cause__.__cause__ is not None


@pytest.mark.usefixtures("installed")
def test_a_broken_plug_in_harms_nobody_else():
    registry = StepRegistry.with_builtins()
    assert registry.find("email") is not None
    assert registry.find("unknown") is None
    assert [error.name for error in registry.plugin_errors()] == ["absent", "again", "broken", "number"]


@pytest.mark.usefixtures("installed")
def test_two_broken_plug_ins_of_one_name_are_both_told(tmp_path):
    info = tmp_path / "more_steps-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: more-steps\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[flowrt.steps]\nbroken = more_steps:nothing\n")
    registry = StepRegistry.with_builtins()
    values = [error.value for error in registry.plugin_errors() if error.name == "broken"]
    assert values == ["more_steps:nothing", "some_steps:fails"]
    step_type = registry.find("broken")
    with pytest.raises(StepBindError) as caught:
        step_type.bind(step_type.data_type())
    assert [("no licence" in problem.message) for problem in caught.value.problems] == [False, True]


@pytest.mark.usefixtures("installed")
def test_a_plug_in_can_not_replace_a_builtin_type():
    registry = StepRegistry.with_builtins()
    assert any("'input' already" in error.reason for error in registry.plugin_errors())
    assert type(registry.find("input")).__module__ == "flowrt.steps.input"


@pytest.mark.usefixtures("installed")
def test_plug_ins_can_be_kept_out():
    registry = StepRegistry.with_builtins(entry_points=False)
    assert registry.find("email") is None
    assert registry.plugin_errors() == ()
