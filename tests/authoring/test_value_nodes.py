"""`join` and `branch` nodes, flags and failures in definitions that are written by hand."""

import pytest
from authoring import order_steps

from flowrt import DefinitionError, Runtime, StepRegistry, load_definition
from flowrt.outcomes import NodeOutcome
from flowrt.testing import run_node

CATALOG = StepRegistry.with_builtins(python_modules=[order_steps.__name__], entry_points=False)
TOTAL = {"total": {"input": "total"}}


def call(node_id, function, **data):
    """Return a node that calls a step of the shop."""
    data = {"function": f"{order_steps.__name__}:{function}", "arguments": TOTAL} | data
    return {"id": node_id, "type": "python", "data": data}


def edges(*pairs, **options):
    return [{"source": source, "target": target, **options} for source, target in pairs]


def problems(*nodes, edges=()):
    with pytest.raises(DefinitionError) as caught:
        load_definition({"nodes": list(nodes), "edges": list(edges)}, CATALOG)
    return [tuple(problem) for problem in caught.value.problems]


async def run(nodes, edges, **value):
    parameters = [{"name": name} for name in value]
    loaded = load_definition({"parameters": parameters, "nodes": nodes, "edges": edges}, CATALOG)
    async with Runtime() as runtime:
        return await runtime.run(loaded, value)


@pytest.mark.anyio
async def test_a_join_without_a_join_of_its_own_waits_for_all_and_gives_the_first_value():
    nodes = [call("ship", "ship"), call("remind", "remind"), {"id": "both", "type": "join"}]
    assert await run(nodes, edges(("remind", "both"), ("ship", "both")), total=1.0) == "please pay 1"
    nodes[2]["data"] = {"gives": "values"}
    assert await run(nodes, edges(("remind", "both"), ("ship", "both")), total=1.0) == ["please pay 1", "shipped 1"]


@pytest.mark.anyio
async def test_a_join_gives_what_came_in_spite_of_skipped_results():
    nodes = [
        call("is_large", "is_large"),
        call("ship", "ship", when=[{"node": "is_large"}]),
        call("remind", "remind"),
        {"id": "both", "type": "join", "data": {"gives": "values"}},
    ]
    wired = edges(("is_large", "ship"), ("ship", "both"), ("remind", "both"))
    assert await run(nodes, wired, total=1.0) == ["please pay 1"]
    nodes[3]["data"] = {"gives": "outcomes"}
    expected = [NodeOutcome(outcome="skipped"), NodeOutcome(outcome="completed", value="please pay 1")]
    assert await run(nodes, wired, total=1.0) == expected


@pytest.mark.anyio
async def test_failures_and_outcomes_are_arguments():
    nodes = [
        call("charge", "charge"),
        call("other", "charge_other", arguments={"failure": {"failure": "charge"}, **TOTAL}),
        call("close", "close", arguments={"outcome": {"outcome": "charge"}, **TOTAL}),
        {"id": "texts", "type": "join", "join": "all", "data": {"gives": "values"}},
    ]
    wired = [
        *edges(("charge", "other"), on="failure"),
        *edges(("charge", "close"), on="always"),
        *edges(("other", "texts"), ("close", "texts")),
    ]
    texts = ["charged otherwise after charge: declined", "failed declined -1"]
    assert (await run(nodes, wired, total=-1.0))["texts"] == texts
    assert (await run(nodes, wired, total=1.0))["texts"] == ["completed charged 1 1"]


@pytest.mark.anyio
async def test_a_branch_passes_a_parameter_on():
    nodes = [
        call("is_large", "is_large"),
        {"id": "large", "type": "branch", "data": {"value": {"input": "total"}, "when": [{"node": "is_large"}]}},
    ]
    assert await run(nodes, edges(("is_large", "large")), total=500.0) == 500.0
    assert await run(nodes, edges(("is_large", "large")), total=5.0) is None


def test_what_a_flag_reads_must_be_there():
    found = problems(
        call("a", "ship", when=[{"node": "c"}, {"node": "b"}], unless=[{"value": True}, 3]),
        call("b", "ship", when=[{"node": "a"}]),
        call("c", "ship", arguments={}, unless=[{"node": "x"}]),
        {"id": "d", "type": "branch", "data": {"value": {"node": "b"}, "when": [{"node": "c"}]}},
    )
    assert found == [
        ("/nodes/0/data/unless/0", 'expected {"node": id} or {"input": parameter}'),
        ("/nodes/0/data/unless/1", 'expected {"node": id} or {"input": parameter}'),
        ("/nodes/1/data/when/0/node", NO_EDGE.format("a", "b")),
        ("/nodes/2/data/arguments", "the argument 'total' is missing; the function takes (total: float)"),
        ("/nodes/3/data/value/node", NO_EDGE.format("b", "d")),
        ("/nodes/3/data/when/0/node", NO_EDGE.format("c", "d")),
    ]


NO_EDGE = "no edge leads from '{}' to '{}': a node gets results from its direct sources only, so add an edge"


def test_a_flag_may_be_all_that_a_node_reads():
    nodes = [call("a", "both", arguments={}, when=[{"node": "x"}, {"input": "y"}])]
    found = problems(*nodes)
    assert found == [("/nodes/0/data/when/0/node", "there is no node 'x'")]


def test_flags_go_with_arguments_only():
    node = call("a", "ship", when=[{"input": "is_paid"}])
    del node["data"]["arguments"]
    assert problems(node) == [
        ("/nodes/0/data/when", "it goes with `arguments` only: without them use a condition of an edge")
    ]


def test_a_branch_passes_on_a_result_or_a_parameter():
    found = problems({"id": "a", "type": "branch", "data": {"value": {"value": 3}}})
    assert found == [("/nodes/0/data/value", 'expected {"node": id} or {"input": parameter}')]


def test_a_node_with_flags_can_be_run_alone():
    nodes = [call("is_large", "is_large"), call("ship", "ship", when=[{"node": "is_large"}])]
    definition = {"nodes": nodes, "edges": edges(("is_large", "ship"))}
    found = run_node(definition, "ship", {"total": 1.0}, python_modules=[order_steps.__name__])
    assert found.result == "shipped 1"


@pytest.mark.anyio
async def test_a_join_that_goes_on_with_fewer_tells_the_outcomes_of_those_that_have_ended(anyio_backend):
    nodes = [
        call("ship", "ship"),
        {"id": "late", "type": "delay", "data": {"delay_seconds": 3600}},
        {
            "id": "both",
            "type": "join",
            "join": {"join": "all_settled", "within": 0.01, "else": {"quorum": 1}},
            "data": {"gives": "outcomes"},
        },
    ]
    assert await run(nodes, edges(("ship", "both"), ("late", "both")), total=1.0) == [
        NodeOutcome(outcome="completed", value="shipped 1")
    ]
