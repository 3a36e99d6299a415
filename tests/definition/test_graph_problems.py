"""What is wrong between nodes: cycles, quorums and arguments."""

import pytest
from definition.workflows import (
    PASS,
    AnyData,
    FakeCatalog,
    FakeType,
    chain,
    edge,
    load,
    message_of,
    node,
    passthrough,
    pointers_of,
    problems_of,
    workflow,
)
from hypothesis import given
from hypothesis import strategies as st

from flowrt.definition import Constant, DictOf, FromInput, FromNode, ListOf
from flowrt.definition.cycles import find_cycles
from flowrt.steps.registry import StepRegistry
from flowrt.typing import BoundStep


def graph(text, **keys):
    """Build a workflow from `a>b b>c`."""
    pairs = [part.split(">") for part in text.split()]
    ids = dict.fromkeys(end for ends in pairs for end in ends)
    return workflow(*map(node, ids), edges=[edge(*ends, **keys) for ends in pairs])


def test_a_cycle_is_reported_with_its_path_at_the_edge_that_closes_it():
    [(pointer, message)] = problems_of(graph("x>a a>b b>c c>a c>y"))
    assert pointer == "/edges/3"
    assert message == "the edges form a cycle: a -> b -> c -> a; remove one of them"


def test_each_cycle_that_stands_for_itself_is_reported_once():
    assert pointers_of(graph("a>b b>a b>c c>d d>c d>d")) == ["/edges/1", "/edges/4", "/edges/5"]


def test_the_shortest_way_around_is_shown():
    assert "a -> c -> a;" in message_of(graph("a>b b>c a>c c>d d>e e>a c>a"))


def test_an_edge_from_a_node_to_itself_is_a_cycle():
    assert message_of(graph("a>a")) == "the edge leads from 'a' to itself: a workflow has no cycles"


def test_a_long_cycle_is_shortened():
    ring = chain(1000)
    ring["edges"].append(edge("n999", "n0"))
    assert "n0 -> n1 ->" in message_of(ring)
    assert "(990 more) -> n999 -> n0" in message_of(ring)


def test_a_cycle_of_edges_in_another_dialect_is_found_too():
    source = workflow(node("a"), node("b"), edges=[{"sourceId": "a", "targetId": "b"}, {"from": "b", "to": "a"}])
    found = problems_of(source)
    assert [pointer for pointer, _ in found] == ["/edges/0", "/edges/1", "/edges/1"]
    assert "a -> b -> a" in found[2][1]


def test_a_deep_ring_needs_no_recursion():
    ring = chain(50_000)
    ring["edges"].append(edge("n49999", "n0"))
    assert "form a cycle" in message_of(ring)


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 8))
    ends = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(ends, ends), max_size=20))


@given(graphs())
def test_cycles_are_those_that_walking_everywhere_finds(drawn):
    count, pairs = drawn
    reached = {(a, b) for a, b in pairs}
    for middle in range(count):
        reached |= {(a, b) for a in range(count) for b in range(count) if {(a, middle), (middle, b)} <= reached}
    components = {
        frozenset(b for b in range(count) if {(a, b), (b, a)} <= reached) for a, b in reached if (b, a) in reached
    }
    cycles = find_cycles(count, [a for a, _ in pairs], [b for _, b in pairs])
    assert {c for c in components if len(c) > 1} == {
        next(c for c in components if pairs[cycle[0]][0] in c) for cycle in cycles if len(cycle) > 1
    }
    assert {cycle[0] for cycle in cycles if len(cycle) == 1} == {i for i, (a, b) in enumerate(pairs) if a == b}
    for cycle in cycles:
        walked = [pairs[index] for index in cycle]
        assert all(one[1] == two[0] for one, two in zip(walked, walked[1:] + walked[:1], strict=True))


@pytest.mark.parametrize(
    ("quorum", "reason"), [(0, "expected 1 to 2"), (3, "expected 1 to 2"), (-1, "expected 1 to 2")]
)
def test_a_quorum_that_makes_no_sense_is_refused(quorum, reason):
    source = graph("a>c b>c")
    source["nodes"][1]["join"] = {"quorum": quorum}
    [(pointer, message)] = problems_of(source)
    assert pointer == "/nodes/1/join/quorum"
    assert reason in message


def test_a_quorum_after_a_time_is_checked_too():
    source = graph("a>c b>c")
    source["nodes"][1]["join"] = {"join": "all", "within": 1, "else": {"quorum": 3}}
    assert problems_of(source) == [
        ("/nodes/1/join/else/quorum", "the quorum is 3: expected 1 to 2, the number of edges into this node")
    ]


