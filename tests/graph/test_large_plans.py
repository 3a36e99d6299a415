"""What keeps large plans cheap: how they lie in memory, what their nodes share, and what is made only when needed."""

import gc
import tracemalloc
from random import Random
from weakref import ref

import anyio
import pytest
from graph.graphs import Play, plan_of

from flowrt import Runtime, step, workflow
from flowrt.graph.edges import PlanEdge
from flowrt.graph.ordering import firing_order
from flowrt.graph.records import History
from flowrt.graph.rows import grouped
from flowrt.graph.tokens import Tokens
from flowrt.graph.wiring import wire
from flowrt.plans import compile_workflow

MOST_BYTES_PER_NODE = 500
MOST_TRACKED_PER_NODE = 3
"""The node, its invocation and its targets."""


@step
def begin() -> int:
    return 1


@step
def one(a: int) -> int:
    return a + 1


@step
def three(a: int, b: int, c: int) -> int:
    return a + b + c


@workflow
def chain() -> int:
    result = begin()
    for _ in range(1_999):
        result = one(result)
    return result


@workflow
def layers() -> int:
    random, above = Random(1), [begin() for _ in range(20)]
    for _ in range(5):
        above = [three(*random.sample(above, 3)) for _ in above]
    return three(*above[:3])


def edges_made(plan):
    return [found for found in gc.get_objects() if isinstance(found, PlanEdge) and found.source in plan.nodes]


@pytest.mark.anyio
async def test_the_firing_order_is_that_of_a_run():
    fired = []

    @step
    def note(name: str, before: list[str]) -> str:
        fired.append(name)
        return name

    @workflow
    def noted() -> str:
        random, above = Random(2), [note(f"0.{place}", []) for place in range(8)]
        for layer in range(1, 4):
            above = [note(f"{layer}.{place}", random.sample(above, 3)) for place in range(8)]
        return note("end", above)

    wiring = wire(noted.definition.nodes, noted.definition.edges)
    names = [bound.arguments["name"].value for bound in noted.steps]
    async with Runtime() as runtime:
        await runtime.run(noted)
    assert fired == [names[number] for number in firing_order(wiring.missing, wiring.following)]
    assert fired != names


def test_nodes_that_the_firing_order_can_not_tell_come_last():
    following = grouped([0, 1], [1, 2], [1, 1, 0])
    assert firing_order(bytearray([0, 2, 1]), following) == [0, 1, 2]


def test_a_node_of_a_large_plan_is_small():
    compile_workflow(chain, chain.steps)
    gc.collect()
    tracemalloc.start()
    plan = compile_workflow(chain, chain.steps)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / len(plan.nodes) < MOST_BYTES_PER_NODE


def test_the_garbage_collector_has_little_to_look_at():
    compile_workflow(layers, layers.steps)
    gc.collect()
    before = len(gc.get_objects())
    plan = compile_workflow(layers, layers.steps)
    gc.collect()  # tuples of numbers are looked at once
    assert (len(gc.get_objects()) - before) / len(plan.nodes) < MOST_TRACKED_PER_NODE


@pytest.mark.anyio
async def test_edges_are_made_when_something_is_out_of_the_ordinary():
    is_broken = False

    @step(on_error="skip")
    def may_break(value: int) -> int:
        if is_broken:
            raise ValueError(value)
        return value

    @workflow
    def line() -> int:
        return one(may_break(one(begin())))

    plan = compile_workflow(line, line.steps)
    async with Runtime() as runtime:
        assert await runtime.run(plan) == 3
        assert not edges_made(plan)
        is_broken = True
        assert await runtime.run(plan) is None
    found = [(edge.source.id, edge.target.id) for edge in edges_made(plan)]
    assert found == [("may_break", "one_2")] * 2  # at either end


def test_a_node_gives_the_same_edges_each_time():
    plan = compile_workflow(layers, layers.steps)
    node = plan.nodes[25]
    assert node.incoming is node.incoming
    assert node.outgoing is node.outgoing
    assert [edge.source for edge in node.incoming] == [plan.nodes[edge.source.rank] for edge in node.incoming]
    assert all(edge.target is node for edge in node.incoming)
    assert tuple(edge.target.index for edge in node.outgoing) == node.plain_targets


def test_nodes_that_call_one_function_share_an_invocation():
    plan = compile_workflow(chain, chain.steps)
    assert len({node.invoke.__func__ for node in plan.nodes}) == 2


def test_rows_keep_the_order_in_which_values_come():
    keys = [2, 0] + [2] * 10
    rows = grouped(keys, range(12), [1, 0, 11])
    assert [rows[row] for row in range(3)] == [(1,), (), (0, *range(2, 12))]


@pytest.mark.anyio
async def test_a_plan_that_nobody_uses_any_more_is_freed():
    @step(on_error="skip")
    def fails() -> int:
        raise ValueError

    @workflow
    def careful() -> int:
        return one(fails())

    plan = compile_workflow(careful, careful.steps)
    async with Runtime() as runtime:
        assert await runtime.run(plan) is None
    freed = ref(plan)
    del plan, runtime
    gc.collect()
    assert freed() is None


def counted(monkeypatch, owner, name):
    """The nodes that a method is asked for from now on."""
    asked, method = [], getattr(owner, name)

    def call(self, node):
        asked.append(node)
        return method(self, node)

    monkeypatch.setattr(owner, name, call)
    return asked


def test_merging_records_takes_no_longer_in_deeper_plans(monkeypatch):
    looked, looks = counted(monkeypatch, History, "produced_by"), {}
    for size in (100, 400):
        random = Random(3)
        edges = [f"n{max(0, node - random.randint(1, 20))}>n{node}" for node in range(1, size) for _ in range(2)]
        play = Play(plan_of(list(dict.fromkeys(edges))))
        looked.clear()
        while ready := play.ready:
            play.ends(ready[0], **{f"k{random.randrange(6)}": object()})
        looks[size] = len(looked) / size
    assert looks[400] < 1.5 * looks[100]


@step
def echo(x: int) -> int:
    return x


@step
def added(values: list[int]) -> int:
    return sum(values)


@step
def both(wide: int, other: int = 0) -> int:
    return wide + other


@step(on_error="skip")
def fails(x: int) -> int:
    raise LookupError


@workflow
def with_a_skip(x: int) -> int:
    skipped = fails(x)  # first, so that all others are bound with care
    return both(added([echo(x) for _ in range(100)]), skipped)


def test_a_list_of_many_results_is_looked_up_at_once_where_some_node_was_skipped(monkeypatch):
    looked = counted(monkeypatch, Tokens, "sources_of")

    async def main():
        async with Runtime() as runtime:
            return await runtime.run(with_a_skip, {"x": 1})

    assert anyio.run(main) == 100
    assert len(looked) < 10
