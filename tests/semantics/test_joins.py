"""When joins fire, are skipped and fail, row by row."""

from typing import Any, NamedTuple

import anyio
import pytest
from semantics.page import rows_of
from semantics.stage import Held, History, fails, gives, workflow

from flowrt import Runtime
from flowrt.events import AttemptEnded


class Shown(NamedTuple):
    """Tokens that come one after the other, over an edge each, and show a row of the table.

    V is a value, S skipped, F failed, C cancelled. What stands behind a bar has not come yet when the join has decided.
    """

    join: Any
    fires: tuple[str, ...]
    is_skipped: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


JOINS = {
    (
        "`all`",
        "all are in, at least one is a value, none failed",
        "none is a value or failed",
        "one failed",
    ): Shown("all", ("V", "VV", "VS", "SV", "VC", "CVS"), ("SS", "SC", "C"), ("VF", "FV", "SF", "FCV")),
    (
        "`any`",
        "the first value is in",
        "none is a value or failed",
        "none is a value, some failed",
    ): Shown("any", ("V|V", "SV|V", "FV|S", "CV|"), ("SS", "SC"), ("FS", "CF", "FF")),
    (
        "quorum k",
        "k values are in",
        "fewer than k are values, none failed",
        "fewer than k are values, some failed",
    ): Shown({"quorum": 2}, ("VV|V", "VFV|S", "SCVV|"), ("VSS", "VCS", "SC"), ("VSF", "FV", "FSC")),
    (
        "`all_settled`",
        "all are in, whatever they are",
        "never",
        "never",
    ): Shown("all_settled", ("VV", "SS", "FF", "CC", "VSFC")),
}
VERDICTS = {"fires": "completed", "is_skipped": "skipped", "fails": "failed"}
EXAMPLES = [
    (shown.join, tokens, verdict)
    for shown in JOINS.values()
    for name, verdict in VERDICTS.items()
    for tokens in getattr(shown, name)
]


def test_the_cases_are_the_rows_of_the_page():
    assert set(JOINS) == rows_of("join")


async def bring(runtime, join, needed, others):
    """Let tokens come to the node `join`, each when the one before is in, until it has ended."""
    kinds = enumerate(needed + others)
    sources = {f"{place}{kind}": Held(fails if kind in "SF" else gives) for place, kind in kinds}
    policies = {node: {"on_error": "skip" if node.endswith("S") else "continue"} for node in sources}
    steps = {node: held.step for node, held in sources.items()} | {"join": gives}
    edges = [f"{node}>join" for node in sources]
    handle = await runtime.start(workflow(steps, edges, policies=policies, joins={"join": join}))
    ends = handle.events()
    for node, held in list(sources.items())[: len(needed)]:
        handle.cancel(node=node) if node.endswith("C") else held.told.set()
        await until_ended(ends, node)
    await until_ended(ends, "join")
    assert [type(event).__name__ async for event in ends][-1] == "ExecutionEnded"


async def until_ended(ends, node):
    async for event in ends:
        if isinstance(event, AttemptEnded) and event.node == node:
            return


@pytest.mark.anyio
@pytest.mark.parametrize(("join", "tokens", "verdict"), EXAMPLES, ids=str)
async def test_a_join_decides_as_the_row_says(join, tokens, verdict):
    needed, _, others = tokens.partition("|")
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        with anyio.fail_after(10):
            await bring(runtime, join, needed, others)
    history = History(events)
    came = [f"{place}{token}" for place, token in enumerate(needed)]
    assert [node for node in history.order if node in {*came, "join"}] == [*came, "join"]
    assert history.status("join") == verdict
