"""What becomes of joins when their time is over, row by row."""

from typing import Any, NamedTuple

import pytest
from semantics.page import name_of, rows_of
from semantics.stage import History, delays, gives, workflow

WITHIN_SECONDS = 5


class Timed(NamedTuple):
    """A join whose tokens come at these seconds, and when it ends how, with its `else` and without."""

    join: Any
    otherwise: Any
    tokens_seconds: tuple[float, ...]
    with_else: tuple[str, float]
    without: tuple[str, float]


CASES = {
    ("decided", "nothing happens", "nothing happens"): Timed(
        "any", "all", (1, 100), with_else=("completed", 1), without=("completed", 1)
    ),
    (
        "not decided, and what is in meets `else`",
        "it fires",
        "it fails with `JoinTimeoutError`",
    ): Timed("all", {"quorum": 2}, (1, 2, 100), with_else=("completed", 6), without=("JoinTimeoutError", 6)),
    (
        "not decided, and what is in does not meet `else`",
        "it becomes `else` and waits on",
        "it fails with `JoinTimeoutError`",
    ): Timed("all", {"quorum": 2}, (1, 8, 100), with_else=("completed", 8), without=("JoinTimeoutError", 6)),
}


def test_the_cases_are_the_rows_of_the_page():
    assert set(CASES) == rows_of("at that time the join has")


@pytest.mark.parametrize("column", ["with_else", "without"])
@pytest.mark.parametrize("row", CASES, ids=name_of)
async def test_a_join_ends_as_the_row_says(flow_runtime, row, column):
    case = CASES[row]
    join = {"join": case.join, "within": WITHIN_SECONDS, "losers": "run"}
    join |= {"else": case.otherwise} if column == "with_else" else {}
    sources = {f"source{seconds}": delays(seconds) for seconds in case.tokens_seconds}
    edges = [f"{source}>join" for source in sources]
    handle = await flow_runtime.start(workflow({**sources, "join": gives}, edges, joins={"join": join}))
    status = await handle.wait()
    history = History(flow_runtime.captured)
    verdict, seconds = getattr(case, column)
    assert history.ends_seconds("join") == [seconds]
    if verdict == "completed":
        assert (history.statuses("join"), status, history.end_seconds) == (["completed"], "completed", 100)
    else:
        assert (history.error("join"), status, history.end_seconds) == (verdict, "failed", seconds)
