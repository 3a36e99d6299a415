"""One node alone; and events as a list."""

import pytest

import flowrt
from flowrt import Runtime
from flowrt.errors import DefinitionError, ExecutionFailedError, InputError
from flowrt.testing import Fake, capture_events, run_node


@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=60, jitter=0))
def divide(a: int, b: int = 2) -> float:
    return a / b


@flowrt.step
def start(x: int) -> int:
    return x


@flowrt.workflow
def half(x: int) -> float:
    return divide(start(x))


DOCUMENT = {
    "nodes": [
        {"id": "a", "type": "start"},
        {"id": "b", "type": "transform", "join": "any", "data": {"mappings": {"y": "x * 2"}}},
    ],
    "edges": [{"source": "a", "target": "b"}],
}


def test_a_python_node_runs_with_arguments_by_name():
    assert run_node(half, "divide", {"a": 5}).result == 2.5
    assert run_node(half, "divide", {"a": 5, "b": 5}).result == 1


def test_a_json_node_runs_on_a_record():
    assert run_node(DOCUMENT, "b", {"x": 4}).result == {"x": 4, "y": 8}


def test_the_nodes_policy_applies():
    simulated = run_node(half, "divide", {"a": 5, "b": 0})
    assert len(simulated.trace.attempts("divide")) == 3
    assert simulated.trace.duration_seconds == 60 + 60
    with pytest.raises(ExecutionFailedError, match="ZeroDivisionError"):
        simulated.result  # noqa: B018
    assert run_node(half, "divide", {"a": 5}, step=Fake(returns=7.0)).result == 7.0


@pytest.mark.parametrize("given", [{}, {"a": 1, "c": 2}])
def test_arguments_that_do_not_fit_are_refused(given):
    with pytest.raises(InputError, match=r"the step takes \(a: int, b: int = 2\)"):
        run_node(half, "divide", given)


def test_a_node_that_is_not_there_is_named():
    with pytest.raises(DefinitionError, match="there is no node 'divid'; there are start, divide"):
        run_node(half, "divid", {})


@pytest.mark.anyio
async def test_events_are_captured_in_a_list():
    events = capture_events()
    async with Runtime(on_event=events) as runtime:
        await runtime.run(half, {"x": 3})
    assert [type(event).__name__ for event in events] == [
        "ExecutionStarted",
        "AttemptEnded",
        "AttemptEnded",
        "ExecutionEnded",
    ]
