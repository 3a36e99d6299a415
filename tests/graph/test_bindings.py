"""What a Python step is called with when a node that feeds it ended without a value."""

import msgspec
import pytest

from flowrt import ExecutionFailedError, Runtime, StepRegistry, step, workflow

pytestmark = pytest.mark.anyio


class Produces(msgspec.Struct):
    produced: dict[str, int]


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


@step
def four(a: int, b: int, c: int, d: int) -> list[int]:
    return [a, b, c, d]


@step
def by_name(a: int, *, b: int = 5) -> list[int]:
    return [a, b]


@step
def positional(a: int, b: int, /) -> list[int]:
    return [a, b]


@step
def gathered(lists: list[list[int]]) -> list[list[int]]:
    return lists


@workflow
def called_in_many_ways(a: int, b: int) -> list[list[int]]:
    left, right = required(a), required(b)
    return gathered(
        [
            four(left, right, right, left),
            four(d=left, c=right, b=left, a=right),
            by_name(left),
            by_name(left, b=right),
            positional(right, left),
            positional(right, 7),
        ]
    )


async def test_results_come_to_the_parameters_that_they_are_wired_to():
    async with Runtime() as runtime:
        result = await runtime.run(called_in_many_ways, {"a": 1, "b": 2})
    assert result == [[1, 2, 2, 1], [2, 1, 2, 1], [1, 5], [1, 2], [2, 1], [2, 7]]


@pytest.mark.parametrize("count", range(6))
async def test_a_json_node_gets_the_records_of_however_many_nodes(count):
    steps = StepRegistry()
    steps.step("produce", description="Produces its key.", data=Produces)(lambda record, data: data.produced)
    produced = [{str(place): place} for place in range(count)]
    nodes = [{"id": f"n{place}", "type": "produce", "data": {"produced": keys}} for place, keys in enumerate(produced)]
    nodes += [{"id": f"s{place}", "type": "produce", "data": {"produced": {}}} for place in range(count)]
    nodes += [{"id": node, "type": "produce", "data": {"produced": {}}} for node in ("end", "same")]
    edges = [{"source": f"n{place}", "target": "end"} for place in range(count)]
    edges += [{"source": f"s{place}", "target": "same"} for place in range(count)]
    definition = {"name": "many", "nodes": nodes, "edges": edges}
    async with Runtime(steps=steps) as runtime:
        result = await runtime.run(definition, {"given": True})
    assert result == {"end": {"given": True} | {str(place): place for place in range(count)}, "same": {"given": True}}
