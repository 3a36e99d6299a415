"""`python` nodes of definitions: which functions they may call, and how."""

import sys

import pytest
from authoring import lead_steps
from authoring.lead_steps import Lead, Profile

from flowrt.definition import FromInput, load_definition
from flowrt.errors import DefinitionError, ExecutionFailedError
from flowrt.runtime import Runtime
from flowrt.steps.python import PythonStepType
from flowrt.steps.registry import StepRegistry

HERE = lead_steps.__name__
TRUSTED = [HERE, "authoring.broken_module", "authoring.missing_module"]


def load(*nodes, edges=(), modules=TRUSTED, **keys):
    nodes = [{"id": f"n{place}", "type": "python", "data": data} for place, data in enumerate(nodes)]
    edges = [{"source": source, "target": target} for source, target in edges]
    catalog = StepRegistry.with_builtins(python_modules=modules, entry_points=False)
    return load_definition({"nodes": nodes, "edges": edges, **keys}, catalog)


def problems_of(*nodes, **options):
    with pytest.raises(DefinitionError) as caught:
        load(*nodes, **options)
    return [tuple(problem) for problem in caught.value.problems]


def message_of(function, **options):
    [(pointer, message)] = problems_of({"function": function}, **options)
    assert pointer == "/nodes/0/data/function"
    return message


async def run(flow, value):
    async with Runtime() as runtime:
        return await runtime.run(flow, value)


# --- which functions ------------------------------------------------------------------------------------------------


def test_no_module_is_trusted_by_default():
    message = message_of("os:getcwd", modules=())
    assert "the module 'os' is not trusted" in message
    assert "python_modules=['os'], or --python-module os" in message


def test_an_untrusted_module_is_not_imported():
    assert "not trusted" in message_of("this:d")
    assert "this" not in sys.modules


def test_what_a_trusted_module_imported_from_elsewhere_is_refused():
    assert "'run' comes from 'subprocess', which is not trusted" in message_of(f"{HERE}:run")
    assert "expected a function that is defined there" in message_of(f"{HERE}:getcwd")


@pytest.mark.parametrize(
    "path",
    ["os.system", f"{HERE}:os.system", f"{HERE}:Lead.__init__", f"{HERE}:", ":run", HERE, f"{HERE}:a:b", "a b:c", ""],
)
def test_what_is_no_path_of_a_function_is_refused(path):
    assert "expected a function of a module, as 'orders.steps:enrich'" in message_of(path)


@pytest.mark.parametrize("name", ["os", "Lead", "NOBODY", "triage", "__builtins__", "__loader__"])
def test_what_is_no_function_is_refused(name):
    assert "expected a function that is defined there" in message_of(f"{HERE}:{name}")


def test_a_misspelt_function_is_refused_with_the_nearest_one():
    assert message_of(f"{HERE}:enrihc") == f"there is no function 'enrihc' in '{HERE}'; did you mean 'enrich'?"
    assert "; it has: " in message_of(f"{HERE}:xyz")


def test_generators_and_open_parameters_are_refused():
    assert "returns a list of all values" in message_of(f"{HERE}:many")
    assert "takes `**options`" in message_of(f"{HERE}:keywords")


def test_a_module_that_can_not_be_imported_says_why():
    assert "RuntimeError: no licence" in message_of("authoring.broken_module:act")
    assert "there is no module 'authoring.missing_module'" in message_of("authoring.missing_module:act")


def test_the_functions_of_submodules_are_trusted_with_their_package():
    assert load({"function": f"{HERE}:count"}, modules=["authoring"]).steps
    assert "not trusted" in message_of(f"{HERE}:count", modules=["author"])


def test_a_program_is_not_run_by_naming_it():
    assert "'authoring.__main__' is not trusted" in message_of("authoring.__main__:act", modules=["authoring"])


def test_a_module_that_exits_when_it_is_imported_is_refused():
    assert "SystemExit: 3" in message_of("authoring.exiting_module:act", modules=["authoring"])


def test_trusted_modules_are_given_as_names():
    with pytest.raises(TypeError, match=r"expected a collection of names: \['orders'\]"):
        PythonStepType("orders")
    for name in ("", "orders.", "../orders", "orders:enrich", 3):
        with pytest.raises(ValueError, match=r"expected names of modules, such as 'orders\.steps'"):
            PythonStepType([name])


# --- with arguments -------------------------------------------------------------------------------------------------


def test_arguments_are_parsed_and_say_the_types_of_inputs():
    data = {"function": f"{HERE}:enrich", "arguments": {"lead": {"input": "who"}}}
    step = load(data, parameters=[{"name": "who"}]).steps[0]
    assert (step.arguments, step.input_types) == ({"lead": FromInput("who")}, {"who": Lead})
    assert step.call is lead_steps.enrich.function


