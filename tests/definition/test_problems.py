"""What is wrong with single nodes, edges and other parts, and what the message says."""

import pytest
from definition.workflows import CATALOG, chain, edge, load, message_of, node, pointers_of, problems_of, workflow

from flowrt.errors import DefinitionError


def pair(**keys):
    return workflow(node("a"), node("b"), edges=[edge("a", "b", **keys)])


@pytest.mark.parametrize(
    ("item", "pointer", "reason"),
    [
        ("a", "/nodes/0", "found a text, expected a node"),
        ({"type": "pass", "nodeId": "a"}, "/nodes/0", "rename `nodeId` to `id`"),
        ({"type": "pass", "ID": "a"}, "/nodes/0", "rename `ID` to `id`"),
        ({"type": "pass", "name": "x"}, "/nodes/0", "this node has no `id`: it has 'type', 'name'"),
        ({"id": "a", "tpye": "pass"}, "/nodes/0", "rename `tpye` to `type`"),
        ({"id": 7, "type": "pass"}, "/nodes/0/id", 'write a node\'s id in quotes, "7"'),
        ({"id": "", "type": "pass"}, "/nodes/0/id", "is empty"),
        ({"id": " ", "type": "pass"}, "/nodes/0/id", "is blank"),
        ({"id": None, "type": "pass"}, "/nodes/0/id", "found null"),
        ({"id": "a\0b", "type": "pass"}, "/nodes/0/id", "control character"),
        ({"id": "a" * 257, "type": "pass"}, "/nodes/0/id", "257 characters"),
        (node("a", "shuot"), "/nodes/0/type", "unknown node type 'shuot'; did you mean 'shout'?"),
        (node("a", "quantum"), "/nodes/0/type", "there are 'branch', 'call', 'pass', 'shout'"),
        (node("a", data=[1]), "/nodes/0/data", "found a list, expected an object"),
        (node("a", "shout"), "/nodes/0/data", "`times` is missing"),
        (node("a", "shout", data={"times": "2"}), "/nodes/0/data/times", "found a text, expected a whole number"),
        (node("a", "shout", data={"times": True}), "/nodes/0/data/times", "found true or false"),
        (node("a", "shout", data={"times": 1, "mode": "uper"}), "/nodes/0/data/mode", "did you mean 'upper'?"),
        (node("a", "branch", data={"cases": ["x", 1]}), "/nodes/0/data/cases/1", "expected a text"),
        (node("a", join="al"), "/nodes/0/join", "did you mean 'all'?"),
        (node("a", join=3), "/nodes/0/join", "found a number"),
        (node("a", join={"quorum": "2"}), "/nodes/0/join/quorum", "expected a whole number"),
        (node("a", join={"quroum": 1}), "/nodes/0/join/quroum", "did you mean 'quorum'?"),
        (node("a", join={}), "/nodes/0/join", "it has no rule"),
        (node("a", join={"join": "any", "quorum": 1}), "/nodes/0/join", "both `join` and `quorum`: keep one"),
        (node("a", join={"join": "al"}), "/nodes/0/join/join", "did you mean 'all'?"),
        (node("a", join={"join": "all", "within": 0}), "/nodes/0/join/within", "> 0"),
        (node("a", join={"join": "all", "else": "any"}), "/nodes/0/join/else", "give `within`"),
        (node("a", join={"join": "all", "within": 1, "else": 7}), "/nodes/0/join/else", "found a number"),
        (node("a", join={"join": "all", "within": 1, "else": {"join": "any"}}), "/nodes/0/join/else", "with `join`"),
        (node("a", join={"join": {"join": "any"}}), "/nodes/0/join/join", "with `join`, expected 'all', 'any'"),
        (node("a", join={"quorum": 1, "losers": "kill"}), "/nodes/0/join/losers", "expected one of 'cancel', 'run'"),
        (node("a", emit="all"), "/nodes/0/emit", "expected one of 'merge', 'replace'"),
        (node("a", policy="retry"), "/nodes/0/policy", "expected an object"),
        (node("a", policy={"retyr": {}}), "/nodes/0/policy/retyr", "did you mean 'retry'?"),
        (node("a", policy={"limit": {}}), "/nodes/0/policy/limit", "not part of this version"),
        (node("a", policy={"timeout": {"attempt": 0}}), "/nodes/0/policy/timeout/attempt", "> 0"),
        (
            node("a", policy={"timeout": {"total": 1, "attempt": 2}}),
            "/nodes/0/policy/timeout/total",
            "the total is 1 s, shorter than `attempt` with 2 s",
        ),
        (
            node("a", policy={"timeout": {"total": 1, "queue": 2}}),
            "/nodes/0/policy/timeout/total",
            "shorter than `queue` with 2 s",
        ),
        (
            node("a", policy={"retry": {"backoff": "linear", "backoff_multiplier": 2}}),
            "/nodes/0/policy/retry/backoff_multiplier",
            "the backoff is 'linear', which multiplies nothing",
        ),
        (node("a", policy={"retry": {"jitter": "half"}}), "/nodes/0/policy/retry/jitter", "expected"),
        (node("a", policy={"cancel": {"grace_seconds": -1}}), "/nodes/0/policy/cancel/grace_seconds", ">= 0"),
        (node("a", policy={"placement": "gpu"}), "/nodes/0/policy/placement", "'inline', 'thread', 'process'"),
        (node("a", policy={"on_error": "contineu"}), "/nodes/0/policy/on_error", "did you mean 'continue'?"),
        (node("a", policy={"retry": {"max_attempts": 0}}), "/nodes/0/policy/retry/max_attempts", ">= 1"),
    ],
)
def test_a_wrong_node_is_refused(item, pointer, reason):
    found = problems_of({"nodes": [item]})
    assert pointer in [place for place, _ in found]
    assert any(place == pointer and reason in message for place, message in found)


