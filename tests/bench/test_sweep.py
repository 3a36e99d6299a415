"""What can be swept, and what it does to a workflow."""

import pytest

from flowrt import DefinitionError, StepRegistry, load_definition
from flowrt.bench.errors import OptionError
from flowrt.bench.load import LoadLimits
from flowrt.bench.setting import make_settings
from flowrt.bench.sweep import Sweep, parse_sweep

CATALOG = StepRegistry.with_builtins(entry_points=False)


def loaded(*policies, **more):
    nodes = [{"id": f"n{place}", "type": "start", "policy": policy} for place, policy in enumerate(policies)]
    return load_definition({"name": "small", "nodes": nodes, **more}, CATALOG)


def settings(text, workflow, **fixed):
    return make_settings(parse_sweep(text), workflow, CATALOG, LoadLimits(**fixed))


def test_a_sweep_is_a_name_and_its_values_in_their_order():
    assert parse_sweep("max_at_once=1, 5,2") == Sweep(name="max_at_once", values=(1, 5, 2))
    assert parse_sweep("max_per_second=0.5,1e2").values == (0.5, 100)
    assert parse_sweep("a=b.retry.max_attempts=2".partition("=")[2]).name == "b.retry.max_attempts"


def test_a_policy_that_the_workflow_has_not_is_refused_with_those_that_it_has():
    workflow = loaded({"retry": {"max_attempts": 2}, "timeout": {"attempt": 5}}, {"placement": "thread"})
    with pytest.raises(OptionError) as caught:
        settings("n0.retry.max_attempt=1", workflow)
    assert str(caught.value) == (
        "the sweep 'n0.retry.max_attempt=1': workflow 'small' has no 'n0.retry.max_attempt'; did you mean "
        "'n0.retry.max_attempts'?; it has: max_at_once, max_per_second, limits.thread, n0.retry.max_attempts, "
        "n0.retry.delay_seconds, n0.retry.backoff_multiplier, n0.retry.jitter, n0.timeout.attempt"
    )


def test_a_sweep_is_told_as_it_was_given():
    assert str(parse_sweep("max_per_second=0.5, 1000000,33.333333")) == "max_per_second=0.5,1000000,33.333333"


@pytest.mark.parametrize("name", ["limits.thread", "limits.process", "n0.timeout.attempt", "n0.retry.max_attempts"])
def test_what_the_workflow_does_not_use_can_not_be_swept(name):
    with pytest.raises(OptionError, match=f"has no '{name}'"):
        settings(f"{name}=1", loaded({}))


def test_a_workflow_of_many_policies_does_not_fill_the_screen():
    with pytest.raises(OptionError, match=r" and \d+ more$"):
        settings("x=1", loaded(*[{"retry": {}}] * 100))


def test_a_swept_policy_is_in_the_workflow_and_all_else_stays():
    workflow = loaded({"retry": {"max_attempts": 2}}, {"retry": {"max_attempts": 7}, "timeout": {"attempt": 5}})
    one, four = settings("n1.retry.max_attempts=1,4", workflow)
    assert [node.policy.retry.max_attempts for node in four.workflow.definition.nodes] == [2, 4]
    assert one.workflow.definition.nodes[1].policy.retry.max_attempts == 1
    assert four.workflow.definition.nodes[1].policy.timeout.attempt == 5
    assert one.load == LoadLimits(max_at_once=100)


def test_a_value_that_a_policy_can_not_have_is_refused_with_its_place():
    with pytest.raises(DefinitionError, match="/nodes/0/policy/retry/max_attempts"):
        settings("n0.retry.max_attempts=1.5", loaded({"retry": {}}))


def test_limits_of_the_load_and_of_the_runtime_are_set():
    workflow = loaded({"placement": "thread"})
    assert settings("max_at_once=3", workflow)[0].load == LoadLimits(max_at_once=3)
    assert settings("max_per_second=3", workflow)[0].load == LoadLimits(max_per_second=3)
    assert settings("max_per_second=3", workflow, max_at_once=5)[0].load == LoadLimits(max_at_once=5, max_per_second=3)
    threads = settings("limits.thread=3", workflow)[0]
    assert (threads.limits, threads.load, threads.workflow) == ({"thread": 3}, LoadLimits(max_at_once=100), workflow)
    assert settings("limits.thread=3", workflow, max_per_second=9)[0].load == LoadLimits(max_per_second=9)


def test_what_is_made_once_per_slot_is_made_before_the_measurement():
    workflow = loaded({"placement": "thread", "timeout": {"queue": 1}})
    assert [setting.warm_up for setting in settings("max_at_once=3,9", workflow)] == [3, 9]
    assert settings("limits.thread=4", workflow)[0].warm_up == 4
    assert settings("max_per_second=50", workflow)[0].warm_up == 1
    assert settings("n0.timeout.queue=50", workflow)[0].warm_up == 1
