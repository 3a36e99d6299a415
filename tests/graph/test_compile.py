"""How a plan is made: its order, what is asked of the functions, and what becomes of the garbage collector."""

import gc

import pytest
from graph.graphs import plan_of

from flowrt import step, workflow
from flowrt.definition.model import Definition, Edge, Node
from flowrt.graph import call_shapes
from flowrt.graph.compile import compile_plan
from flowrt.graph.garbage import MANY, without_collecting
from flowrt.plans import compile_workflow
from flowrt.typing import BoundStep


@pytest.mark.parametrize(
    ("edges", "order"),
    [
        (["a>b", "c>d", "b>d"], "abcd"),
        (["b>d", "c>d", "a>b"], "cabd"),
    ],
    ids=["as written where every edge leads on", "else as nodes become free"],
)
def test_nodes_are_in_topological_order(edges, order):
    plan = plan_of(edges)
    assert "".join(node.id for node in plan.nodes) == order
    assert [node.rank for node in plan.nodes] == [0, 1, 2, 3]
    assert all(source.rank < node.rank for node in plan.nodes for source in node.sources)


def test_indices_follow_the_order_in_which_nodes_fire():
    plan = plan_of(["a>c", "b>d", "c>e", "d>f"])
    assert "".join(node.id for node in plan.nodes) == "acbdef"
    assert "".join(node.id for node in plan.by_index) == "acebdf"
    assert [node.index for node in plan.by_index] == list(range(6))
    assert [node.id for node in plan.roots] == ["a", "b"]
    assert [node.id for node in plan.ends] == ["e", "f"]


def test_ports_have_the_indices_after_those_of_all_nodes():
    nodes = tuple(Node(id=name, type="test") for name in "abc")
    edges = (Edge(source="a", target="b", on="failure"), Edge(source="a", target="c", on="always"))
    steps = [BoundStep(call=lambda record: record) for _ in nodes]
    plan = compile_plan(Definition(name="ports", nodes=nodes, edges=edges), steps, lambda value: value)
    node = plan.nodes[0]
    assert (node.failure_port.index, node.always_port.index) == (3, 4)
    assert [port.type for port in (node.failure_port, node.always_port)] == ["failure", "always"]
    assert [port.outgoing[0].target.id for port in (node.failure_port, node.always_port)] == ["b", "c"]
    assert all(port.rank == node.rank and port.is_port for port in (node.failure_port, node.always_port))
    assert node.plain_targets is None
    assert [source.type for source in plan.nodes[1].sources] == ["failure"]


def test_a_function_is_looked_at_once_however_many_nodes_call_it(monkeypatch):
    asked = []
    monkeypatch.setattr(call_shapes, "is_async", lambda call: bool(asked.append(call)))

    @step
    def one(value: int = 0) -> int:
        return value + 1

    @workflow
    def chain() -> int:
        return one(one(one()))

    compile_workflow(chain, chain.steps)
    assert asked == [chain.steps[0].call]


def test_a_large_plan_is_made_without_collecting_garbage_and_then_it_is_collected_again():
    with without_collecting(MANY):
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), without_collecting(MANY):
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_small_plan_leaves_the_garbage_collector_alone():
    with without_collecting(MANY - 1):
        assert gc.isenabled()


def test_a_garbage_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with without_collecting(MANY):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