def test_constants_become_what_the_parameter_is_annotated_with():
    arguments = {"lead": {"value": {"name": "Ada"}}, "profile": {"value": {"company": "x"}}, "weight": {"value": 2}}
    step = load({"function": f"{HERE}:score", "arguments": arguments}).steps[0]
    assert {name: argument.value for name, argument in step.arguments.items()} == {
        "lead": Lead("Ada"),
        "profile": Profile("x"),
        "weight": 2.0,
    }


def test_types_of_inputs_in_lists_and_dicts_are_those_of_their_items():
    arguments = {
        "pair": {"list": [{"input": "a"}, {"input": "b"}]},
        "labels": {"dict": {"x": {"input": "c"}, "y": {"value": {"company": "y"}}}},
    }
    step = load({"function": f"{HERE}:first_of", "arguments": arguments}).steps[0]
    assert step.input_types["c"] is Profile
    assert step.arguments["labels"].dict["y"].value == Profile("y")


def test_all_mistakes_in_the_arguments_come_at_once():
    arguments = {
        "lead": {"value": {"name": 3}},
        "profle": {"node": "x"},
        "weight": {"nod": "x"},
    }
    problems = problems_of({"function": f"{HERE}:score", "arguments": arguments})
    expected = [
        ("", "the argument 'profile' is missing; the function takes (lead: Lead, profile: Profile, *, weight: float"),
        ("/lead/value", "it does not fit the parameter: Expected `str`, got `int` - at `value.name`"),
        ("/profle", "the function has no parameter 'profle'; did you mean 'profile'?"),
        ("/weight", 'expected an argument, such as {"node": "enrich"}, {"input": "lead"}, {"value": 3}'),
    ]
    for (pointer, message), (place, start) in zip(problems, expected, strict=True):
        assert (pointer, message[: len(start)]) == (f"/nodes/0/data/arguments{place}", start)


def test_an_output_key_goes_without_arguments_only():
    data = {"function": f"{HERE}:enrich", "arguments": {"lead": {"input": "lead"}}, "output_key": "profile"}
    assert problems_of(data)[0][0] == "/nodes/0/data/output_key"


# --- with the record ------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_function_takes_the_keys_of_the_record_that_its_parameters_name():
    flow = load({"function": f"{HERE}:join_names"})
    assert await run(flow, {"first": "Ada", "x": 1}) == {"first": "Ada", "x": 1, "full_name": "Ada Doe"}


@pytest.mark.anyio
async def test_keys_are_converted_and_objects_with_fields_are_produced_as_keys():
    flow = load({"function": f"{HERE}:enrich"}, {"function": f"{HERE}:judge_company"}, edges=[("n0", "n1")])
    result = await run(flow, {"lead": {"name": "Ada"}})
    assert result == {"lead": {"name": "Ada"}, "company": "Ada Ltd", "size": 3, "good": True, "why": "Ada Ltd"}


@pytest.mark.anyio
async def test_an_output_key_takes_any_result():
    flow = load({"function": f"{HERE}:count", "output_key": "keys"})
    assert await run(flow, {"a": 1, "b": 2}) == {"a": 1, "b": 2, "keys": 2}


@pytest.mark.anyio
async def test_a_result_without_keys_needs_an_output_key():
    with pytest.raises(ExecutionFailedError, match="StepResultError"):
        await run(load({"function": f"{HERE}:count"}), {"a": 1})
    with pytest.raises(ExecutionFailedError, match="StepResultError"):
        await run(load({"function": f"{HERE}:give_nothing"}), {"first": "Ada"})


@pytest.mark.anyio
async def test_a_function_that_is_annotated_to_return_none_produces_nothing():
    assert await run(load({"function": f"{HERE}:notify"}), {"first": "Ada"}) == {"first": "Ada"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"frist": "Ada"}, "it has no key 'first'; did you mean 'frist'?"),
        ({}, "it has no key 'first'; it has: no keys"),
        ({"first": 3}, "the key 'first' does not fit: Expected `str`, got `int`"),
    ],
)
async def test_a_record_that_does_not_fit_fails_the_node_and_says_why(record, message):
    with pytest.raises(ExecutionFailedError) as caught:
        await run(load({"function": f"{HERE}:join_names"}), record)
    assert message in str(caught.value)


@pytest.mark.anyio
async def test_a_function_gets_a_copy_of_the_whole_record():
    flow = load({"function": f"{HERE}:take_out"})
    assert await run(flow, {"a": 1, "b": 2}) == {"a": 1, "b": 2, "taken": 1}


@pytest.mark.anyio
async def test_parameters_by_position_and_awaitables_from_def_work():
    flow = load({"function": f"{HERE}:by_position"})
    assert await run(flow, {"a": 1, "c": 3}) == {"a": 1, "c": 3, "sum": 6}
    assert await run(flow, {"a": 1, "b": 5, "d": 9}) == {"a": 1, "b": 5, "d": 9, "sum": 15}
