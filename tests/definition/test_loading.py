"""What a sound definition becomes, whatever it comes from."""

import json

import msgspec
import pytest
from definition.workflows import (
    PASS,
    PASS_ALL,
    AnyData,
    FakeCatalog,
    FakeType,
    chain,
    edge,
    load,
    message_of,
    node,
    problems_of,
    workflow,
)

from flowrt.definition import Edge, Join, Node, Parameter, Quorum, export_definition, load_definition
from flowrt.errors import DefinitionError
from flowrt.policies import NO_POLICY, Cancel, NodePolicy, Retry, Timeout, WorkflowPolicy
from flowrt.steps.registry import StepRegistry

SMALL = workflow(node("a"), node("b"), edges=[edge("a", "b")], name="small")


@pytest.mark.parametrize("source", [json.dumps(SMALL), json.dumps(SMALL).encode(), SMALL, "\ufeff" + json.dumps(SMALL)])
def test_text_bytes_and_mappings_give_the_same_definition(source):
    assert load(source).definition.nodes == (Node(id="a", type="pass"), Node(id="b", type="pass"))
    assert load(source).definition == load(SMALL).definition


def test_a_file_gives_its_name_to_a_workflow_without_one(tmp_path):
    file = tmp_path / "triage.json"
    file.write_text(json.dumps(chain(1)), encoding="utf-8-sig")
    assert load(file).definition.name == "triage"
    assert load(chain(1)).definition.name == "workflow"


def test_every_key_that_flowrt_reads_is_read():
    loaded = load(
        workflow(
            node(
                "a",
                policy={"retry": {"max_attempts": 5}, "timeout": {"attempt": 2}, "on_error": {"default": {"x": 0}}},
            ),
            node("b", "shout", data={"times": 2, "label": "B"}, join={"quorum": 1}, emit="replace"),
            edges=[edge("a", "b", id="e", sourceHandle="yes", condition="score > 7", on="success")],
            version=3,
            parameters=[{"name": "lead", "type": "object", "required": False, "description": "who"}],
            result="b",
        )
    )
    a, b = loaded.definition.nodes
    assert a.policy.retry == Retry(max_attempts=5)
    assert a.policy.timeout == Timeout(attempt=2)
    assert (b.join, b.emit, b.data) == (Join(rule=Quorum(1)), "replace", {"times": 2, "label": "B"})
    wanted = Edge(source="a", target="b", id="e", source_handle="yes", condition="score > 7")
    assert loaded.definition.edges == (wanted,)
    assert loaded.definition.parameters[0].type == "object"
    assert (loaded.definition.version, loaded.definition.result, loaded.warnings) == (3, "b", ())


def test_null_means_that_an_optional_key_is_not_set():
    keys = {"data": None, "policy": None, "join": None, "emit": None}
    ends = {"id": None, "sourceHandle": None, "condition": None, "on": None}
    loaded = load(workflow(node("a", **keys), node("b"), edges=[edge("a", "b", **ends)], parameters=None, result=None))
    assert loaded.definition.nodes[0].policy == NO_POLICY
    assert loaded.definition.edges == (Edge(source="a", target="b"),)
    assert load({"name": None, "nodes": [node("a")], "edges": None}).definition.edges == ()


def test_steps_are_bound_in_the_order_of_the_nodes():
    loaded = load(workflow(node("b", "branch", data={"cases": ["x"]}), node("a")))
    assert [step.handles for step in loaded.steps] == [frozenset({"x"}), None]


def test_keys_of_an_editor_are_kept_in_silence():
    editor = {"position": {"x": 1.5, "y": 2}, "measured": {}, "selected": True, "style": {}, "width": 9, "_mine": 1}
    ends = {"targetHandle": "in", "label": "yes", "animated": True, "type": "smoothstep", "style": {"stroke": "red"}}
    source = workflow(node("a", **editor), node("b"), edges=[edge("a", "b", **ends)], viewport={"zoom": 1})
    loaded = load(source)
    assert loaded.warnings == ()
    assert loaded.definition.extra == {"viewport": {"zoom": 1}}
    assert loaded.definition.nodes[0].extra == editor
    assert loaded.definition.edges[0].extra == ends


