"""What is said of steps that their flags or their arguments skipped: live, and from the log."""

from contextlib import suppress
from itertools import product

import anyio.lowlevel
import pytest

from flowrt import (
    Default,
    ExecutionFailedError,
    MemoryStore,
    Runtime,
    StepRegistry,
    join_any,
    step,
    when,
    workflow,
)
from flowrt.explain import explain

pytestmark = pytest.mark.anyio


@step
def is_paid(paid: bool) -> bool:
    return paid


@step(on_error="skip")
def parse(text: str) -> bool:
    return {"yes": True, "no": False}[text]


@step(on_error=Default(False))
def guess(text: str) -> bool:
    raise ValueError(text)


@step
def not_a_flag(paid: bool) -> bool:
    return 7  # type: ignore[return-value]


@step
async def later() -> bool:
    await anyio.lowlevel.checkpoint()
    return True


@step
def pick(order: str) -> str:
    return order


@step
def ship(order: str, note: str = "") -> str:
    return order


@step
def tell(shipped: str, also: str) -> str:
    return shipped


@step
def tell_each(shipped: str, also: str, last: str) -> str:
    return shipped


async def answers(made, given, key, **options):
    """Run a workflow; return why of one of its nodes, once by the handle and once by the log."""
    store = MemoryStore()
    async with Runtime(store=store, steps=StepRegistry(), **options) as runtime:
        handle = await runtime.start(made, given)
        with suppress(ExecutionFailedError):
            await handle.wait()
        return handle.why(key), await explain(store, handle.execution_id, key)


async def both_say(made, given, key, sentence, **options):
    live, logged = await answers(made, given, key, **options)
    assert [live.sentence, logged.sentence] == [sentence, sentence]
    assert live == logged


@workflow
def sell(order: str, paid: bool, text: str = "yes", is_gift: bool = False) -> None:
    ship.when(is_paid(paid))(order)
    sent = pick.when(is_gift)(order)
    tell(sent, pick.when(parse(text)).unless(is_gift)(order))


@pytest.mark.parametrize(
    ("given", "key", "told"),
    [
        ({"paid": False}, "ship", "its flag, the result of 'is_paid', was false, and must be true"),
        ({"paid": True}, "pick", "its flag, the workflow's parameter 'is_gift', was false, and must be true"),
        (
            {"paid": True, "is_gift": True},
            "pick_2",
            "its flag, the workflow's parameter 'is_gift', was true, and must be false",
        ),
        (
            {"paid": True, "is_gift": True, "text": "no"},
            "pick_2",
            (
                "its flag, the result of 'parse', was false, and must be true; its flag, the workflow's parameter "
                "'is_gift', was true, and must be false"
            ),
        ),
        (
            {"paid": True, "text": "?"},
            "pick_2",
            "its flag, the result of 'parse', had no value: 'parse' failed (KeyError: '?')",
        ),
    ],
)
async def test_a_step_that_a_flag_skipped_names_the_flag(given, key, told):
    await both_say(sell, {"order": "lamp"} | given, key, f"{key!r} was skipped: {told}.")


async def test_a_flag_that_was_skipped_leads_back_to_where_that_began():
    @workflow
    def nested(paid: bool) -> None:
        with when(is_paid(paid)):
            inner = is_paid(paid)
        ship.when(inner)("lamp")

    sentence = (
        "'ship' was skipped: its flag, the result of 'is_paid_2', had no value: 'is_paid_2' was skipped. That began "
        "with 'is_paid_2': its flag, the result of 'is_paid', was false, and must be true."
    )
    await both_say(nested, {"paid": False}, "ship", sentence)
    live, _ = await answers(nested, {"paid": False}, "ship")
    assert live.path == ("ship", "is_paid_2")
    assert live.root_cause == (
        "'is_paid_2' was skipped: its flag, the result of 'is_paid', was false, and must be true"
    )


async def test_a_default_that_stands_for_a_flag_is_its_value():
    @workflow
    def guessed(text: str) -> None:
        ship.when(guess(text))("lamp")

    await both_say(
        guessed,
        {"text": "?"},
        "ship",
        "'ship' was skipped: its flag, the result of 'guess', was false, and must be true.",
    )


