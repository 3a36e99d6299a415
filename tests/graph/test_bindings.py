"""What a Python step is called with when a node that feeds it ended without a value."""

import pytest

from flowrt import ExecutionFailedError, Runtime, step, workflow

pytestmark = pytest.mark.anyio


@step(on_error="skip")
def fetch(key: str) -> int:
    return {"known": 5}[key]


@step
def with_default(value: int = 7) -> int:
    return value


@step
def optional(value: int | None) -> str:
    return f"got {value}"


@step
def required(value: int) -> int:
    return value


@step
def both(first: int, second: int | None) -> tuple[int, int | None]:
    return first, second


@workflow
def defaults(key: str) -> int:
    return with_default(fetch(key))


@workflow
def nones(key: str) -> str:
    return optional(fetch(key))


@workflow
def skips(key: str) -> int:
    return required(fetch(key))


@workflow
def one_of_two(key: str) -> tuple[int, int | None]:
    return both(fetch("known"), fetch(key))


@pytest.mark.parametrize(
    ("plan", "known", "unknown"),
    [(defaults, 5, 7), (nones, "got 5", "got None"), (skips, 5, None), (one_of_two, (5, 5), (5, None))],
)
async def test_a_parameter_without_a_value_takes_its_default_or_none_or_skips_the_node(plan, known, unknown):
    async with Runtime() as runtime:
        assert await runtime.run(plan, {"key": "known"}) == known
        assert await runtime.run(plan, {"key": "unknown"}) == unknown


async def test_an_error_in_the_function_is_not_taken_for_a_missing_value():
    @step
    def raises(value: int) -> int:
        raise KeyError(value)

    @workflow
    def broken(key: str) -> int:
        return raises(fetch(key))

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="KeyError"):
            await runtime.run(broken, {"key": "known"})
