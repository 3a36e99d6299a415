"""Compares random workflows with the reference in a process of its own: exit code 3 for a mismatch, 0 for none."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from reference.replay import MismatchError, check
from reference.requests import EVERYTHING, as_ends, requests
from reference.runners import catalog, in_virtual_time

import flowrt
from flowrt.definition import load_definition
from flowrt.testing.strategies import inputs, workflows

IS_MISMATCH = 3


DOCUMENTS = workflows(max_nodes=3, **EVERYTHING) | workflows(**EVERYTHING)
"""Half of them small: what happens in one node is found sooner in few."""


def events_of(document, input, asked):
    """Run a workflow and return its events, also those that come before a mistake breaks the runtime itself."""
    events = []
    try:
        in_virtual_time(document, input, seed=1, events=events, requests=asked)
    except Exception:
        if not events:
            raise
    return events


def main(package, examples):
    """Compare the `flowrt` in this folder; the same examples each time."""
    assert Path(flowrt.__file__).parent == Path(package), flowrt.__file__
    seen = 0

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(document=DOCUMENTS, input=inputs(), drawn=requests())
    def compare(document, input, drawn):
        nonlocal seen
        seen += 1
        asked = as_ends(drawn, document)
        definition = load_definition(document, catalog()).definition
        check(document, definition, input, events_of(document, input, asked), is_timely=True, requests=asked)

    try:
        compare()
    except MismatchError as mismatch:
        print(f"example {seen}: {mismatch}")  # noqa: T201 - whoever started this process reads it
        return IS_MISMATCH
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
