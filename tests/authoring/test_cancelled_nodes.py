"""What takes the result of a step that was cancelled by name is skipped, or does without, as after a skipped step."""

import anyio
import pytest

from flowrt import Runtime, join_settled, step, workflow

pytestmark = pytest.mark.anyio


@step
async def charge(order: int) -> str:
    await anyio.sleep_forever()
    return f"receipt {order}"


@step
def count(order: int) -> int:
    return order


@step
def needs(receipt: str) -> str:
    return f"sent with {receipt}"


@step
def has_default(receipt: str = "no receipt") -> str:
    return f"sent with {receipt}"


@step
def allows_none(receipt: str | None) -> str:
    return f"sent with {receipt}"


@step
def needs_both(receipt: str, counted: int) -> str:
    return f"sent {counted} with {receipt}"


@step
def needs_all(receipts: list[object]) -> str:
    return f"sent with {receipts}"


@step
def outcomes(found: list[object]) -> str:
    return ", ".join(outcome.outcome for outcome in found)


@workflow
def one_that_needs(order: int) -> str:
    return needs(charge(order))


@workflow
def one_with_a_default(order: int) -> str:
    return has_default(charge(order))


@workflow
def one_that_allows_none(order: int) -> str:
    return allows_none(charge(order))


@workflow
def one_that_needs_two(order: int) -> str:
    return needs_both(charge(order), count(order))


@workflow
def one_that_needs_a_list(order: int) -> str:
    return needs_all([charge(order), count(order)])


@workflow
def one_that_needs_two_and_an_input(order: int) -> str:
    return needs_both(charge(order), order)


@workflow
def one_of_three(order: int) -> str:
    return needs_all([charge(order), count(order), needs(charge(order))])


@workflow
def settled(order: int) -> str:
    return outcomes(join_settled(charge(order), count(order)))


@pytest.mark.parametrize(
    ("flow", "result"),
    [
        (one_that_needs, None),
        (one_with_a_default, "sent with no receipt"),
        (one_that_allows_none, "sent with None"),
        (one_that_needs_two, None),
        (one_that_needs_a_list, None),
        (one_that_needs_two_and_an_input, None),
        (one_of_three, None),
        (settled, "cancelled, completed"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_what_takes_the_result_of_a_cancelled_step_does_as_after_a_skipped_one(flow, result):
    async with Runtime() as runtime:
        handle = await runtime.start(flow, {"order": 7})
        await anyio.wait_all_tasks_blocked()
        handle.cancel(node="charge")
        if flow is one_of_three:
            handle.cancel(node="charge_2")
        assert await handle.result() == result
        assert handle.status == "completed"
