"""What a step type promises before a step of it runs. Each check gets a sample and raises `AssertionError`."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from flowrt.definition import load_definition
from flowrt.errors import DefinitionError
from flowrt.steps.registry import StepRegistry
from flowrt.steps.schema import definition_schema
from flowrt.testing.conformance.comparable import comparable_binding
from flowrt.testing.conformance.expectation import breach, expect_equal, raised, shown
from flowrt.testing.conformance.step_sample import StepSample
from flowrt.typing import BoundStep, StepBindError

UNKNOWN_KEY = "x-key-of-an-editor"


def check_it_has_a_name_and_a_description(sample: StepSample) -> None:
    """Both are texts that say something."""
    for key in ("name", "description"):
        value: object = getattr(sample.step_type, key, None)
        if not isinstance(value, str) or not value.strip():
            raise breach(f"the type's {key}", shown(value), "a text", f"set `{key}` on the type")


def check_its_data_is_a_struct_that_allows_unknown_keys(sample: StepSample) -> None:
    """Editors keep keys of their own in a node's data."""
    data_type = cast("object", sample.step_type.data_type)
    if not isinstance(data_type, type) or not issubclass(data_type, msgspec.Struct):
        raise breach(
            "data_type", shown(sample.step_type.data_type), "a subclass of msgspec.Struct", "give the class itself"
        )
    sample.typed_data()
    try:
        sample.typed_data({**sample.data, UNKNOWN_KEY: 1})
    except AssertionError as error:
        advice = "remove forbid_unknown_fields: editors keep keys of their own in `data`"
        raise breach("data with another key", "a refusal", "no error", advice) from error


def check_the_schema_of_its_data_can_be_made(sample: StepSample) -> None:
    """Editors check a node's data by it; it is plain JSON."""
    registry = StepRegistry()
    registry.add(sample.step_type)
    try:
        msgspec.json.encode(definition_schema(registry))
    except Exception as error:
        advice = "annotate the fields of data_type with types that msgspec.json.schema knows"
        raise breach("the JSON Schema of data_type", raised(error), "a schema", advice) from error


def check_bind_returns_a_bound_step(sample: StepSample) -> None:
    """It has a call, and the names of its handles if it branches."""
    bound = cast("object", sample.bind())
    if not isinstance(bound, BoundStep) or not callable(bound.call):
        raise breach("bind", shown(bound), "a BoundStep with a callable", "return flowrt.typing.BoundStep(call)")
    names = cast("Any", bound.handles or frozenset())
    if not isinstance(names, frozenset) or {type(name) for name in cast("frozenset[object]", names)} - {str}:
        raise breach("handles", shown(bound.handles), "a frozenset of texts, or None", "name the branches of the node")


def check_bind_is_repeatable(sample: StepSample) -> None:
    """The same data gives the same binding, and bind does not change it."""
    typed = sample.typed_data()
    before = msgspec.json.encode(typed)
    first, second = sample.bind(typed), sample.bind(typed)
    advice = "let bind depend on nothing but the data"
    expect_equal("the second binding of one node", comparable_binding(second), comparable_binding(first), advice)
    advice = "copy what you change: plans and exports read the same data"
    expect_equal("the data after bind", msgspec.json.encode(typed), before, advice)


def check_bad_data_is_refused_by_a_bind_error(sample: StepSample) -> None:
    """What fits the schema but means nothing is told with its place, each time the same."""
    for data in sample.bad_data:
        problems = [_problems_of(sample, data) for _ in range(2)]
        expect_equal(f"the problems of {data!r}, told again", problems[1], problems[0], "let bind depend on data only")


def check_a_definition_can_use_it(sample: StepSample) -> None:
    """A workflow with one node of this type loads; a step with arguments needs other nodes, and is not tried."""
    if sample.bind().arguments is not None:
        return
    registry = StepRegistry()
    registry.add(sample.step_type)
    node = {"id": "node", "type": sample.step_type.name, "data": dict(sample.data)}
    try:
        load_definition({"name": "conformance", "nodes": [node]}, registry)
    except DefinitionError as error:
        raise breach(f"a definition with {node!r}", raised(error), "no problem", "see the message") from error


def _problems_of(sample: StepSample, data: Mapping[str, Any]) -> tuple[object, ...]:
    typed = sample.typed_data(data)
    what = f"bind of the bad data {data!r}"
    try:
        sample.step_type.bind(typed)
    except StepBindError as error:
        if not error.problems or any(
            not message or pointer[:1] not in {"", "/"} for pointer, message in error.problems
        ):
            advice = 'say what is wrong and where: Problem("/key", "..."), or "" for the data as a whole'
            raise breach(what, shown(error.problems), "problems with JSON pointers", advice) from error
        return error.problems
    except Exception as error:
        advice = "raise StepBindError(Problem(pointer, message)): it becomes a problem of the definition"
        raise breach(what, raised(error), "a StepBindError", advice) from error
    raise breach(what, "no error", "a StepBindError", "refuse it when the definition is loaded, not when it runs")


BINDING_CHECKS = (
    check_it_has_a_name_and_a_description,
    check_its_data_is_a_struct_that_allows_unknown_keys,
    check_the_schema_of_its_data_can_be_made,
    check_bind_returns_a_bound_step,
    check_bind_is_repeatable,
    check_bad_data_is_refused_by_a_bind_error,
    check_a_definition_can_use_it,
)
"""All checks of this file."""
