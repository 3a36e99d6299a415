"""Failures in Python workflows: `.on_failure` and `.always`."""

import anyio
import pytest
from authoring.builds import message_of, problems_of
from authoring.order_steps import (
    ask,
    ask_in_vain,
    both,
    charge,
    charge_other,
    close,
    is_large,
    listed,
    remind,
    ship,
    shown,
)
from authoring.twins import run_twins, simulate_twins

from flowrt import ExecutionFailedError, NodeFailure, NodeOutcome, Runtime, join_any, step, when, workflow
from flowrt.definition import Edge
from flowrt.testing import simulate

pytestmark = pytest.mark.anyio


@workflow
def with_fallback(total: float) -> str:
    charged = charge(total)
    return join_any(charged, charge_other.on_failure(charged)(total))


@workflow
def with_cleanup(total: float) -> str:
    charged = charge(total)
    close.always(charged)(total)
    return charged


@pytest.mark.parametrize(
    ("total", "expected"), [(5.0, "charged 5"), (-5.0, "charged otherwise after charge: declined")]
)
async def test_a_fallback_runs_if_the_first_way_failed(total, expected):
    assert await run_twins(with_fallback, {"total": total}) == expected


async def test_a_fallback_may_fail_too():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="join_any") as caught:
            await runtime.run(with_fallback, {"total": -500.0})
    assert caught.value.reason.endswith("'charge', 'charge_other' failed (charge: ValueError: declined)")


async def test_a_failure_that_something_runs_on_is_handled():
    @workflow
    def flow(total: float) -> str:
        charged = charge(total)
        return both(shown(charged), charge_other.on_failure(charged)(total))

    assert await run_twins(flow, {"total": -5.0}) == "- charged otherwise after charge: declined"
    assert await run_twins(flow, {"total": 5.0}) == "charged 5 -"


async def test_what_runs_on_a_failure_may_take_other_results():
    @workflow
    def flow(total: float) -> str:
        charged, sent = charge(total), ship(total)

        @step
        def refund(failure: NodeFailure, sent: str, *, note: str) -> str:
            return f"{failure.type} {failure.attempts} {sent} {note}"

        return refund.on_failure(charged)(sent, note="sorry")

    async with Runtime() as runtime:
        assert await runtime.run(flow, {"total": -5.0}) == "ValueError 1 shipped -5 sorry"
        assert await runtime.run(flow, {"total": 5.0}) is None


async def test_it_does_not_run_without_the_failure_even_if_it_could_do_without_it():
    called = []

    @step
    def note(failure: NodeFailure | None = None, outcome: NodeOutcome | None = None) -> None:
        called.append((failure, outcome))

    @workflow
    def flow(total: float) -> None:
        charged = charge(total)
        note.on_failure(charged)(outcome=None)

    async with Runtime() as runtime:
        await runtime.run(flow, {"total": 5.0})
    assert called == []


@pytest.mark.parametrize(("total", "expected"), [(5.0, "completed charged 5 5"), (-5.0, "failed declined -5")])
def test_a_cleanup_runs_whatever_became_of_the_node(total, expected):
    seen = []

    def look(outcome, total):
        seen.append(close.function(outcome, total))

    found = simulate(with_cleanup, {"total": total}, seed=1, steps={"close": look})
    assert seen == [expected]
    assert found.status == ("completed" if total > 0 else "failed")
    assert simulate_twins(with_cleanup, {"total": total}).status == found.status


async def test_a_cleanup_runs_if_the_execution_is_cancelled():
    seen = []

    @step
    def look(outcome: NodeOutcome, total: float) -> None:
        seen.append((outcome.outcome, total))

    @step
    async def is_cancelled(total: float) -> float:
        scope.cancel()
        await anyio.sleep_forever()
        return total

    @workflow
    def flow(total: float) -> float:
        answer = is_cancelled(total)
        look.always(answer)(total)
        return answer

    async with Runtime() as runtime:
        with anyio.CancelScope() as scope:
            await runtime.run(flow, {"total": 9.0})
    assert seen == [("cancelled", 9.0)]


async def test_what_observes_a_skipped_node_is_skipped():
    @workflow
    def flow(total: float) -> str:
        sent = ship.when(is_large(total))(total)
        return close.always(sent)(total)

    assert await run_twins(flow, {"total": 5.0}) is None
    assert await run_twins(flow, {"total": 500.0}) == "completed shipped 500 500"