@pytest.mark.parametrize(
    ("ends", "pointer", "reason"),
    [
        ([1], "/edges/0", "found a list, expected an edge"),
        ({}, "/edges/0", "no `source` and no `target`: it has no keys"),
        ({"source": "a"}, "/edges/0", "this edge has no `target`: it has 'source'"),
        ({"from": "a", "to": "b"}, "/edges/0", "rename `from` to `source` and rename `to` to `target`"),
        ({"sourceId": "a", "targetId": "b"}, "/edges/0", "rename `sourceId` to `source`"),
        ({"source": "a", "tagret": "b"}, "/edges/0", "rename `tagret` to `target`"),
        (edge("a", 2), "/edges/0/target", "found the number 2"),
        (edge("a", "node-b1"), "/edges/0/target", "there is no node 'node-b1'; did you mean 'node-b'?"),
        (edge("a", "node-b", on="failed"), "/edges/0/on", "expected one of 'success', 'failure', 'always'"),
        (edge("a", "node-b", on="sucess"), "/edges/0/on", "did you mean 'success'?"),
        (edge("a", "node-b", on=["success"]), "/edges/0/on", "found a list"),
        (edge("a", "node-b", id=1), "/edges/0/id", "in quotes"),
        (edge("a", "node-b", sourceHandle=1), "/edges/0/sourceHandle", "in quotes"),
        (edge("a", "node-b", condition=True), "/edges/0/condition", "expected an expression as a text"),
        (edge("a", "node-b", condition="score >"), "/edges/0/condition", "expression 'score >'"),
    ],
)
def test_a_wrong_edge_is_refused(ends, pointer, reason):
    found = problems_of(workflow(node("a"), node("b"), node("node-b"), edges=[ends]))
    assert any(place == pointer and reason in message for place, message in found)


