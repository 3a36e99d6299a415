"""What a step is, and which functions can't be one."""

import asyncio
import functools

import pytest
from authoring.builds import step_problem
from authoring.lead_steps import Lead, Profile, enrich, score

from flowrt.definition import step
from flowrt.errors import DefinitionError, FlowrtError, OutsideWorkflowError
from flowrt.policies import Default, NodePolicy, Retry, Timeout


def test_a_step_keeps_the_plain_function():
    assert score.function(Lead("Ada"), Profile("x", 2), weight=2) == 4.0
    assert asyncio.run(enrich.function(Lead("Ada"))) == Profile("Ada Ltd", 3)


def test_a_step_has_the_name_and_the_docstring_of_its_function():
    def fetch(lead: Lead) -> Profile:
        """Fetch it."""

    assert (step(fetch).name, step(fetch).__doc__) == ("fetch", "Fetch it.")
    assert step(name="load")(fetch).name == "load"


def test_a_step_keeps_its_policies():
    assert enrich.policy == NodePolicy(retry=Retry(max_attempts=3, delay_seconds=0), timeout=Timeout(attempt=2))
    assert score.policy == NodePolicy(on_error=Default(0.5))


def test_a_call_outside_of_a_workflow_names_the_plain_function():
    with pytest.raises(OutsideWorkflowError, match=r"`enrich\.function\(\.\.\.\)`") as caught:
        enrich(Lead("Ada"))
    assert isinstance(caught.value, FlowrtError)


def test_async_functions_partials_and_objects_are_known_as_async():
    class Call:
        async def __call__(self, lead: Lead) -> Profile: ...

    async def fetch(lead: Lead, depth: int) -> Profile: ...

    assert enrich.is_async
    assert step(Call()).is_async
    assert step(functools.partial(fetch, depth=2)).is_async
    assert step(functools.partial(fetch, depth=2)).name == "fetch"
    assert not score.is_async


def test_a_generator_is_no_step():
    def generate():
        yield 1

    async def generate_later():
        yield 1

    for function in (generate, generate_later, functools.partial(generate_later)):
        assert "return a list of all values instead of yielding" in step_problem(function)


def test_open_parameters_are_refused():
    assert "named parameters only, not `*leads`" in step_problem(lambda *leads: 1)
    assert "named parameters only, not `**options`" in step_problem(lambda **options: 1)


@pytest.mark.parametrize(
    ("options", "pointer", "message"),
    [
        ({"retry": Retry(max_attempts=0)}, "/retry/max_attempts", "found 0, expected a whole number >= 1"),
        ({"retry": 3}, "/retry", "found a whole number, expected an object or null"),
        ({"retry": {}}, "/retry", "found {}, expected a Retry, such as Retry(max_attempts=3)"),
        ({"timeout": "\ud83d"}, "", "a text holds half of a surrogate pair"),
        ({"retry": Retry(fatal_errors=(OSError,))}, "/retry", "found <class 'OSError'>: write its name, as 'OSError'"),
        ({"timeout": 0}, "/timeout/attempt", "found 0, expected a number > 0.0"),
        ({"timeout": "2s"}, "/timeout/attempt", "found a text, expected a number or null"),
        ({"on_error": "ignore"}, "/on_error", "found 'ignore', expected one of 'fail', 'skip', 'continue'"),
        ({"on_error": Default(print)}, "/on_error", "found <built-in function print>: expected a value"),
        ({"name": ""}, "", "a step's name is empty"),
        ({"name": 3}, "", "found the number 3, expected a text"),
    ],
)
def test_a_wrong_option_is_refused_where_it_is_written(options, pointer, message):
    with pytest.raises(DefinitionError) as caught:
        step(**options)(lambda lead: lead)
    [problem] = caught.value.problems
    assert (problem.pointer, problem.message[: len(message)]) == (pointer, message)


def test_all_wrong_options_come_at_once():
    with pytest.raises(DefinitionError) as caught:
        step(retry=Retry(max_attempts=0, jitter=2), timeout=-1, on_error=Default(print))(lambda *leads: leads)
    pointers = [problem.pointer for problem in caught.value.problems]
    assert sorted(pointers) == ["", "/on_error", "/retry/jitter", "/retry/max_attempts", "/timeout/attempt"]


def test_static_methods_are_steps_in_the_right_order():
    class Service:
        @staticmethod
        @step
        def fetch(lead: Lead) -> Profile: ...

    assert list(Service().fetch.signature.parameters) == ["lead"]
    assert "write @staticmethod above @step" in step_problem(staticmethod(print))
    assert "write @classmethod above @step" in step_problem(classmethod(print))


def test_what_is_no_function_is_refused():
    assert "expected a function" in step_problem(3)
    assert "already" in step_problem(enrich)
    assert "does not say which parameters" in step_problem(type)


def test_an_error_says_which_step_it_was():
    with pytest.raises(DefinitionError, match="in step 'load'"):
        step(name="load", timeout=-1)(lambda lead: lead)