async def test_several_failures_give_several_arguments_in_the_order_of_the_modifiers():
    @workflow
    def flow(total: float) -> str:
        first, second = charge(total), ship(total)

        @step
        def tell(failure: NodeFailure, outcome: NodeOutcome, total: float) -> str:
            return f"{failure.node} {outcome.value} {total:g}"

        return tell.on_failure(first).always(second)(total)

    async with Runtime() as runtime:
        assert await runtime.run(flow, {"total": -5.0}) == "charge shipped -5 -5"
        assert await runtime.run(flow, {"total": 5.0}) is None


@pytest.mark.parametrize(("total", "expected"), [(-5.0, None), (-500.0, "LookupError")])
async def test_all_modifiers_are_combined(total, expected):
    @step
    def is_bad(total: float) -> bool:
        return total < -100

    @step
    def report(failure: NodeFailure) -> str:
        return failure.type

    @workflow
    def flow(total: float) -> str:
        charged = charge(total)
        with when(is_bad(total)):
            other = charge_other.after(remind(total)).on_failure(charged)(total)
            return report.on_failure(other)()

    async with Runtime() as runtime:
        assert await runtime.run(flow, {"total": total}) == expected


def test_a_fallback_is_not_waited_for_if_the_first_way_goes_well():
    @step
    def report(failure: NodeFailure) -> str:
        return failure.node

    @workflow
    def flow(total: float) -> float:
        asked = ask(total)
        return join_any(asked, ask.after(report.on_failure(asked)())(9.0))

    assert simulate(flow, {"total": 2.0}, seed=1).trace.duration_seconds == 2


def test_methods_take_modifiers_too():
    class Service:
        @step
        def refund(self, failure: NodeFailure, total: float) -> str:
            return failure.node

    service = Service()

    @workflow
    def flow(total: float) -> str:
        return service.refund.on_failure(charge(total))(total)

    assert flow.definition.nodes[1].data["arguments"] == {"failure": {"failure": "charge"}, "total": {"input": "total"}}


def test_failures_and_outcomes_are_edges_of_their_own():
    assert with_fallback.definition.edges == (
        Edge(source="charge", target="charge_other", on="failure"),
        Edge(source="charge", target="join_any"),
        Edge(source="charge_other", target="join_any"),
    )
    assert with_cleanup.definition.nodes[1].data["arguments"]["outcome"] == {"outcome": "charge"}
    assert with_cleanup.definition.edges == (Edge(source="charge", target="close", on="always"),)


def test_a_loser_is_cancelled_and_observed():
    @workflow
    def flow(total: float) -> str:
        slow = ask(9.0)
        note = close.always(slow)(total)
        return listed([shown(join_any(slow, ask_in_vain(1.0), ask(2.0))), note])

    assert simulate_twins(flow, {"total": 1.0}).result == "2.0, cancelled None 1"


# --- what is refused ------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_modifier_is_said_with_all_else():
    kept = []
    workflow(lambda total: kept.append(ship(total)), name="other")

    def wrong(total: float):
        charged = charge(total)
        charge_other.on_failure(total)(total)
        charge_other.on_failure(3)(total)
        charge_other.on_failure(kept[0])(total)
        charge_other.on_failure(charged)(total, total)
        is_large.on_failure(charged)()
        ship.always(charged)(total=total)
        both.on_failure(charged)(charged)
        charge_other.on_failure(charged).after(charged)(total)
        charge_other.on_failure(charged).when(charged)(total)

    problems = problems_of(wrong)
    expected = [
        "charge_other(...): `on_failure` has the parameter 'total', which can't fail: expected the result of a step",
        "charge_other(...): `on_failure` has 3: expected the result of a step",
        "`on_failure` has the result of 'ship' of the workflow 'other'",
        "it takes 2; it takes (failure: NodeFailure, total: float), and `on_failure` gives what comes first",
        "the argument 'total' will be of type `NodeFailure`, expected `float`",
        "the argument 'total' is given twice",
        "the argument 'total' will be of type `NodeOutcome`, expected `float`",
        "the argument 'first' will be of type `NodeFailure`, expected `str`",
        "it runs only if 'charge' has failed, and then there is no result of 'charge'",
        "it runs only if 'charge' has failed",
        "has the result of 'charge', which will be of type `str`, expected `bool`",
        "it runs only if 'charge' has failed",
    ]
    for (_, message), part in zip(problems, expected, strict=True):
        assert part in message
        assert "(test_failures.py:" in message


def test_a_step_without_a_parameter_for_the_failure_is_refused():
    @step
    def nothing() -> None: ...

    message = message_of(lambda total: nothing.on_failure(charge(total))())
    assert "1 positional arguments are given, it takes 0" in message
    assert "`on_failure` gives what comes first" in message