@pytest.mark.parametrize(
    ("source", "pointer", "reason"),
    [
        ({}, "", "there is no `nodes`"),
        ({"noeds": []}, "", "did you mean it by 'noeds'?"),
        ({"nodes": []}, "/nodes", "the workflow is empty"),
        ({"nodes": {"a": {}}}, "/nodes", "found an object, expected a list of nodes; write the key"),
        ({"steps": {"a": {}}}, "/steps", "rename `steps` to `nodes`"),
        ({"steps": [node("a")]}, "/steps", "rename `steps` to `nodes`"),
        ({"definition": {"nodes": []}}, "/definition", "inside `definition`"),
        (chain(1) | {"edges": "a->b"}, "/edges", "found a text, expected a list"),
        ({"nodes": [node("a")], "connections": [{}]}, "/connections/0", "no `source`"),
        (chain(1) | {"name": 3}, "/name", "in quotes"),
        (chain(1) | {"name": ""}, "/name", "is empty"),
        (chain(1) | {"version": True}, "/version", "found true, expected a whole number"),
        (chain(1) | {"version": 1.5}, "/version", "expected a whole number"),
        (chain(1) | {"version": -1}, "/version", "from 0"),
        (chain(1) | {"version": 2**40}, "/version", "to 2147483647"),
        (workflow(node("score")) | {"result": "scroe"}, "/result", "there is no node 'scroe'; did you mean 'score'?"),
        (chain(1) | {"result": 0}, "/result", "in quotes"),
        (chain(1) | {"parameters": {}}, "/parameters", "expected a list of parameters"),
        (chain(1) | {"parameters": ["x"]}, "/parameters/0", "expected a parameter"),
        (chain(1) | {"parameters": [{}]}, "/parameters/0", "no `name`"),
        (chain(1) | {"parameters": [{"name": "x"}, {"name": "x"}]}, "/parameters/1/name", "names are unique"),
        (chain(1) | {"parameters": [{"name": "x", "type": "strnig"}]}, "/parameters/0/type", "'string'?"),
        (chain(1) | {"parameters": [{"name": "x", "required": "yes"}]}, "/parameters/0/required", "true or false"),
        (
            chain(1) | {"parameters": [{"name": "x", "type": "number", "default": True}]},
            "/parameters/0/default",
            "a default of the type 'number'",
        ),
    ],
)
def test_a_wrong_workflow_is_refused(source, pointer, reason):
    found = problems_of(source)
    assert any(place == pointer and reason in message for place, message in found)


def test_another_dialect_is_checked_further_under_its_own_keys():
    source = {"steps": [node("a", "nope"), {"type": "pass"}], "connections": [edge("a", "x")]}
    assert pointers_of(source) == ["/steps", "/steps/0/type", "/steps/1", "/connections", "/connections/0/target"]


def test_an_id_that_is_taken_is_refused():
    assert message_of(workflow(node("a"), node("a"))) == "the id 'a' is taken by /nodes/0: ids are unique"


def test_a_refusal_of_a_step_type_points_into_the_data():
    found = problems_of(workflow(node("a", "shout", data={"times": 0})))
    assert found == [("/nodes/0/data", "cannot shout"), ("/nodes/0/data/times", "must be at least 1")]


def test_a_step_type_that_crashes_is_a_problem_with_its_cause():
    with pytest.raises(DefinitionError) as caught:
        load(workflow(node("a", "shout", data={"times": 1, "suffix": "crash"})))
    assert "RuntimeError: a bug in the step type" in str(caught.value)
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_pointers_are_escaped():
    source = workflow(node("a", policy={"a/b~c": 1}))
    assert pointers_of(source) == ["/nodes/0/policy/a~1b~0c"]


def test_a_handle_that_the_source_does_not_have_is_refused():
    source = workflow(node("a", "branch", data={"cases": ["yes", "no"]}), node("b"))
    assert message_of(source | {"edges": [edge("a", "b", sourceHandle="yse")]}).endswith("did you mean 'yes'?")
    assert message_of(source | {"edges": [edge("a", "b", sourceHandle="true")]}).endswith("it has 'no', 'yes'")
    assert load(pair(sourceHandle="anything")).definition.edges[0].source_handle == "anything"


def test_a_catalog_without_types_says_so():
    assert message_of(chain(1), type(CATALOG)()) == "unknown node type 'pass': there are none"
