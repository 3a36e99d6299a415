"""What of a Python workflow can be written as JSON, and what is said of the rest."""

import datetime as dt
import functools
import json

import msgspec
import pytest
from authoring import lead_steps
from authoring.lead_steps import Lead, Profile, Verdict, decide, enrich, score, triage
from hypothesis import given
from hypothesis import strategies as st

from flowrt.definition import canonical_json, load_definition, step, workflow
from flowrt.errors import DefinitionError
from flowrt.policies import Default
from flowrt.steps.registry import StepRegistry

CATALOG = StepRegistry.with_builtins(python_modules=[lead_steps.__name__], entry_points=False)


def export_problems(flow):
    with pytest.raises(DefinitionError) as caught:
        flow.export()
    return [tuple(problem) for problem in caught.value.problems]


def test_what_is_exported_is_plain_json_with_policies():
    exported = triage.export()
    assert json.loads(json.dumps(exported)) == exported
    assert exported["nodes"][0]["policy"] == {
        "retry": {"delay_seconds": 0},
        "timeout": {"attempt": 2},
    }


@pytest.mark.parametrize(
    "build",
    [
        lambda: workflow(lambda lead: enrich(lead=lead), name="one"),
        lambda: workflow(lambda: enrich(Lead("Ada")), name="a constant Struct"),
        lambda: workflow(lambda lead: score(lead, Profile("x"), weight=3), name="constants"),
        lambda: workflow(lambda lead: enrich.after(enrich(lead))(lead), name="ordered"),
        lambda: workflow(lambda lead: decide(Profile("x"), [score(lead, Profile("y")), 1]), name="nested"),
        lambda: workflow(lambda lead, n=None, items=[1]: enrich(lead), name="defaults", version=7),
    ],
)
def test_an_exported_workflow_loads_as_the_same_definition(build):
    flow = build()
    loaded = load_definition(json.dumps(flow.export()), CATALOG)
    assert loaded.definition == flow.definition
    assert loaded.warnings == ()
    assert [bound.arguments for bound in loaded.steps] == [bound.arguments for bound in flow.steps]


VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3) | st.lists(st.integers(0, 3), max_size=2)
SHAPES = st.recursive(
    st.tuples(st.just("result"), st.integers(0, 9)) | st.tuples(st.just("value"), VALUES) | st.just(("input",)),
    lambda parts: (
        st.tuples(st.just("list"), st.lists(parts, max_size=3))
        | st.tuples(st.just("dict"), st.dictionaries(st.text(max_size=3), parts, max_size=3))
    ),
    max_leaves=6,
)


def wire(shape, parameter, results):
    match shape:
        case ["result", place]:
            return results[place % len(results)] if results else parameter
        case ["value", value]:
            return value
        case ["list", parts]:
            return [wire(part, parameter, results) for part in parts]
        case ["dict", parts]:
            return {key: wire(part, parameter, results) for key, part in parts.items()}
        case _:
            return parameter


@given(st.lists(SHAPES, min_size=1, max_size=6))
def test_whatever_is_wired_survives_export_and_loading(shapes):
    keep = step(lead_steps.keep)

    def flow(start):
        results = []
        for shape in shapes:
            results.append(keep(wire(shape, start, results)))
        return results[-1]

    built = workflow(flow)
    loaded = load_definition(json.dumps(built.export()), CATALOG)
    assert loaded.definition == built.definition
    assert [bound.arguments for bound in loaded.steps] == [bound.arguments for bound in built.steps]


def test_functions_that_no_other_process_can_import_are_named():
    @step
    def local(lead):
        return lead

    class Service:
        @step
        def method(self, lead):
            return lead

        def __call__(self, lead):
            return lead

    part = step(functools.partial(score.function, weight=2))
    small = step(lambda lead: lead, name="small")

    @workflow
    def flow(lead: Lead):
        local(lead)
        Service().method(lead)
        step(Service())(lead)
        part(lead, Profile("x"))
        small(lead)
        step(repr)(lead)

    problems = export_problems(flow)
    assert [pointer for pointer, _ in problems] == [f"/nodes/{place}/data/function" for place in range(6)]
    reasons = ["inside a function", "to an object", "to an object", "functools.partial", "inside a function", "builtin"]
    assert all(reason in message for (_, message), reason in zip(problems, reasons, strict=True))


def test_a_function_of_the_script_that_runs_is_named():
    def act(lead):
        return lead

    act.__module__, act.__qualname__ = "__main__", "act"
    assert "is in the script that runs" in export_problems(workflow(lambda lead: step(act)(lead=lead), name="x"))[0][1]


def test_a_function_that_its_path_does_not_lead_to_is_named():
    def act(lead):
        return lead

    act.__module__, act.__qualname__ = lead_steps.__name__, "enrich"
    assert "leads to something else" in export_problems(workflow(lambda lead: step(act)(lead=lead), name="x"))[0][1]


def test_values_that_json_does_not_make_again_are_named():
    keep = step(lead_steps.keep)

    @workflow
    def flow(lead: Lead, when=dt.date(2026, 1, 31)):
        keep([lead, {"a": Verdict(good=True)}])
        keep({"x": lead, "y": object()})
        keep(float("nan"))
        step(keep.function, on_error=Default(Profile("x")), name="last")(b"bytes")

    assert [pointer for pointer, _ in export_problems(flow)] == [
        "/parameters/1/default",
        "/nodes/0/data/arguments/value/list/1",
        "/nodes/1/data/arguments/value/dict/y",
        "/nodes/2/data/arguments/value",
        "/nodes/3/data/arguments/value",
        "/nodes/3/policy/on_error",
    ]


def test_sets_are_written_in_one_order_and_keys_keep_theirs():
    keep = step(lead_steps.keep)
    flow = workflow(lambda lead: keep([lead, {"b": {"y", "x", "z"}, "a": 1}]), name="x")
    written = flow.definition.nodes[0].data["arguments"]["value"]["list"][1]["value"]
    assert written == {"a": 1, "b": ["x", "y", "z"]}
    plain = workflow(lambda lead: keep([lead, {"b": 2, "a": 1}]), name="x")
    assert list(plain.definition.nodes[0].data["arguments"]["value"]["list"][1]["value"]) == ["b", "a"]


def test_a_definition_that_can_not_be_exported_still_has_a_json_form_for_the_log():
    keep = step(lead_steps.keep)
    flow = workflow(lambda lead: keep([lead, object()]), name="x")
    node = msgspec.json.decode(canonical_json(flow.definition))["nodes"][0]
    assert node["data"]["arguments"]["value"] == {
        "list": [{"input": "lead"}, {"value": {"$python": "builtins.object"}}]
    }
