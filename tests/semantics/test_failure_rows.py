"""What a failure does to its execution, row by row."""

import pytest
from semantics.page import name_of, rows_of
from semantics.stage import History, fails, gives, workflow

from flowrt import Runtime

ON_ERROR = {"`fail`": "fail", "`skip`": "skip", '`{"default": ...}`': {"default": {}}, "`continue`": "continue"}
ENDS = {"fails": "failed", "goes on": "completed"}
CASES = [
    ("`fail`", "no", "fails"),
    ("`fail`", "yes", "goes on"),
    ("`skip`", "no", "goes on"),
    ("`skip`", "yes", "goes on"),
    ('`{"default": ...}`', "no", "goes on"),
    ('`{"default": ...}`', "yes", "goes on"),
    ("`continue`", "no", "goes on"),
    ("`continue`", "yes", "goes on"),
]


def test_the_cases_are_the_rows_of_the_page():
    assert set(CASES) == rows_of("`on_error`")


@pytest.mark.anyio
@pytest.mark.parametrize("row", CASES, ids=name_of)
async def test_an_execution_does_what_the_row_says(row):
    on_error, is_handled, ends = row
    edges = ["node>next", "node>handler on failure"] if is_handled == "yes" else ["node>next"]
    steps = {"node": fails, "next": gives, "handler": gives, "observer": gives}
    small = workflow(
        steps,
        [*edges, "node>observer on always"],
        policies={"node": {"on_error": ON_ERROR[on_error]}},
        joins={"next": "all_settled"},
    )
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        handle = await runtime.start(small)
        assert await handle.wait() == ENDS[ends]
    history = History(events)
    assert history.status("observer") == "completed"
    assert history.end.failures_absorbed == (ends == "goes on")
