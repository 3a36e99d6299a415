"""What a node sees of what its ancestors produced."""

from graph.graphs import Play, plan_of

from flowrt.graph.plan import MAX_LATEST


def test_a_node_sees_everything_that_its_ancestors_produced():
    play = Play(plan_of(["a>b", "b>c"]), {"name": "Ann"})
    play.ends("a", score=7)
    play.ends("b", grade="A")
    play.ends("c")
    assert play.seen["c"] == {"name": "Ann", "score": 7, "grade": "A"}


def test_a_descendants_value_beats_its_ancestors():
    play = Play(plan_of(["a>b", "a>c", "b>d", "c>d"]))
    play.ends("a", x=1)
    play.ends("b", x=2)
    play.ends("c")
    play.ends("d")
    assert play.seen["d"] == {"x": 2}
    assert not play.flow.history.conflicts


def test_a_descendants_value_beats_its_ancestors_whichever_edge_comes_first():
    play = Play(plan_of(["a>c", "a>b", "c>d", "b>d"]))
    play.ends("a", x=1)
    play.ends("c")
    play.ends("b", x=2)
    play.ends("d")
    assert play.seen["d"] == {"x": 2}


def test_every_produced_value_beats_the_inputs():
    play = Play(plan_of(["a>c", "b>c"]), {"x": 0})
    play.ends("a", x=1)
    play.ends("b")
    play.ends("c")
    assert play.seen["c"] == {"x": 1}


def test_of_two_unordered_nodes_the_later_edge_wins_and_the_key_is_named():
    play = Play(plan_of(["a>c", "b>c"]))
    play.ends("a", x=1, same=5)
    play.ends("b", x=2, same=5)
    play.ends("c")
    assert play.seen["c"] == {"x": 2, "same": 5}
    assert play.flow.history.conflicts[play.nodes["c"].index] == ("x",)


def test_an_origin_is_found_through_nodes_that_only_pass_on():
    play = Play(plan_of(["a>b", "b>p", "p>q", "a>z", "q>d", "z>d"]))
    play.ends("a", x=1)
    play.ends("b", x=2)
    play.ends("p")
    play.ends("q")
    play.ends("z")
    play.ends("d")
    assert play.seen["d"]["x"] == 2


def test_replace_sends_on_only_what_the_node_produced():
    play = Play(plan_of(["a>b"], emits={"a": "replace"}), {"secret": 1})
    play.ends("a", public=2)
    play.ends("b")
    assert play.seen["b"] == {"public": 2}


def test_no_record_is_changed_and_none_contains_itself():
    given = {"x": 1}
    play = Play(plan_of(["a>b", "a>c", "b>d", "c>d"]), given)
    play.ends("a", whole=given)
    play.ends("b", x=2)
    play.ends("c", x=3)
    play.ends("d")
    assert given == {"x": 1}
    assert play.seen["d"] == {"x": 3, "whole": {"x": 1}}


def test_a_join_of_pass_through_nodes_copies_nothing():
    given = {"x": 1}
    play = Play(plan_of(["a>b", "a>c", "b>d", "c>d"]), given)
    for node in "abcd":
        play.ends(node)
    assert play.seen["d"] is given


def test_a_join_over_long_chains_needs_no_recursion():
    chain = [f"n{i}>n{i + 1}" for i in range(5000)]
    play = Play(plan_of(["a>n0", "a>m", *chain, "n5000>z", "m>z"]))
    play.ends("a", x=1)
    play.ends("n0", x=2)
    play.ends("m")
    for i in range(1, 5001):
        play.ends(f"n{i}")
    play.ends("z")
    assert play.seen["z"]["x"] == 2


def test_what_a_plan_remembers_of_sets_of_nodes_is_bounded():
    plan = plan_of([f"n{number}>end" for number in range(12)])
    for sources in range(1, 2**11):
        nodes = frozenset(node for place, node in enumerate(plan.roots) if sources >> place & 1)
        assert plan.latest(nodes) == nodes
    assert len(plan._latest) <= MAX_LATEST