async def test_a_flag_is_to_blame_and_not_a_parameter_that_does_without():
    @workflow
    def noted(paid: bool, is_gift: bool) -> None:
        ship.when(is_paid(paid))("lamp", pick.when(is_gift)("note"))

    await both_say(
        noted,
        {"paid": False, "is_gift": False},
        "ship",
        "'ship' was skipped: its flag, the result of 'is_paid', was false, and must be true.",
    )


async def test_a_flag_that_is_none_explains_itself():
    @workflow
    def wrong(paid: bool) -> None:
        ship.when(not_a_flag(paid))("lamp")

    live, logged = await answers(wrong, {"paid": True}, "ship")
    assert live.sentence == logged.sentence
    assert live.sentence.startswith(
        "'ship' failed: FlagError: whether node 'ship' runs depends on the result of 'not_a_flag', which is of the "
        "type int"
    )


async def test_a_branch_says_which_flag_skipped_it():
    @workflow
    def chosen(paid: bool, order: str) -> None:
        with when(is_paid(paid)):
            made = pick(order)
        ship(made)

    live, _ = await answers(chosen, {"paid": False, "order": "lamp"}, "ship")
    assert live.sentence == (
        "'ship' was skipped: 'pick' was skipped. That began with 'pick': its flag, the result of "
        "'is_paid', was false, and must be true."
    )


# --- arguments --------------------------------------------------------------------------------------------------------


@workflow
def told(first: bool, second: bool) -> None:
    kept = pick("lamp")
    tell_each(pick.when(first)("a"), pick.when(second)("b"), kept)


async def test_a_parameter_without_a_value_is_named():
    sentence = "'tell_each' was skipped, as its parameter 'shipped' had no value: 'pick_2' was skipped. "
    live, logged = await answers(told, {"first": False, "second": True}, "tell_each")
    assert live == logged
    assert live.sentence.startswith(sentence)
    assert live.path == ("tell_each", "pick_2")
    assert live.sentence.removeprefix(sentence) == (
        "That began with 'pick_2': its flag, the workflow's parameter 'first', was false, and must be true."
    )


async def test_of_several_parameters_without_a_value_only_the_function_knows_which_need_one():
    live, logged = await answers(told, {"first": False, "second": False}, "tell_each")
    assert live == logged
    assert live.sentence.startswith(
        "'tell_each' was skipped, as some of its parameters had no value, and not all of these have a default: "
        "'shipped' and 'also': 'pick_2' was skipped; 'pick_3' was skipped."
    )


# --- what the log has of it -------------------------------------------------------------------------------------------


async def test_a_flag_of_an_input_that_was_cut_follows_from_the_skip():
    await both_say(
        sell,
        {"order": "lamp" * 100, "paid": True},
        "pick",
        "'pick' was skipped: its flag, the workflow's parameter 'is_gift', was false, and must be true.",
        max_payload_bytes=100,
    )


async def test_of_two_flags_that_were_cut_the_log_does_not_tell_which():
    @workflow
    def twice(order: str, paid: bool, is_gift: bool) -> None:
        ship.when(paid).unless(is_gift)(order)

    given = {"order": "lamp" * 100, "paid": True, "is_gift": True}
    live, logged = await answers(twice, given, "ship", max_payload_bytes=100)
    assert live.sentence == (
        "'ship' was skipped: its flag, the workflow's parameter 'is_gift', was true, and must be false."
    )
    assert logged.sentence == (
        "'ship' was skipped, as its flag, the workflow's parameter 'paid', was not true or its flag, the workflow's "
        "parameter 'is_gift', was not false; the log does not tell which."
    )


async def test_whatever_the_flags_are_the_log_says_what_the_execution_says():
    @workflow
    def all_of_it(a: bool, b: bool, text: str) -> None:
        with when(is_paid(a)) as paid:
            inner = parse(text)
            one = ship.unless(b)("one")
        with paid.otherwise():
            other = tell(ship("two", pick.when(b)("note")), pick("three"))
        last = join_any(one, other)
        with when(inner):
            ship(last)

    for a, b, text in product((True, False), (True, False), ("yes", "no", "?")):
        store = MemoryStore()
        async with Runtime(store=store, steps=StepRegistry()) as runtime:
            handle = await runtime.start(all_of_it, {"a": a, "b": b, "text": text})
            await handle.wait()
            for node in all_of_it.definition.nodes:
                live, logged = handle.why(node.id), await explain(store, handle.execution_id, node.id)
                assert live == logged
                assert live.state != "skipped" or "flag" in live.sentence