@pytest.mark.parametrize(
    ("source", "pointer", "advice"),
    [
        (chain(1) | {"paramters": [1]}, "/paramters", "did you mean `parameters`?"),
        (workflow(node("a", polcy={"retry": 1})), "/nodes/0/polcy", "did you mean `policy`?"),
        (workflow(node("a", config={"x": 1})), "/nodes/0/config", "flowrt reads `data`"),
        (workflow(node("a", depends_on=["b"])), "/nodes/0/depends_on", "`edges` only"),
        (workflow(node("a", retry={"max_attempts": 2})), "/nodes/0/retry", "inside `policy`"),
        (
            workflow(node("a", "shout", data={"times": 1, "sufix": "?"})),
            "/nodes/0/data/sufix",
            "did you mean `suffix`?",
        ),
        (chain(1) | {"parameters": [{"name": "x", "isRequired": False}]}, "/parameters/0/isRequired", "`required`"),
        (chain(1) | {"version": "1.0.0"}, "/version", "a whole number"),
        (chain(1) | {"steps": [1]}, "/steps", "flowrt reads `nodes`"),
        (chain(1) | {"deadline_seconds": 5}, "/deadline_seconds", "inside `policy`"),
        (workflow(node("a", within=5.0)), "/nodes/0/within", "inside `join`"),
        (workflow(node("a", losers="run")), "/nodes/0/losers", "inside `join`"),
        (workflow(node("a", join={"join": "all", "losers": "run"})), "/nodes/0/join/losers", "nothing loses"),
        (workflow(node("a", policy={"timeout": {"queue": 1}})), "/nodes/0/policy/timeout/queue", "runs inline"),
    ],
)
def test_a_key_that_is_probably_meant_for_flowrt_is_a_warning(source, pointer, advice):
    [warning] = load(source).warnings
    assert warning.pointer == pointer
    assert advice in warning.message


def test_an_edge_key_of_another_dialect_is_a_warning():
    loaded = load(workflow(node("a"), node("b"), edges=[edge("a", "b", when="x", source_handle="y")]))
    assert [warning.pointer for warning in loaded.warnings] == ["/edges/0/when", "/edges/0/source_handle"]


def test_a_join_that_becomes_what_it_is_is_a_warning():
    join = {"join": "any", "within": 1, "else": "any"}
    [warning] = load(workflow(node("a"), node("b", join=join), edges=[edge("a", "b")])).warnings
    assert warning.pointer == "/nodes/1/join/else"
    assert "it is the rule that the join has already" in warning.message


def test_a_branch_on_an_edge_of_a_failure_is_a_warning():
    branch = node("a", "branch", data={"cases": ["x"]})
    ends = [edge("a", "b", on="failure", sourceHandle="x"), edge("a", "b", sourceHandle="x")]
    [warning] = load(workflow(branch, node("b"), edges=ends)).warnings
    assert warning.pointer == "/edges/0/sourceHandle"
    assert "belongs to no branch" in warning.message


def test_joins_edges_and_policies_are_read():
    join = {"join": "all", "within": 5, "else": {"quorum": 1}, "losers": "run"}
    policy = {
        "timeout": {"attempt": 1, "total": 3},
        "retry": {"backoff": "constant", "jitter": "full"},
        "cancel": {"grace_seconds": 2},
    }
    source = workflow(node("a", policy=policy), node("b", join=join), edges=[edge("a", "b", on="always")])
    definition = load(source | {"policy": {"deadline_seconds": 60, "max_retries": 4}}).definition
    assert definition.policy == WorkflowPolicy(deadline_seconds=60, max_retries=4)
    assert definition.nodes[0].policy == NodePolicy(
        timeout=Timeout(attempt=1, total=3),
        retry=Retry(backoff="constant", jitter="full"),
        cancel=Cancel(grace_seconds=2),
    )
    assert definition.nodes[1].join == Join(rule="all", within=5, otherwise=Quorum(1), losers="run")
    assert definition.edges[0].on == "always"


