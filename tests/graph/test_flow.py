"""How tokens move through a plan."""

from graph.graphs import Play, plan_of

from flowrt.definition.model import Quorum
from flowrt.graph.joins import Token
from flowrt.graph.tokens import News


def settled(play):
    return [(node.id, what) for node, what in play.flow.news if what is not News.DECIDED_EARLY]


def test_nodes_are_in_topological_order():
    plan = plan_of(["c>d", "a>b", "b>c", "a>d"])
    order = [node.id for node in plan.nodes]
    assert order.index("a") < order.index("b") < order.index("c") < order.index("d")


def test_a_node_is_ready_when_its_last_token_is_in():
    play = Play(plan_of(["a>c", "b>c"]))
    play.ends("a")
    assert play.ready == ["b"]
    play.ends("b")
    assert play.ready == ["c"]


def test_a_node_fires_with_the_values_of_the_branches_that_ran():
    play = Play(plan_of(["a>c", "b>c"]))
    play.ends("a", x=1)
    play.spreads("b", Token.SKIPPED)
    assert play.ready == ["c"]
    play.ends("c")
    assert play.seen["c"] == {"x": 1}


def test_a_node_whose_branches_were_all_skipped_is_skipped():
    play = Play(plan_of(["a>c", "b>c"]))
    play.spreads("a", Token.SKIPPED)
    play.spreads("b", Token.SKIPPED)
    assert settled(play) == [("c", News.SKIPPED)]


def test_a_failed_token_fails_a_join_of_all_when_the_others_are_in():
    play = Play(plan_of(["a>c", "b>c"]))
    play.spreads("a", Token.FAILED)
    assert settled(play) == []
    play.ends("b")
    assert settled(play) == [("c", News.FAILED)]
    assert play.flow.failed_sources(play.nodes["c"]) == ("a",)
    assert not play.ready


def test_any_fires_once_with_the_first_value():
    play = Play(plan_of(["a>c", "b>c"], joins={"c": "any"}))
    play.ends("b", x=2)
    assert play.ready == ["a", "c"]
    play.ends("c")
    play.ends("a", x=1)
    assert play.ready == []
    assert play.seen["c"] == {"x": 2}


def test_a_quorum_fires_with_the_values_that_are_in():
    play = Play(plan_of(["a>d", "b>d", "c>d"], joins={"d": Quorum(2)}))
    play.ends("c", c=1)
    play.ends("a", a=1)
    assert play.ready == ["b", "d"]
    play.ends("d")
    assert play.seen["d"] == {"a": 1, "c": 1}


def test_all_settled_fires_whatever_came_and_lists_it():
    play = Play(plan_of(["a>c", "b>c"], joins={"c": "all_settled"}))
    play.spreads("a", Token.FAILED)
    play.ends("b", x=1)
    play.ends("c")
    assert play.seen["c"]["outcomes"] == [
        {"node": "a", "outcome": "failed"},
        {"node": "b", "outcome": "value", "value": {"x": 1}},
    ]


def test_the_result_is_the_payload_of_the_only_end():
    play = Play(plan_of(["a>b"]))
    play.ends("a", x=1)
    play.ends("b", y=2)
    assert play.flow.result() == {"x": 1, "y": 2}


def test_the_result_of_several_ends_is_by_node_even_if_one_fired():
    play = Play(plan_of(["a>b", "a>c"]))
    play.ends("a", x=1)
    play.ends("b", y=2)
    assert play.flow.result() == {"b": {"x": 1, "y": 2}}
