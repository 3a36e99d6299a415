"""What is noted in the plan's firing order, and what is counted token by token, is the same."""

from random import Random

import pytest
from graph.graphs import plan_of

from flowrt.graph.flow import Flow
from flowrt.graph.node_ends import COMPLETED
from flowrt.graph.progress import COUNTED


def random_plan(seed):
    random = Random(seed)
    size = random.randint(2, 12)
    edges = [f"{random.randrange(node)}>{node}" for node in range(1, size) for _ in range(random.randint(1, 3))]
    return plan_of(edges)


def stand(flow, taken):
    """All that can be seen of how far an execution has come."""
    assert taken not in flow.ready
    return [node.id for node in flow.ready], list(flow.missing), list(flow.states), flow.left


def play(plan):
    """Fire node after node and count each; the order, and how the execution stood in and after each firing."""
    flow, order, stands = Flow(plan, {}), [], []
    flow.count()
    following = None
    while following is not None or flow.ready:
        node = following or flow.ready.popleft()
        order.append(node)
        stands.append(stand(flow, node))
        flow.records[node.index] = {}
        following = flow.succeed(node, {})
        flow.states[node.index] = COMPLETED
        flow.left -= 1
        if following is not None:
            flow.ready.appendleft(following)
        stands.append(stand(flow, None))
        if following is not None:
            flow.ready.popleft()
    return tuple(order), stands


@pytest.mark.parametrize("seed", range(60))
def test_nodes_that_are_counted_fire_in_the_plans_order_and_stand_the_same(seed):
    plan = random_plan(seed)
    order, stands = play(plan)
    assert plan.is_settled
    assert tuple(plan.by_index) == order
    for begun in range(1, len(order) + 1):
        for is_between in (False, True):
            flow = Flow(plan, {})
            flow.go_straight()
            flow.begun = begun
            flow.is_between = is_between
            taken = None if is_between else order[begun - 1]
            assert stand(flow, taken) == stands[2 * begun - 2 + is_between]
            assert flow.begun == COUNTED


@pytest.mark.parametrize("asked", ["missing", "states", "left", "ready", "ready_count"])
def test_whatever_is_asked_for_is_counted(asked):
    plan = plan_of(["a>b", "a>c", "b>d", "c>d"])
    flow = Flow(plan, {})
    flow.go_straight()
    flow.begun = 2
    assert getattr(flow, asked) is not None
    assert flow.begun == COUNTED
    assert [node.id for node in flow.ready] == ["c"]


def test_what_has_not_begun_is_counted_without_touching_what_is_ready():
    flow = Flow(plan_of(["a>c", "b>c"]), {})
    taken = flow.ready.popleft()
    assert (taken.id, flow.left) == ("a", 3)
    assert [node.id for node in flow.ready] == ["b"]


@pytest.mark.parametrize("joins", [{"c": "any"}, {"c": "all_settled"}])
def test_the_order_of_a_plan_whose_joins_may_do_without_some_is_not_settled(joins):
    assert not plan_of(["a>c", "b>c"], joins).is_settled


def test_a_name_that_there_is_not_is_an_error():
    flow = Flow(plan_of(["a>b"]), {})
    with pytest.raises(AttributeError, match="nothing"):
        _ = flow.nothing
    assert flow.begun == 0
