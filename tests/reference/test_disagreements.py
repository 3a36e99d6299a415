"""Where the runtime is known to differ from the design: the smallest workflows that show it."""

from contextlib import suppress

import anyio
import anyio.lowlevel
import pytest
from reference.disagreements import disagreements_of, no_disagreements
from reference.ends import FINISHED_ANYWAY
from reference.replay import MismatchError, check
from reference.runners import catalog, on_asyncio
from reference.small import FAILS, produces, workflow

from flowrt.definition import Definition, LoadedDefinition, Node, load_definition
from flowrt.typing import BoundStep, Choice

GOES_ON = {"policy": {"on_error": "continue"}}
SETTLED = produces() | {"join": "all_settled"}

CASES = {
    "an ancestor wins by a third node": (
        "merges pairwise",
        workflow(
            {"x": produces(k=1), "z": produces(k=2), "y": produces(k=3), "t": produces()},
            ["x>z", "z>t", "y>t", "x>t"],
        ),
    ),
    "a conflict is named that a descendant of both has ended": (
        "merges pairwise",
        workflow(
            {"x": produces(k=1), "y": produces(k=2), "z": produces(k=3), "t": produces()},
            ["x>z", "y>z", "x>t", "y>t", "z>t"],
        ),
    ),
    "of parallel edges the first one counts": (
        "merges pairwise",
        workflow({"a": produces(k=1), "b": produces(k=2), "t": produces()}, ["a>t", "b>t", "a>t"]),
    ),
    "the outcomes of an ancestor win": (
        "passes outcomes on",
        workflow({"a": produces(), "b": SETTLED, "c": SETTLED, "t": produces()}, ["a>b", "b>c", "c>t", "b>t"]),
    ),
    "outcomes of unordered nodes are no conflict": (
        "passes outcomes on",
        workflow(
            {"a": produces(a=1), "b": SETTLED, "c": produces(), "d": SETTLED, "t": produces()},
            ["a>b", "c>d", "b>t", "d>t"],
        ),
    ),
    "a failed node is blamed once for each edge": (
        "blames twice",
        workflow({"a": FAILS | GOES_ON, "b": produces()}, ["a>b", "a>b"]),
    ),
    "a node starts although the execution is failing": (
        "starts while failing",
        workflow(
            {"a": FAILS | GOES_ON, "b": produces(), "c": produces(), "d": produces()},
            ["a>c", "b>c", "b>d"],
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.xfail(raises=MismatchError, strict=True, reason="the runtime differs from the design")
def test_the_runtime_does_what_the_design_says(name):
    compare(CASES[name][1], no_disagreements)


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="the handles are logged with what was produced")
def test_a_choice_that_comes_too_late_is_logged_as_what_was_produced():
    async def refuses_to_end(_record):
        with suppress(anyio.get_cancelled_exc_class()):
            await anyio.sleep_forever()
        return Choice({"k": 1}, ("x",))

    async def fails(_record):
        await anyio.lowlevel.checkpoint()
        raise ValueError

    definition = Definition(name="late", nodes=(Node(id="a", type="-"), Node(id="b", type="-")))
    steps = (BoundStep(refuses_to_end, handles=frozenset({"x"})), BoundStep(fails))
    events = on_asyncio(LoadedDefinition(definition, steps), {})
    (late,) = [event for event in events[1:-1] if event.node == "a"]
    assert late.note == FINISHED_ANYWAY
    assert late.output.text == b'{"k":1}'


@pytest.mark.parametrize("name", CASES)
def test_a_comparison_stops_where_a_disagreement_shows(name):
    known, document = CASES[name]
    assert compare(document, disagreements_of) == [known]


def compare(document, disagreements):
    definition = load_definition(document, catalog()).definition
    return check(document, definition, {}, on_asyncio(document, {}), disagreements=disagreements)
