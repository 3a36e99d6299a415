"""Python workflows in a runtime."""

import json

import pytest
from authoring import lead_steps
from authoring.lead_steps import Lead, Profile, enrich, first_of, triage

from flowrt.definition import load_definition, step, workflow
from flowrt.runtime import Runtime
from flowrt.steps.registry import StepRegistry
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio
CATALOG = StepRegistry.with_builtins(python_modules=[lead_steps.__name__], entry_points=False)


async def run(flow, value):
    async with Runtime() as runtime:
        return await runtime.run(flow, value)


async def test_a_workflow_gives_the_result_of_the_returned_step():
    assert await run(triage, {"lead": {"name": "Ada", "email": "a@b"}}) == "Ada Ltd: 15.5"


async def test_an_exported_workflow_gives_the_same_when_it_is_loaded():
    loaded = load_definition(json.dumps(triage.export()), CATALOG)
    assert await run(loaded, {"lead": {"name": "Ada", "email": "a@b"}}) == "Ada Ltd: 15.5"


async def test_the_loaded_workflow_is_the_same_definition():
    assert load_definition(json.dumps(triage.export()), CATALOG).definition == triage.definition


async def test_results_in_tuples_and_dicts_arrive_as_such():
    @workflow
    def pairs(lead: Lead, other: Lead) -> str:
        return first_of((lead, other), {"b": enrich(lead), "a": enrich(other), "c": Profile("x")})

    leads = {"lead": {"name": "Ada"}, "other": {"name": "Bob"}}
    loaded = load_definition(pairs.export(), CATALOG)
    assert await run(pairs, leads) == await run(loaded, leads) == "Ada ['a', 'b', 'c']"


async def test_a_step_runs_after_what_it_was_ordered_after():
    order = []

    @step
    async def save(text: str) -> None:
        order.append(f"saved {text}")

    @step
    def notify(text: str) -> str:
        order.append(f"notified {text}")
        return text

    @workflow
    def keep(text: str) -> str:
        saved = save(text)
        return notify.after(saved)(text)

    assert (await run(keep, {"text": "x"}), order) == ("x", ["saved x", "notified x"])


async def test_a_parameter_whose_step_was_skipped_gets_its_default_or_none():
    @step(on_error="skip")
    def fail(text: str) -> str:
        raise LookupError(text)

    @step
    def size(text: str) -> int:
        return len(text)

    @step
    def with_default(size: int, name: str = "nobody") -> str:
        return f"{name} {size}"

    @step
    def with_none(size: int, name: str | None) -> str:
        return f"{name} {size}"

    @step
    def join(texts: list[str]) -> str:
        return ", ".join(texts)

    @workflow
    def flow(text: str) -> str:
        failed, number = fail(text), size(text)
        return join([with_default(number, failed), with_none(number, failed)])

    assert await run(flow, {"text": "abc"}) == "nobody 3, None 3"


async def test_a_step_whose_required_parameter_was_skipped_is_skipped():
    called = []

    @step(on_error="skip")
    def fail(text: str) -> str:
        raise LookupError(text)

    @step
    def size(text: str) -> int:
        return len(text)

    @step
    def show(size: int, name: str) -> str:
        called.append(name)
        return name

    @workflow
    def flow(text: str) -> str:
        return show(size(text), fail(text))

    assert (await run(flow, {"text": "abc"}), called) == (None, [])


async def test_a_workflow_with_a_constant_that_is_no_json_runs_with_a_store():
    class Client:
        name = "client"

    client = Client()
    name_of = step(lambda client: client.name, name="name_of")
    flow = workflow(lambda: name_of(client), name="constants")
    async with Runtime(store=MemoryStore()) as runtime:
        assert await runtime.run(flow) == "client"


async def test_methods_and_lambdas_are_steps_too():
    class Shouter:
        mark = "!"

        @step
        def shout(self, text: str) -> str:
            return text.upper() + self.mark

        async def __call__(self, text: str) -> str:
            return f"<{text}>"

    shouter = Shouter()
    quote = step(shouter)
    twice = step(lambda text: text * 2, name="twice")

    @workflow
    def loud(text: str) -> str:
        return shouter.shout(quote(twice(text)))

    assert quote.is_async
    assert [node.id for node in loud.definition.nodes] == ["twice", "Shouter", "shout"]
    assert await run(loud, {"text": "hi"}) == "<HIHI>!"
