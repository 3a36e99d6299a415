"""The policies that Python workflows and their steps say."""

import pytest
from authoring.builds import message_of, step_problem
from authoring.order_steps import ask, charge, ship
from authoring.twins import loaded_twin, simulate_twins

from flowrt import Cancel, ExecutionTimeoutError, NodePolicy, Retry, Timeout, WorkflowPolicy, step, workflow


def test_a_deadline_of_the_workflow_ends_its_executions():
    @workflow(deadline_seconds=5)
    def flow(total: float) -> float:
        return ask(9.0)

    found = simulate_twins(flow, {"total": 1.0})
    assert isinstance(found.error.__cause__, ExecutionTimeoutError)
    assert found.trace.duration_seconds == 5


def test_retries_of_all_steps_together_are_limited():
    again = step(charge.function, retry=Retry(max_attempts=9, delay_seconds=0), name="again")

    @workflow(max_retries=2)
    def flow(total: float) -> str:
        return again(total)

    assert len(simulate_twins(flow, {"total": -1.0}).trace.attempts("again")) == 3


def test_a_workflow_keeps_its_policy():
    flow = workflow(deadline_seconds=2.5, max_retries=7)(lambda total: ship(total=total))
    assert flow.definition.policy == WorkflowPolicy(deadline_seconds=2.5, max_retries=7)
    assert flow.export()["policy"] == {"deadline_seconds": 2.5, "max_retries": 7}


def test_a_step_has_all_of_its_policies():
    policies = {"retry": Retry(), "timeout": Timeout(attempt=1, total=9), "on_error": "skip"}
    careful = step(ship.function, cancel=Cancel(grace_seconds=0), name="careful", **policies)
    assert careful.policy == NodePolicy(cancel=Cancel(grace_seconds=0), **policies)
    flow = workflow(lambda total: careful(total=total), name="flow")
    assert flow.export()["nodes"][0]["policy"]["cancel"] == {"grace_seconds": 0}
    assert loaded_twin(flow).definition.nodes[0].policy == careful.policy


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"deadline_seconds": 0}, "found 0, expected a number > 0.0"),
        ({"deadline_seconds": "5"}, "found a text, expected a number or null"),
        ({"deadline_seconds": float("inf")}, "found inf, expected a number <= 1000000000.0"),
        ({"max_retries": 0}, "found 0, expected a whole number >= 1"),
    ],
)
def test_a_policy_that_can_not_be_is_refused(options, expected):
    assert expected in message_of(lambda total: ship(total=total), **options)


def test_a_contradiction_that_could_not_be_loaded_again_is_refused():
    retry = Retry(backoff="constant", backoff_multiplier=3)
    assert "the backoff is 'constant', which multiplies nothing" in step_problem(lambda total: total, retry=retry)


def test_a_grace_time_that_can_not_be_is_refused():
    assert "found -1, expected a number >= 0.0" in step_problem(lambda total: total, cancel=Cancel(grace_seconds=-1))
