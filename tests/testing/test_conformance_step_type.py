"""The checks of step types pass for flowrt's own types, and each notices the type that breaks its promise."""

import time
from functools import partial

import anyio
import anyio.to_thread
import msgspec
import pytest
from testing.broken_step_types import BROKEN, RECORD, SOUND, Type

from flowrt.steps.operations import OPERATIONS
from flowrt.steps.registry import StepRegistry
from flowrt.testing.conformance import (
    STEP_TYPE_CHECKS,
    binding_checks,
    call_checks,
    check_step_executor,
)

REGISTRY = StepRegistry.with_builtins(entry_points=False, python_modules=["testing.python_steps"])
CASES = [{"when": "age > 7", "handle": "high"}, {"when": "age > 3", "handle": "middle"}]
PERSON = {"name": " Ada ", "age": 36, "kids": [{"age": 1}], "note": None, "json": '{"a":1}', "price": "9.5"}
SAMPLES = [
    *((name, {"label": "Any"}, PERSON, []) for name in ("start", "trigger", "end")),
    ("input", {}, PERSON, []),
    ("input", {"field": "lead"}, PERSON, []),
    ("process", {}, PERSON, [{"operation": "upercase"}, {"operation": "pick"}, {"operation": "rename"}]),
    *(
        ("process", {"operation": name, "fields": [field], "names": {"name": "who"}}, PERSON, [])
        for name in OPERATIONS
        for field in (["price"] if name == "to_number" else ["json"])
    ),
    (
        "transform",
        {"mappings": {"all": "record", "kids": "kids", "fixed": [1], "n": "age + 1"}},
        PERSON,
        [{"mappings": {"a": "1 +"}}],
    ),
    ("data_validation", {"required_fields": ["kids"]}, PERSON, [{}]),
    ("data_validation", {"validation_schema": {"required": ["age"]}}, PERSON, [{"validation_schema": {"type": "x"}}]),
    ("condition", {"cases": CASES, "default": "low"}, PERSON, [{"cases": [{"when": "1 +", "handle": "x"}]}]),
    ("condition", {"condition": "age > 99"}, PERSON, [{"condition": "1", "expression": "2"}]),
    ("decision", {}, PERSON, [{"condition": "1", "default": "x"}]),
    ("delay", {"duration": 2, "unit": "hours"}, PERSON, [{"duration": 1, "delay_seconds": 1}, {"delay_seconds": 1e9}]),
    (
        "delay",
        {"until": "2030-01-31T12:00:00+01:00"},
        PERSON,
        [{"until": "tomorrow"}, {"until": "2030-01-31T12:00:00"}],
    ),
    ("wait_signal", {"name": "paid", "payload_schema": {"type": "object"}}, PERSON, [{"name": "x", "default": 1}]),
    (
        "wait_signal",
        {"name": "paid", "timeout_seconds": 1, "default": 7},
        PERSON,
        [{"name": "x", "payload_schema": {"type": 5}}],
    ),
    ("approval", {"timeout_seconds": 5, "default": "rejected"}, PERSON, [{"default": "approved"}]),
    ("output", {}, PERSON, [{"format": "cvs"}]),
    ("output", {"format": "text", "template": "{{ name }}"}, PERSON, [{"format": "text", "template": "{{ x"}]),
    ("output", {"format": "csv", "field": "kids"}, PERSON, []),
    ("python", {"function": "testing.python_steps:greet"}, PERSON, [{"function": "os:system"}, {"function": "x"}]),
    ("python", {"function": "testing.python_steps:tag", "output_key": "tags"}, PERSON, []),
    ("python", {"function": "testing.python_steps:greet", "arguments": {"name": {"node": "a"}}}, {"name": "Ada"}, []),
    ("join", {}, {"value": "Ada"}, []),
    ("join", {"gives": "outcomes"}, {"value": []}, []),
    ("branch", {"value": {"node": "a"}, "when": [{"node": "b"}], "unless": [{"input": "c"}]}, {"value": "Ada"}, []),
    ("branch", {"value": {"input": "a"}}, {"value": 1}, [{"value": 1}, {"value": {"node": "a"}, "when": [3]}]),
]


def test_every_built_in_type_has_a_sample():
    assert {name for name, *_ in SAMPLES} == set(REGISTRY.names())


@pytest.mark.parametrize(("name", "data", "record", "bad_data"), SAMPLES)
def test_a_built_in_type_conforms(name, data, record, bad_data):
    check_step_executor(REGISTRY.find(name), data, record, bad_data=bad_data, is_pure=True)


def test_no_check_is_left_out_or_untested():
    written = [name for part in (binding_checks, call_checks) for name in vars(part) if name.startswith("check_")]
    assert written == [check.__name__ for check in STEP_TYPE_CHECKS] == list(BROKEN)
    assert all(check.__doc__ for check in STEP_TYPE_CHECKS)


@pytest.mark.parametrize("sample", SOUND.values(), ids=list(SOUND))
def test_a_sound_type_conforms(sample):
    check_step_executor(**msgspec.structs.asdict(sample))


FLAWS = [(check, sample) for check in STEP_TYPE_CHECKS for sample in BROKEN[check.__name__]]


@pytest.mark.parametrize(("check", "sample"), FLAWS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_check_notices_a_type_that_breaks_its_promise(check, sample):
    with pytest.raises(AssertionError, match=r"(?s)found .*, expected .*; "):
        check(sample)


def test_an_error_names_the_check_the_type_and_the_data():
    with pytest.raises(AssertionError) as caught:
        check_step_executor(Type(lambda *_: [1]), {"limit": 3}, RECORD)
    (note,) = caught.value.__notes__
    assert note == "in check_a_call_produces_a_json_object, of the step type 'size' with {'limit': 3}"


def test_a_step_that_waits_for_something_real_is_told_so():
    with pytest.raises(AssertionError, match=r"time.sleep\(\) at .*, expected no wait for anything real"):
        check_step_executor(Type(lambda *_: time.sleep(60)), {}, RECORD)
    with pytest.raises(AssertionError, match="a thread"):
        check_step_executor(Type(lambda *_: anyio.to_thread.run_sync(time.sleep, 0.02)), {}, RECORD)


def test_a_step_may_read_the_clock():
    check_step_executor(Type(lambda *_: {"now": time.time()}), {}, RECORD)


@pytest.mark.anyio
async def test_it_is_called_where_no_event_loop_runs():
    with pytest.raises(RuntimeError, match="call it from a `def`"):
        check_step_executor(Type(), {})


def test_a_function_is_a_step_type_too():
    registry = StepRegistry()
    registry.step("greet")(partial(_greet, word="Hello"))
    check_step_executor(registry.find("greet"), {}, {"name": "Ada"}, is_pure=True)


async def _greet(record, word):
    await anyio.sleep(1)
    return {"greeting": f"{word}, {record['name']}"}


def test_ctrl_c_during_a_check_is_no_breach():
    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_step_executor(Type(interrupted), {}, RECORD)
