"""Looking step types up, and adding some."""

import subprocess
import sys
from functools import partial

import msgspec
import pytest

from flowrt.steps.pass_through import PassThroughType
from flowrt.steps.registry import StepRegistry
from flowrt.typing import StepCatalog, StepType


class ScoreData(msgspec.Struct, frozen=True, kw_only=True):
    limit: int = 10


def bound(registry, name, data=None):
    step_type = registry.find(name)
    return step_type.bind(msgspec.convert(data or {}, step_type.data_type))


def test_an_empty_registry_knows_nothing():
    registry: StepCatalog = StepRegistry()
    assert registry.names() == ()
    assert registry.find("input") is None


def test_the_builtin_types_are_there_by_name():
    names = StepRegistry.with_builtins(entry_points=False).names()
    expected = (
        "approval branch condition data_validation decision delay end input join output process python start transform "
        "trigger wait_signal"
    )
    assert names == tuple(expected.split())


def test_every_builtin_type_describes_itself_in_one_sentence():
    registry = StepRegistry.with_builtins(entry_points=False)
    for name in registry.names():
        step_type: StepType | None = registry.find(name)
        assert step_type is not None
        assert step_type.name == name
        assert step_type.description.endswith(".")


def test_the_default_type_stands_in_for_unknown_types_only():
    registry = StepRegistry.with_builtins(default=PassThroughType(), entry_points=False)
    assert registry.find("email").name == "pass_through"
    assert registry.find("input").name == "input"
    assert "pass_through" not in registry.names()


def test_two_registries_never_meet():
    one, other = StepRegistry(), StepRegistry()
    one.add(PassThroughType("mine"))
    assert other.find("mine") is None


def test_a_second_type_of_one_name_is_refused_and_the_first_is_named():
    registry = StepRegistry.with_builtins(entry_points=False)
    with pytest.raises(ValueError, match=r"'input' already: flowrt.steps.input.InputType"):
        registry.add(PassThroughType("input"))


def test_a_function_of_the_record_becomes_a_type():
    registry = StepRegistry()

    @registry.step("double")
    def double(record):
        """Doubles it.

        And more.
        """
        return {"doubled": record["n"] * 2}

    assert registry.find("double").description == "Doubles it."
    assert bound(registry, "double").call({"n": 4}) == {"doubled": 8}
    assert double({"n": 1}) == {"doubled": 2}


async def test_an_async_function_with_data_becomes_a_type(anyio_backend):
    registry = StepRegistry()

    @registry.step("score", data=ScoreData, description="Scores.")
    async def score(record, data):
        return {"score": min(record["n"], data.limit)}

    assert await bound(registry, "score", {"limit": 3}).call({"n": 7}) == {"score": 3}
    assert registry.find("score").description == "Scores."


test_an_async_function_with_data_becomes_a_type = pytest.mark.anyio(test_an_async_function_with_data_becomes_a_type)


def test_the_type_of_the_data_is_read_from_the_annotation():
    registry = StepRegistry()

    @registry.step("score")
    def score(record: dict, data: ScoreData) -> dict:
        return {"limit": data.limit}

    assert registry.find("score").data_type is ScoreData
    assert bound(registry, "score").call({}) == {"limit": 10}


async def stream(record):
    yield record


def produce(record):
    yield record


class Streams:
    async def __call__(self, record):
        yield record


@pytest.mark.parametrize("function", [stream, produce, Streams(), partial(stream)])
def test_generators_are_refused_when_they_are_registered(function):
    with pytest.raises(TypeError, match="generator can't be a step: return one dict"):
        StepRegistry().step("stream")(function)


@pytest.mark.parametrize(
    "function", [dict, lambda a, b, c: {}, lambda *, record: {}, lambda record, /, data, *, more: {}]
)
def test_functions_of_other_parameters_are_refused(function):
    with pytest.raises(TypeError, match=r"takes \(record\) or \(record, data\)"):
        StepRegistry().step("odd")(function)


def test_data_of_which_no_type_is_known_is_refused():
    with pytest.raises(TypeError, match="say what its data is"):
        StepRegistry().step("odd")(lambda record, data: {})


def test_looking_up_every_builtin_type_loads_no_heavy_library():
    code = """
import sys
from flowrt.steps.registry import StepRegistry
StepRegistry.with_builtins(entry_points=False).find("output")
print(*sorted({"jsonschema", "jinja2", "simpleeval", "trio", "sqlalchemy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == ""