def test_edges_that_say_the_same_are_a_warning():
    ends = [edge("a", "b", id="e"), edge("a", "b", id="e"), edge("a", "b", condition="x")]
    warnings = load(workflow(node("a"), node("b"), edges=ends)).warnings
    assert [warning.pointer for warning in warnings] == ["/edges/1", "/edges/1/id"]
    assert "the same as /edges/0" in warnings[0].message


def test_a_loaded_definition_shares_nothing_with_its_source():
    source = workflow(node("a", data={"list": [1]}))
    loaded = load(source)
    source["nodes"][0]["data"]["list"].append(2)
    assert loaded.definition.nodes[0].data == {"list": [1]}


def test_python_values_that_are_json_in_disguise_are_taken_as_json():
    class Name(str):
        __slots__ = ()

    loaded = load({"nodes": (node(Name("a"), data={"pair": (1, 2)}),)})
    assert loaded.definition.nodes[0] == Node(id="a", type="pass", data={"pair": [1, 2]})


def test_a_default_type_takes_every_unknown_type():
    assert load(workflow(node("a", "ai_process")), PASS_ALL).definition.nodes[0].type == "ai_process"


def test_a_whole_number_with_a_point_is_a_version():
    assert load(chain(1) | {"version": 2.0}).definition.version == 2


def test_a_parameter_may_have_a_default():
    loaded = load(chain(1) | {"parameters": [{"name": "n", "type": "integer", "default": 2.0}, {"name": "m"}]})
    assert loaded.definition.parameters[0] == Parameter(name="n", type="integer", default=2.0)
    assert loaded.definition.parameters[1].default is msgspec.UNSET


def test_a_policy_of_defaults_is_no_policy():
    assert load(workflow(node("a", policy={}))).definition.nodes[0].policy == NodePolicy()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe{", "not UTF-8"),
        (b"", "the document is empty"),
        (b'{"nodes": [,]}', "line 1, column 12"),
        (b"[1]", "found a list, expected an object"),
        (b"null", "found null"),
    ],
)
def test_a_file_that_is_no_definition_is_named(tmp_path, content, reason):
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    with pytest.raises(DefinitionError) as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert reason in str(caught.value)


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    assert message_of(tmp_path / "missing.json") == "there is no such file"
    assert "can't be read" in message_of(tmp_path)
    assert "NUL" in message_of(tmp_path / "a\0b")
    with pytest.raises(DefinitionError, match=r"missing\.json"):
        load(tmp_path / "missing.json")


@pytest.mark.parametrize("source", [[], None, 3, True])
def test_parsed_json_that_is_no_object_is_refused(source):
    assert "expected an object" in message_of(source)


def test_a_file_name_as_a_text_gets_a_hint():
    assert "pass `Path(...)`" in message_of("workflows/triage.json")


def test_all_problems_are_reported_in_the_order_of_the_document():
    source = {
        "edges": [edge("a", "x"), edge("b", "a", condition="(")],
        "nodes": [node("a", "nope"), node("a"), node("b", "shout", data={"times": "2", "mode": "loud"})],
        "result": "c",
    }
    assert [pointer for pointer, _ in problems_of(source)] == [
        "/edges/0/target",
        "/edges/1/condition",
        "/nodes/0/type",
        "/nodes/1/id",
        "/nodes/2/data/times",
        "/nodes/2/data/mode",
        "/result",
    ]


def test_a_type_that_runs_as_the_default_although_it_is_almost_a_known_one_is_a_warning():
    catalog = FakeCatalog(PASS, FakeType("data_validation", AnyData, PASS.bind), default=PASS)
    source = workflow(node("a", "data-validation"), node("b", "webhook"), node("c", "pass"))
    [warning] = load(source, catalog).warnings
    assert warning.pointer == "/nodes/0/type"
    assert warning.message == "'data-validation' runs as the default type; did you mean 'data_validation'?"


@pytest.mark.parametrize("catalog", [None, "x", [], StepRegistry])
def test_a_catalog_that_is_none_is_refused(catalog):
    with pytest.raises(TypeError, match=r"catalog was .*; expected a registry"):
        load_definition({"nodes": [{"id": "a", "type": "start"}]}, catalog)


def test_what_is_no_definition_is_not_exported():
    with pytest.raises(TypeError, match=r"found \{\}, expected a Definition"):
        export_definition({})
