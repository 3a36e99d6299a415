"""What is said of inputs: which are missing, what those do, and what came over the others."""

from itertools import pairwise

import pytest
from explain.asking import ask, fails, node, sleeps, workflow

ABSORBED = {"on_error": "continue"}


def edge(source, target, **options):
    return {"source": source, "target": target, **options}


def test_each_missing_input_says_what_it_does():
    nodes = [
        sleeps("a", 30),
        fails("b", policy={"retry": {"max_attempts": 2, "delay_seconds": 9, "jitter": 0}}),
        node("c", attempts=[{"runs": "delay", "seconds": 7}]),
        node("d", "wait_signal", name="go"),
        node("e"),
        node("sum"),
    ]
    found = ask(workflow(nodes, [f"{key}>sum" for key in "abcde"]), "sum").live
    assert found.sentence == (
        "'sum' waits for 4 of its 5 inputs, among them 'a' (has run for 0.5 s), 'b' (waits 8.5 s for attempt 2) and "
        "'c' (waits another 6.5 s)."
    )
    assert [(fact.source, fact.is_in, fact.token) for fact in found.inputs] == [
        *[(key, False, None) for key in "abcd"],
        ("e", True, "value"),
    ]
    assert "  from 'd': waits for the signal 'go'" in str(found)


def test_a_chain_of_waits_leads_to_what_is_waited_for_in_the_end():
    nodes = [sleeps("a", 30), node("b"), node("c"), node("d")]
    found = ask(workflow(nodes, ["a>b", "b>c", "c>d"]), "d").live
    assert found.sentence == (
        "'d' waits for its input: 'c', which waits for inputs itself. In the end it is 'a' that has run for 0.5 s."
    )
    assert (found.path, found.root_cause) == (("d", "c", "b", "a"), "'a' has run for 0.5 s")


RUN = "'a' (has run for 0.5 s) and 'b' (has run for 0.5 s)."


@pytest.mark.parametrize(
    ("join", "wanted", "then"),
    [
        ("any", "the first value from its 3 inputs; 2 are missing", ""),
        ({"quorum": 3}, "3 values from its 3 inputs and has 0; 2 are missing", ""),
        ("all_settled", "2 of its 3 inputs", ""),
        ("all", "2 of its 3 inputs", " It will fail when all are in, as 'c' failed."),
        (
            {"join": "any", "within": 4, "else": {"quorum": 2}},
            "the first value from its 3 inputs; 2 are missing",
            " Its join has 3.5 s left, then it goes on as a quorum of 2.",
        ),
        (
            {"join": "all_settled", "within": 4},
            "2 of its 3 inputs",
            " Its join has 3.5 s left, then it fails.",
        ),
    ],
)
def test_a_join_says_what_it_wants(join, wanted, then):
    nodes = [sleeps("a", 30), sleeps("b", 30), fails("c", policy=ABSORBED), node("sum", join=join)]
    sentence = ask(workflow(nodes, ["a>sum", "b>sum", "c>sum"]), "sum").live.sentence
    assert sentence == f"'sum' waits for {wanted}: {RUN}{then}"


def test_a_join_whose_time_was_over_goes_on_as_what_it_has_become():
    nodes = [
        sleeps("a", 30),
        sleeps("b", 1),
        node("c"),
        node("sum", join={"join": "all", "within": 2, "else": {"quorum": 3}}),
    ]
    found = ask(workflow(nodes, ["a>sum", "b>sum", "c>sum"]), "sum", at=3).live
    assert found.sentence.startswith("'sum' waits for 3 values from its 3 inputs and has 2; 1 is missing")
    assert found.due_in_seconds is None


def test_a_thousand_inputs_make_a_short_text():
    keys = [f"n{place}" for place in range(1000)]
    sources = [node(key, "wait_signal", name="go") for key in keys[3:]] + [node(key) for key in keys[:3]]
    found = ask(workflow([*sources, node("sum")], [f"{key}>sum" for key in keys]), "sum", until=1).live
    assert found.sentence == (
        "'sum' waits for 997 of its 1,000 inputs, among them 'n3' (waits for the signal 'go'), 'n4' (waits for the "
        "signal 'go') and 'n5' (waits for the signal 'go')."
    )
    assert len(found.inputs) == 1000
    assert str(found).splitlines()[-1] == "  and 987 more"


@pytest.mark.parametrize("place", [400, 2000])
def test_a_way_back_that_is_too_long_is_not_looked_for(place):
    keys = [f"n{number}" for number in range(place + 1)]
    edges = [f"{source}>{target}" for source, target in pairwise(keys)]
    nodes = [sleeps("n0", 30), *[node(key) for key in keys[1:]]]
    found = ask(workflow(nodes, edges), keys[-1], until=0).live
    assert found.sentence.startswith(f"'n{place}' waits for its input: 'n{place - 1}', which waits for inputs itself.")
    assert ("In the end it is 'n0'" in found.sentence) == (place == 400)
    assert len(found.path) == (401 if place == 400 else 0)


