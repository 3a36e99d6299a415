"""Random workflows: the log answers as the execution does, wherever it can know."""

import os

import pytest
from explain.asking import ask_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowrt.testing.strategies import inputs, workflows

EXAMPLES = int(os.environ.get("FLOWRT_EXAMPLES", "100"))
RANDOM = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
CANCELS = st.lists(st.tuples(st.sampled_from((0.0, 0.6, 1.3, 2.1)), st.none() | st.integers(0, 11)), max_size=2)
ANY = workflows(seconds=(0.5, 1.25), timeout_seconds=0.8, failures=True, times=(0.7, 2.0))


@pytest.mark.timeout(120 + EXAMPLES)
@RANDOM
@given(document=ANY, input=inputs(), seed=st.integers(0, 99), cancels=CANCELS)
def test_the_log_says_of_every_node_what_its_execution_says(document, input, seed, cancels):
    for live, logged in ask_all(document, input, seed=seed, cancels=cancels):
        assert (logged.state, logged.attempt, logged.attempts) == (live.state, live.attempt, live.attempts)
        for ours, theirs in zip(live.inputs, logged.inputs, strict=True):
            assert ours.is_in == theirs.is_in
            assert None in (ours.token, theirs.token) or ours.token == theirs.token
        if all(fact.token is not None for fact in (*live.inputs, *logged.inputs)) and len(logged.path) < 2:
            assert logged.sentence == live.sentence
