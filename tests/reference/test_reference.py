"""Random workflows: what the runtime does is what the reference allows, event by event."""

import ast
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.ends import observed
from reference.replay import check, is_free_of_schedule, run_alone
from reference.requests import EVERYTHING, as_ends, requests
from reference.runners import alone_on_asyncio, alone_on_trio, catalog, in_virtual_time, on_asyncio, on_trio

from flowrt.definition import load_definition
from flowrt.testing.strategies import inputs, workflows

EXAMPLES = int(os.environ.get("FLOWRT_EXAMPLES", "200"))
RANDOM = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.timeout(120 + EXAMPLES)
@pytest.mark.parametrize(
    "run",
    [on_asyncio, on_trio, alone_on_asyncio, alone_on_trio],
    ids=["asyncio", "trio", "asyncio alone", "trio alone"],
)
@RANDOM
@given(document=workflows(), input=inputs())
def test_every_history_is_one_that_the_reference_allows(run, document, input):
    events = run(document, input)
    check(document, load_definition(document, catalog()).definition, input, events)


@pytest.mark.timeout(120 + EXAMPLES)
@RANDOM
@given(document=workflows(seconds=(1.0, 2.5, 60.0), timeout_seconds=3.0), input=inputs(), seed=st.integers(0, 9))
def test_every_history_in_virtual_time_is_one_that_the_reference_allows(document, input, seed):
    events = in_virtual_time(document, input, seed=seed)
    definition = load_definition(document, catalog()).definition
    check(document, definition, input, events, is_timely=True)


WHOLE = workflows(**EVERYTHING)


@pytest.mark.timeout(120 + EXAMPLES)
@RANDOM
@given(document=WHOLE, input=inputs(), seed=st.integers(0, 9))
def test_failures_joins_and_times_are_as_the_reference_allows(document, input, seed):
    events = in_virtual_time(document, input, seed=seed)
    check(document, load_definition(document, catalog()).definition, input, events, is_timely=True)


@pytest.mark.timeout(120 + EXAMPLES)
@RANDOM
@given(document=WHOLE, input=inputs(), seed=st.integers(0, 9), drawn=requests())
def test_cancels_at_any_moment_are_as_the_reference_allows(document, input, seed, drawn):
    asked = as_ends(drawn, document)
    events = in_virtual_time(document, input, seed=seed, requests=asked)
    definition = load_definition(document, catalog()).definition
    check(document, definition, input, events, is_timely=True, requests=asked)


@pytest.mark.timeout(120 + EXAMPLES)
@RANDOM
@given(document=workflows(timeout_seconds=None), input=inputs(), seed=st.integers(0, 9))
def test_where_the_order_makes_no_difference_the_reference_alone_ends_as_the_runtime(document, input, seed):
    definition = load_definition(document, catalog()).definition
    events = on_asyncio(document, input)
    if is_free_of_schedule(definition):
        _, finish = run_alone(definition, input, seed)
        found = observed(events[-1])
        assert finish.status == found.status
        assert finish == found or finish.status == "failed"  # which node fails first may depend on the schedule


def test_the_reference_shares_nothing_with_what_it_checks():
    for file in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
                assert not any(name.startswith(("flowrt.graph", "flowrt.actors", "flowrt.channels")) for name in names)
