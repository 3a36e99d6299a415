"""Placements that can never work are refused when the workflow is made or loaded."""

import functools
import operator

import pytest
from placement import placed_steps

from flowrt import Cancel, DefinitionError, NodePolicy, StepRegistry, Timeout, load_definition, step

PLACED = {"placement": "process"}


def problems_of(node, registry):
    with pytest.raises(DefinitionError) as caught:
        load_definition({"nodes": [{"id": "a", "policy": PLACED, **node}]}, registry)
    return caught.value.problems


@pytest.mark.parametrize("kind", ["delay", "input"])
def test_a_step_type_that_can_not_be_sent_is_refused_with_its_place(kind):
    (problem,) = problems_of({"type": kind}, StepRegistry.with_builtins())
    assert problem.pointer == "/nodes/0/policy/placement"
    assert "the step can't be sent there" in problem.message
    assert "set `placement` to 'thread'" in problem.message


def test_the_same_type_may_run_in_a_thread():
    node = {"id": "a", "type": "delay", "policy": {"placement": "thread"}}
    assert (
        load_definition({"nodes": [node]}, StepRegistry.with_builtins()).definition.nodes[0].policy.placement
        == "thread"
    )


def test_a_registered_function_without_a_name_of_its_own_is_refused():
    registry = StepRegistry()
    registry.step("local")(lambda record: record)
    (problem,) = problems_of({"type": "local"}, registry)
    assert problem.pointer == "/nodes/0/policy/placement"


def test_an_async_function_is_refused_once():
    async def later(_record):
        return {}

    registry = StepRegistry()
    registry.step("later")(later)
    (problem,) = problems_of({"type": "later"}, registry)
    assert "an `async def` step runs on the event loop" in problem.message


def test_a_python_step_that_is_made_in_a_function_is_refused_for_processes_only():
    def local(n: int) -> int:
        return n

    with pytest.raises(DefinitionError, match=r"'process', but the step can't be sent there .*inside a function"):
        step(placement="process")(local)
    assert step(placement="thread")(local).policy.placement == "thread"


def test_an_async_python_step_is_refused():
    async def later(n: int) -> int:
        return n

    with pytest.raises(DefinitionError, match="an `async def` step runs on the event loop"):
        step(placement="thread")(later)


def test_an_unknown_placement_is_refused():
    with pytest.raises(DefinitionError, match="'inline', 'thread', 'process'"):
        step(placement="gpu")(placed_steps.square)


def test_a_step_says_all_of_its_policies():
    made = step(placement="thread", timeout=Timeout(attempt=1, queue=2, total=9), cancel=Cancel(grace_seconds=3))(
        placed_steps.square
    )
    assert made.policy == NodePolicy(
        placement="thread", timeout=Timeout(attempt=1, queue=2, total=9), cancel=Cancel(grace_seconds=3)
    )


@pytest.mark.parametrize("call", [functools.partial(operator.add, 1), len, placed_steps.square])
def test_what_has_a_name_can_be_sent(call):
    assert step(placement="process")(call).policy.placement == "process"