def test_a_time_that_no_token_begins_is_refused():
    [(pointer, message)] = problems_of(workflow(node("a", join={"join": "any", "within": 1})))
    assert pointer == "/nodes/0/join/within"
    assert "no edge leads here" in message


def test_a_quorum_of_a_node_without_edges_is_refused():
    assert message_of(workflow(node("a", join={"quorum": 1}))) == "the quorum is 1: no edge leads here"


def call(arguments, *, sources=("a",), **keys):
    ids = ["a", "b"]
    wired = node("c", "call", data={"arguments": arguments})
    return workflow(*map(node, ids), wired, edges=[edge(source, "c") for source in sources], **keys)


@pytest.mark.parametrize(
    ("argument", "place", "reason"),
    [
        ({"node": "bb"}, "node", "there is no node 'bb'"),
        ({"node": "b"}, "node", "no edge leads from 'b' to 'c'"),
        ({"input": "laed"}, "input", "the workflow has no parameter 'laed'; did you mean 'lead'?"),
        ({"list": [{"node": "a"}, {"input": "x"}]}, "list/1/input", "no parameter"),
        ({"dict": {"k": {"list": [{"value": 1}, {"node": "b"}]}}}, "dict/k/list/1/node", "no edge"),
        ({"nodes": "a"}, "", "expected an argument"),
        ({"node": 1}, "", "expected an argument"),
        ("a", "", "expected an argument"),
    ],
)
def test_an_argument_from_nowhere_is_refused(argument, place, reason):
    source = call({"x": argument}, parameters=[{"name": "lead"}])
    [(pointer, message)] = problems_of(source)
    assert pointer == "/nodes/2/data/arguments/x" + f"/{place}" * bool(place)
    assert reason in message


def test_arguments_that_a_step_type_made_are_checked_too():
    made = {"x": DictOf({"k": ListOf((Constant(1), FromNode("b"), FromInput("x")))})}
    wired = FakeType("wired", AnyData, lambda _data: BoundStep(passthrough, arguments=made))
    source = workflow(node("b"), node("c", "wired"), parameters=[{"name": "lead"}])
    assert pointers_of(source, FakeCatalog(PASS, wired)) == [
        "/nodes/1/data/dict/k/list/2/input",
        "/nodes/1/data/dict/k/list/1/node",
    ]


def test_arguments_from_direct_sources_parameters_and_constants_are_sound():
    arguments = {"a": {"node": "a"}, "b": {"input": "lead"}, "c": {"value": {"node": "nowhere"}}}
    made = {"a": FromNode("a"), "b": FromInput("lead"), "c": Constant({"node": "nowhere"})}
    assert load(call(arguments, parameters=[{"name": "lead"}])).steps[2].arguments == made
    assert load(call({"b": {"input": "anything"}})).definition.parameters == ()


def test_a_default_that_a_node_can_not_produce_is_refused():
    odd = workflow(node("a", policy={"on_error": {"default": 3}}))
    [(pointer, message)] = problems_of(odd)
    assert pointer == "/nodes/0/policy/on_error/default"
    assert "expected an object" in message
    load(workflow(node("a", policy={"on_error": {"default": {"x": 3}}})))
    load(workflow(node("a", "call", policy={"on_error": {"default": 3}}, data={"arguments": {}})))


def test_a_step_type_that_binds_no_arguments_is_told_so():
    wired = FakeType("wired", AnyData, lambda _data: BoundStep(passthrough, arguments={"x": {"value": 1}}))
    [(pointer, message)] = problems_of(workflow(node("a", "wired")), FakeCatalog(PASS, wired))
    assert pointer == "/nodes/0/data"
    assert "the step type bound a dict: a bug in it, expected an argument" in message


def joined(gives, on="success", rule="all"):
    join, target = node("join", "join", data={"gives": gives}), node("b", "end", join=rule)
    return workflow(node("a", "start"), join, target, edges=[edge("a", "join"), edge("join", "b", on=on)])


@pytest.mark.parametrize("gives", ["values", "outcomes"])
def test_a_join_that_gives_a_list_to_a_node_that_reads_a_record_is_refused(gives):
    assert pointers_of(joined(gives), StepRegistry.with_builtins()) == ["/nodes/1/data/gives"]


@pytest.mark.parametrize("flow", [joined("value"), joined("values", on="always"), joined("values", rule="all_settled")])
def test_a_join_may_give_what_a_record_can_hold(flow):
    assert load(flow, StepRegistry.with_builtins()).warnings == ()