@pytest.mark.parametrize(
    ("source", "leading", "why"),
    [
        (node("a"), {"on": "failure"}, "completed, and the edge is for its failure"),
        (node("a"), {"condition": "x > 1"}, "completed, but the condition `x > 1` did not hold"),
        (
            node("a", attempts=[{"chooses": ["left"]}], handles=["left", "right"]),
            {"sourceHandle": "right"},
            "completed, but its branch 'right' was not chosen",
        ),
        (fails("a", policy={"on_error": "skip"}), {}, "failed (ValueError: as the script says)"),
        (
            fails("a", policy={"on_error": "skip"}),
            {"on": "failure", "condition": "error.attempts > 1"},
            "failed (ValueError: as the script says), but the condition `error.attempts > 1` did not hold",
        ),
    ],
)
def test_a_skipped_node_names_the_edge_that_carried_nothing(source, leading, why):
    answers = ask(workflow([source, node("b")], [edge("a", "b", **leading)]), "b", input={"x": 0})
    for found in answers:
        assert (found.state, found.sentence) == ("skipped", f"'b' was skipped: 'a' {why}.")
        assert [(fact.token, fact.why) for fact in found.inputs] == [("skipped", why)]


def test_a_skip_leads_back_to_where_it_began():
    edges = [edge("a", "b", condition="false"), "b>c", "c>d"]
    for found in ask(workflow([node(key) for key in "abcd"], edges), "d"):
        assert found.sentence == (
            "'d' was skipped: 'c' was skipped. That began with 'a': it completed, but the condition `false` did not "
            "hold."
        )
        assert found.path == ("d", "c", "b", "a")


def test_a_skip_leads_back_over_the_edge_that_carried_nothing():
    edges = [edge("a", "b", on="always"), edge("a", "b", condition="false"), "b>c", "c>d"]
    nodes = [node("a"), node("b", join={"quorum": 2}), node("c"), node("d")]
    for found in ask(workflow(nodes, edges), "d"):
        assert found.sentence.endswith("That began with 'a': it completed, but the condition `false` did not hold.")


def test_a_join_that_has_become_another_says_what_that_lacked():
    join = {"join": "all", "within": 1, "else": {"quorum": 2}}
    nodes = [node("a"), sleeps("b", 2), node("c"), node("sum", join=join), sleeps("more", 9)]
    edges = ["a>sum", edge("b", "sum", condition="false"), edge("c", "sum", condition="false")]
    for found in ask(workflow(nodes, edges), "sum", at=3):
        assert found.sentence.startswith(
            "'sum' was skipped, as fewer than 2 of its 3 inputs were values: 'b' completed"
        )


def test_a_skip_of_several_inputs_names_each_once_and_not_too_many():
    nodes = [node("a"), *[node(f"s{place}") for place in range(5)], node("sum", join="any")]
    edges = [
        *[edge("a", f"s{place}", condition="false") for place in range(5)],
        *[f"s{place}>sum" for place in range(5)],
    ]
    sentence = ask(workflow(nodes, edges), "sum").live.sentence
    assert sentence.startswith(
        "'sum' was skipped, as none of its 5 inputs was a value: 's0' was skipped; 's1' was skipped; 's2' was skipped; "
        "and 2 more."
    )


def test_a_default_that_stands_for_a_failure_is_told():
    nodes = [fails("a", policy={"on_error": {"default": {"x": 1}}}), sleeps("b", 30), node("sum")]
    answers = ask(workflow(nodes, ["a>sum", "b>sum"]), "sum")
    told = {fact.why: fact.token for fact in answers.live.inputs if fact.is_in}
    assert told == {"failed (ValueError: as the script says), and its default went on": "value"}
    assert answers.logged.inputs[0].why.endswith("the log does not tell whether its default went on")
    assert answers.logged_after.inputs[0].why == answers.live.inputs[0].why


def test_the_log_says_where_it_cannot_tell_which_edges_carried_values():
    edges = [
        edge("a", "sum", condition="x > 1"),
        edge("b", "sum", condition="x < 1"),
        edge("c", "sum", condition="x < 1"),
    ]
    nodes = [*[node(key) for key in "abc"], node("sum", join={"quorum": 2})]
    answers = ask(workflow(nodes, edges), "sum", input={"x": 0})
    assert [fact.token for fact in answers.after.inputs] == ["skipped", "value", "value"]
    assert [fact.token for fact in answers.logged_after.inputs] == [None, None, None]
    assert answers.logged_after.inputs[0].why == "completed; the log does not tell whether the condition `x > 1` held"
