"""How the latencies of a simulation are told."""

import pytest

from flowrt import StepRegistry, load_definition
from flowrt.bench.errors import OptionError
from flowrt.bench.latency import Latencies, Latency, parse_latency
from flowrt.testing import constant, exponential, lognormal, uniform

NODES = [
    {"id": "ask", "type": "start"},
    {"id": "route", "type": "decision", "data": {"condition": "true"}},
    {"id": "call", "type": "python", "data": {"function": "bench.bench_steps:score"}},
    {"id": "tell", "type": "start"},
]
CATALOG = StepRegistry.with_builtins(python_modules=["bench.bench_steps"], entry_points=False)
WORKFLOW = load_definition({"name": "small", "nodes": NODES}, CATALOG)


@pytest.mark.parametrize(
    ("text", "node", "distribution", "capacity"),
    [
        ("ask=0.5", "ask", constant(0.5), None),
        ("ask=constant(2)", "ask", constant(2), None),
        ("ask = lognormal(0.2, 0.5)", "ask", lognormal(0.2, 0.5), None),
        ("ask=uniform(1,2)@8", "ask", uniform(1, 2), 8),
        ("ask=exponential(1e-3)", "ask", exponential(0.001), None),
        ("a=b=0.1@2", "a=b", constant(0.1), 2),
        ("ask=measured@3", "ask", None, 3),
    ],
)
def test_a_latency_is_a_node_a_distribution_and_perhaps_a_capacity(text, node, distribution, capacity):
    assert parse_latency(text) == (node, Latency(distribution=distribution, capacity=capacity))


def test_a_type_stands_for_its_nodes_and_a_node_for_itself():
    found = Latencies(WORKFLOW, ["start=0.1", "tell=0.2"]).resolve(None)
    assert {node: latency.distribution for node, latency in found.items()} == {
        "ask": constant(0.1),
        "tell": constant(0.2),
    }


def test_an_unknown_node_is_refused_with_the_known_ones():
    with pytest.raises(OptionError, match=r"did you mean 'call'.*--simulate.*the nodes ask, route, call, tell"):
        Latencies(WORKFLOW, ["cal=0.1"])


def test_a_node_that_chooses_branches_can_not_be_made_up():
    with pytest.raises(OptionError, match="chooses branches"):
        Latencies(WORKFLOW, ["route=0.1"])


@pytest.mark.parametrize("texts", [["ask=0.01", "ask=0.5"], ["start=0.01", "start=measured"]])
def test_a_latency_that_is_given_twice_is_refused(texts):
    with pytest.raises(OptionError, match="is given twice"):
        Latencies(WORKFLOW, texts)


def test_what_is_to_be_as_measured_needs_a_recording():
    assert Latencies(WORKFLOW, ["measured"]).need_recording
    assert Latencies(WORKFLOW, ["call=measured@8"]).need_recording
    assert not Latencies(WORKFLOW, ["call=0.1"]).need_recording
