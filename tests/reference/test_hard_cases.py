"""The smallest workflows that once were run in another way than the design says."""

from contextlib import suppress

import anyio
import anyio.lowlevel
import pytest
from reference.ends import FINISHED_ANYWAY
from reference.replay import check
from reference.runners import catalog, in_virtual_time, on_asyncio
from reference.small import FAILS, produces, sleeps, workflow

from flowrt.definition import Definition, LoadedDefinition, Node, load_definition
from flowrt.typing import BoundStep, Choice

GOES_ON = {"policy": {"on_error": "continue"}}
ANY = produces() | {"join": "any"}
SETTLED = produces() | {"join": "all_settled"}

CASES = {
    "an ancestor stays beaten, although a third node beats its descendant": (
        {"x": produces(k=1), "z": produces(k=2), "y": produces(k=3), "t": produces()},
        ["x>z", "z>t", "y>t", "x>t"],
    ),
    "a descendant of both ends a conflict": (
        {"x": produces(k=1), "y": produces(k=2), "z": produces(k=3), "t": produces()},
        ["x>z", "y>z", "x>t", "y>t", "z>t"],
    ),
    "of parallel edges the last one counts": (
        {"a": produces(k=1), "b": produces(k=2), "t": produces()},
        ["a>t", "b>t", "a>t"],
    ),
    "the outcomes of a descendant win": (
        {"a": produces(), "b": SETTLED, "c": SETTLED, "t": produces()},
        ["a>b", "b>c", "c>t", "b>t"],
    ),
    "outcomes of unordered nodes are a conflict": (
        {"a": produces(a=1), "b": SETTLED, "c": produces(), "d": SETTLED, "t": produces()},
        ["a>b", "c>d", "b>t", "d>t"],
    ),
    "a failed node is blamed once": ({"a": FAILS | GOES_ON, "b": produces()}, ["a>b", "a>b"]),
    "nothing starts when the execution is failing": (
        {"a": FAILS | GOES_ON, "b": produces(), "c": produces(), "d": produces()},
        ["a>c", "b>c", "b>d"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_runtime_does_what_the_design_says(name):
    document = workflow(*CASES[name])
    definition = load_definition(document, catalog()).definition
    check(document, definition, {}, on_asyncio(document, {}))


def delays(seconds, **attempt):
    """A node that waits for a time, without a task."""
    return {"data": {"attempts": [{"runs": "delay", "seconds": seconds, **attempt}]}}


ENDINGS = {
    "all that a join has lost is cancelled before its failure ends the execution": (
        {
            "quick": produces(),
            "slow": sleeps(5.0),
            "waits": delays(5.0) | {"join": {"join": "any", "losers": "run"}},
            "late": produces() | {"join": {"join": "all", "within": 1.0}},
        },
        ["quick>waits", "slow>waits", "quick>late", "waits>late"],
    ),
    "what tokens still ask for is done before a failing execution is over": (
        {
            "fails": FAILS,
            "fails later": delays(1.0, fails="ValueError"),
            "join": ANY,
            "other": ANY,
            "observed": produces(),
            "cleans up": produces(),
            "last": produces(),
        },
        [
            "fails later>join",
            "fails>join",
            "fails later>other",
            "observed>cleans up on always",
            "cleans up>last",
            "other>last",
        ],
    ),
    "what two joins lose at once is named as lost by either": (
        {"quick": produces(), "slow": sleeps(1.0), "join": ANY, "last": ANY},
        ["quick>join", "slow>join", "join>last", "quick>last"],
    ),
    "what never begins has ended when a cleanup looks": (
        {
            "waits": delays(1.0),
            "never begins": produces(),
            "cleans up": produces() | {"join": {"join": "any", "within": 1.7, "else": "all_settled"}},
            "fails": FAILS,
            "others": produces(),
        },
        ["never begins>cleans up", "waits>cleans up on always", "others>never begins"],
    ),
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", ENDINGS)
def test_an_ending_execution_does_what_the_design_says(name, seed):
    document = workflow(*ENDINGS[name])
    events = in_virtual_time(document, {}, seed=seed)
    check(document, load_definition(document, catalog()).definition, {}, events, is_timely=True)


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
