"""One node alone."""

from dataclasses import dataclass

import anyio
import pytest

import flowrt
from flowrt.errors import AttemptTimeoutError, DefinitionError, ExecutionFailedError, InputError
from flowrt.testing import Fake, RealWaitError, run_node


@dataclass
class Lead:
    name: str


@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=60, jitter=0))
def divide(a: int, b: int = 2, *, digits: int) -> float:
    return round(a / b, digits)


@flowrt.step
def start(x: int) -> int:
    return x


@flowrt.step
def greet(lead: Lead, others: tuple[Lead, ...] = ()) -> str:
    return " and ".join(each.name for each in (lead, *others))


@flowrt.step(timeout=5, on_error=flowrt.Default(-1))
async def hangs(x: int) -> int:
    await anyio.sleep(10)
    return x


@flowrt.step(timeout=5)
async def reads_the_clock(x: int) -> int:
    import time  # noqa: PLC0415 - what it does is wrong anyway

    return int(time.time())


@flowrt.workflow
def half(x: int) -> float:
    hangs(x)
    reads_the_clock(x)
    return divide(start(x), digits=1)


@flowrt.workflow
def meeting(lead: Lead, other: Lead) -> str:
    return greet(lead, [other, Lead("Cleo")])


DOCUMENT = {
    "parameters": [{"name": "x", "type": "integer"}],
    "nodes": [
        {"id": "a", "type": "start"},
        {"id": "b", "type": "transform", "join": "any", "data": {"mappings": {"y": "z * 2"}}},
        {"id": "c", "type": "delay", "data": {"delay_seconds": 60}, "policy": {"timeout": {"attempt": 2}}},
    ],
    "edges": [{"source": "a", "target": "b", "condition": "x > 1"}, {"source": "b", "target": "c"}],
}


def test_a_python_node_runs_with_arguments_by_name():
    assert run_node(half, "divide", {"a": 5}).result == 2.5
    assert run_node(half, "divide", {"a": 5, "b": 3, "digits": 2}).result == 1.67


def test_a_constant_of_the_workflow_need_not_be_given():
    assert run_node(half, "divide", {"a": 5, "b": 3}).result == 1.7


def test_arguments_are_converted_to_what_the_step_wants():
    people = {"lead": {"name": "Ada"}, "others": [{"name": "Bob"}]}
    assert run_node(meeting, "greet", people).result == "Ada and Bob"
    assert run_node(meeting, "greet", {"lead": Lead("Ada"), "others": [Lead("Bob")]}).result == "Ada and Bob"
    assert run_node(meeting, "greet", {"lead": Lead("Ada")}).result == "Ada"


def test_a_json_node_runs_on_any_record():
    assert run_node(DOCUMENT, "b", {"z": 4}).result == {"z": 4, "y": 8}
    assert run_node(DOCUMENT, "a").result == {}


def test_a_node_of_type_python_runs_where_its_module_is_named():
    document = {"nodes": [{"id": "tag", "type": "python", "data": {"function": "testing.python_steps:tag"}}]}
    document["nodes"][0]["data"]["output_key"] = "ages"
    found = run_node(document, "tag", {"kids": [{"age": 3}]}, python_modules=["testing.python_steps"]).result
    assert found == {"kids": [{"age": 3}], "ages": [3]}


def test_the_nodes_retries_apply():
    simulated = run_node(half, "divide", {"a": 5, "b": 0})
    assert len(simulated.trace.attempts("divide")) == 3
    assert simulated.trace.duration_seconds == 60 + 60
    with pytest.raises(ExecutionFailedError, match="ZeroDivisionError"):
        simulated.result  # noqa: B018


def test_the_nodes_timeout_and_on_error_apply():
    result, trace = run_node(half, "hangs", {"x": 1})
    assert (result, trace.duration_seconds) == (-1, 5)
    assert isinstance(run_node(DOCUMENT, "c").error.__cause__, AttemptTimeoutError)


def test_stand_ins_are_those_of_simulate():
    steps = {"divide": Fake(returns=7.0), "start": Fake(fails=1)}
    assert run_node(half, "divide", {"a": 5}, steps=steps).result == 7.0
    assert run_node(DOCUMENT, "b", {}, steps={"transform": Fake(returns={"y": 1})}).result == {"y": 1}


def test_the_seed_decides_the_random_numbers():
    steps = {"divide": Fake(fails=0.5)}

    def pauses(seed):
        return run_node(half, "divide", {"a": 5}, seed=seed, steps=steps).trace.hash

    assert pauses(3) == pauses(3)
    assert len({pauses(seed) for seed in range(10)}) > 1


def test_a_step_is_watched():
    with pytest.raises(RealWaitError, match="node 'reads_the_clock' used time"):
        run_node(half, "reads_the_clock", {"x": 1})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "the parameter 'a' is missing"),
        ({"a": 1, "c": 2}, "there is no parameter 'c'; expected: a, b"),
        ({"a": "one"}, "the parameter 'a' does not fit"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        run_node(half, "divide", given)


def test_a_node_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(
        DefinitionError, match=r"there is no node 'divid'.*there are hangs, reads_the_clock, start, divide"
    ):
        run_node(half, "divid", {})
    with pytest.raises(DefinitionError, match=r"steps: there is no node or type 'divid'; did you mean 'divide'.*hangs"):
        run_node(half, "divide", {"a": 1}, steps={"divid": Fake()})


def test_a_node_that_is_no_text_is_told_like_any_that_is_not_there():
    with pytest.raises(DefinitionError, match="there is no node 5; there are hangs, "):
        run_node(half, 5, {})


def test_an_input_that_is_no_object_is_refused():
    with pytest.raises(InputError, match="found int, expected an object"):
        run_node(half, "start", 5)
