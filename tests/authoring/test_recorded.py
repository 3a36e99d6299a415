"""What stands for a result while a workflow is built can be passed on, and nothing else."""

import math
import operator
from collections.abc import Mapping

import pytest
from authoring.builds import message_of
from authoring.lead_steps import Lead, enrich

from flowrt.definition import step, workflow
from flowrt.errors import DefinitionError


async def waits(result):
    await result


def run(coroutine):
    coroutine.send(None)


def enters(result):
    with result:
        pass


def changes(result):
    result.name = 1


def matches(result):
    match result:
        case Lead():
            pass


USES = {
    "the truth of": [bool, lambda r: r and 1, operator.not_, lambda r: 1 if r else 2],
    "the items of": [list, len, lambda r: 1 in r, lambda r: [*r], next, reversed, aiter],
    "a part of": [lambda r: r[0], lambda r: r["key"]],
    "a comparison of": [
        lambda r: r == 1,
        lambda r: r != 1,
        lambda r: r > 1,
        lambda r: operator.gt(1, r),
        hash,
        lambda r: {r},
    ],
    "a sum or the like of": [
        lambda r: r + 1,
        lambda r: 1 + r,
        lambda r: "a" + r,
        lambda r: r * 2,
        operator.neg,
        abs,
        round,
        int,
        float,
        math.floor,
        lambda r: [1][r],
        lambda r: operator.iadd(r, 1),
        lambda r: 2**r,
    ],
    "the text of": [str, lambda r: f"{r}", lambda r: f"{r:>10}", "{}".format, lambda r: ", ".join([str(r)])],
    "an await of": [lambda r: run(waits(r))],
    "a call of": [lambda r: r()],
    "a change of": [changes, lambda r: operator.setitem(r, 0, 1), lambda r: delattr(r, "x")],
    "the context of": [enters],
    "`.keys` of": [lambda r: {**r}, lambda r: enrich(**r)],
    "`.name` of": [lambda r: r.name, lambda r: getattr(r, "name", None), lambda r: hasattr(r, "name")],
    "the class of": [lambda r: isinstance(r, Mapping), lambda r: isinstance(r, dict), matches],
}


@pytest.mark.parametrize(("said", "use"), [(said, use) for said, uses in USES.items() for use in uses])
def test_a_use_as_a_value_says_what_to_do_instead(said, use):
    message = message_of(lambda lead: use(enrich(lead)))
    assert message.startswith(f"{said} the result of 'enrich' is needed while the workflow is built")
    assert "step" in message
    assert "(test_recorded.py:" in message


def test_a_parameter_is_called_a_parameter():
    assert "the truth of the parameter 'lead'" in message_of(lambda lead: enrich(lead) if lead else None)


def test_earlier_mistakes_are_listed_with_a_use_as_a_value():
    def wrong(lead):
        profile = enrich()
        if profile:
            enrich(lead)

    with pytest.raises(DefinitionError) as caught:
        workflow(wrong)
    assert len(caught.value.problems) == 2
    assert caught.traceback[-1].path.name == "recording.py"
    assert any(entry.name == "wrong" for entry in caught.traceback)


def test_a_swallowed_mistake_is_reported_all_the_same():
    def wrong(lead):
        profile = enrich(lead)
        try:
            return profile.name
        except DefinitionError:
            return profile

    assert message_of(wrong).startswith("`.name` of the result of 'enrich'")


def test_a_result_that_is_kept_after_the_workflow_was_built_can_not_be_used():
    kept = []
    workflow(lambda lead: kept.append(enrich(lead)), name="kept")
    with pytest.raises(DefinitionError, match="in kept"):
        bool(kept[0])


def test_a_result_can_be_looked_at_in_a_debugger():
    seen = []

    @step
    def look(value: object) -> None: ...

    workflow(lambda lead: look(seen.append(repr(enrich(lead)))), name="seen")
    assert seen == ["<the result of 'enrich', known when the workflow runs>"]
