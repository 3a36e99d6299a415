"""Joins of Python workflows: `join_any`, `join_quorum` and `join_settled`."""

import pytest
from authoring.builds import message_of, problems_of
from authoring.order_steps import (
    ask,
    ask_in_vain,
    charge,
    close,
    explain,
    is_large,
    listed,
    remind,
    ship,
    shown,
    skip_if_small,
)
from authoring.twins import run_twins, simulate_twins

from flowrt import (
    JoinTimeoutError,
    Runtime,
    UpstreamFailedError,
    join_any,
    join_quorum,
    join_settled,
    step,
    workflow,
)
from flowrt.definition import Edge, Join, Quorum
from flowrt.errors import OutsideWorkflowError
from flowrt.outcomes import NodeOutcome

JOINS = [join_any, lambda *results: join_quorum(1, *results), join_settled]


def ended(simulated):
    """Return the time in seconds that an execution took, and its result."""
    return simulated.trace.duration_seconds, simulated.result


# --- join_any -------------------------------------------------------------------------------------------------------


def test_the_first_of_several_wins_and_the_others_are_cancelled():
    @workflow
    def flow(slow: float, quick: float) -> float:
        return join_any(ask(slow), ask(quick))

    found = simulate_twins(flow, {"slow": 9.0, "quick": 2.0})
    assert ended(found) == (2, 2.0)
    assert [attempt.status for attempt in found.trace.attempts("ask")] == ["cancelled"]


def test_losers_may_run_on():
    @workflow
    def flow(slow: float, quick: float) -> float:
        return join_any(ask(slow), ask(quick), losers="run")

    found = simulate_twins(flow, {"slow": 9.0, "quick": 2.0})
    assert ended(found) == (9, 2.0)
    assert [attempt.status for attempt in found.trace.attempts("ask")] == ["completed"]


def test_what_fails_is_not_the_first():
    @workflow
    def flow(total: float) -> float:
        return join_any(ask_in_vain(1.0), ask(2.0))

    assert ended(simulate_twins(flow, {"total": 0})) == (2, 2.0)


def test_a_join_fails_only_if_nothing_came_and_something_failed():
    @workflow
    def flow(total: float) -> str:
        return join_any(charge(total), charge(total))

    found = simulate_twins(flow, {"total": -1.0})
    assert isinstance(found.error.__cause__, UpstreamFailedError)
    assert (found.error.node, found.error.attempt) == ("join_any", 0)


def test_a_join_that_takes_too_long_fails():
    @workflow
    def flow(total: float) -> float:
        return join_any(ask_in_vain(1.0), ask(9.0), within=3)

    found = simulate_twins(flow, {"total": 0})
    assert isinstance(found.error.__cause__, JoinTimeoutError)
    assert found.trace.duration_seconds == 4


@pytest.mark.anyio
@pytest.mark.parametrize("join", [join_any, lambda *results: listed(join_quorum(1, *results))])
async def test_a_join_whose_results_are_all_skipped_is_skipped(join):
    @workflow
    def flow(total: float) -> str:
        large = is_large(total)
        return join(ship.when(large)(total), remind.when(large)(total))

    assert await run_twins(flow, {"total": 1.0}) is None


@pytest.mark.anyio
async def test_joins_of_joins():
    @workflow
    def flow(total: float) -> str:
        pair = join_any(join_any(charge(total), charge(total)), ship(total))
        return listed(join_quorum(2, pair, shown(join_settled(pair, pair_of := remind(total))), pair_of))

    assert (await run_twins(flow, {"total": -1.0})).startswith("shipped -1, ")


# --- join_quorum ----------------------------------------------------------------------------------------------------


def test_a_quorum_gives_the_first_values_in_the_order_of_the_arguments():
    @workflow
    def flow(total: float) -> list[float]:
        return join_quorum(2, ask(3.0), ask(9.0), ask_in_vain(1.0), ask(2.0))

    assert ended(simulate_twins(flow, {"total": 0})) == (3, [3.0, 2.0])


@pytest.mark.anyio
async def test_a_quorum_of_one_is_a_list_too():
    @workflow
    def flow(total: float) -> list[str]:
        return join_quorum(1, ship(total))

    assert flow.definition.nodes[1].join == Join(rule=Quorum(1))
    assert await run_twins(flow, {"total": 1.0}) == ["shipped 1"]


@pytest.mark.parametrize(
    ("within", "expected"), [(1.5, (2.5, [1.0, 2.0])), (0.5, (2, [1.0, 2.0])), (9, (4, [1.0, 4.0, 2.0]))]
)
def test_after_its_time_fewer_values_are_enough(within, expected):
    @workflow
    def flow(total: float) -> list[float]:
        return join_quorum(3, ask(1.0), ask(9.0), ask(4.0), ask(2.0), within=within, otherwise=2)

    assert ended(simulate_twins(flow, {"total": 0})) == expected


# --- join_settled ---------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_all_that_have_settled_are_told_in_the_order_of_the_arguments():
    @workflow
    def flow(total: float) -> str:
        results = [charge(total), ship(total), remind.when(is_large(total))(total)]
        return explain(join_settled(*results))

    assert await run_twins(flow, {"total": 5.0}) == "completed charged 5, completed shipped 5, skipped None"
    assert await run_twins(flow, {"total": -5.0}) == "failed ValueError, completed shipped -5, skipped None"


@pytest.mark.anyio
async def test_a_failure_that_settled_says_which_node_and_how_often_it_was_tried():
    @workflow
    def flow(total: float) -> list[NodeOutcome]:
        return join_settled(charge(total), skip_if_small(total))

    charged, skipped = await run_twins(flow, {"total": -5.0})
    assert (charged.error.node, charged.error.message, charged.error.attempts) == ("charge", "declined", 1)
    assert skipped == NodeOutcome(outcome="skipped")


@pytest.mark.anyio
async def test_a_node_that_was_cancelled_has_settled():
    @workflow
    def flow(total: float) -> str:
        return explain(join_settled(ask(total), ship(total)))

    async with Runtime() as runtime:
        handle = await runtime.start(flow, {"total": 9.0})
        handle.cancel(node="ask")
        assert await handle.result() == "cancelled None, completed shipped 9"


def test_settling_in_time_or_not_at_all():
    @workflow
    def flow(total: float) -> list[NodeOutcome]:
        return join_settled(ask(1.0), ask(9.0), within=2.0)

    found = simulate_twins(flow, {"total": 0})
    assert isinstance(found.error.__cause__, JoinTimeoutError)
    assert found.trace.duration_seconds == 3


# --- all of them ----------------------------------------------------------------------------------------------------


def test_a_join_is_a_node_with_an_edge_from_each_result():
    @workflow
    def flow(total: float) -> str:
        either = join_any(ship(total), remind(total), within=2.5)
        return shown(join_quorum(2, either, charge(total), charge(total), otherwise=1, within=1, losers="run"))

    nodes = {node.id: node for node in flow.definition.nodes}
    assert (nodes["join_any"].type, nodes["join_any"].data) == ("join", {})
    assert nodes["join_any"].join == Join(rule="any", within=2.5)
    assert nodes["join_quorum"].data == {"gives": "values"}
    assert nodes["join_quorum"].join == Join(rule=Quorum(2), within=1, otherwise=Quorum(1), losers="run")
    assert flow.definition.edges[:2] == (
        Edge(source="ship", target="join_any"),
        Edge(source="remind", target="join_any"),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("join", JOINS)
async def test_a_thousand_results_are_joined(join):
    @workflow
    def flow(total: float) -> str:
        return shown(join(*[ship(total) for _ in range(1000)]))

    assert "shipped 1" in await run_twins(flow, {"total": 1.0})


@pytest.mark.parametrize("join", JOINS)
def test_a_join_takes_results_of_steps_of_this_workflow_each_once(join):
    kept = []
    workflow(lambda total: kept.append(ship(total)), name="other")

    def wrong(total):
        shipped = ship(total)
        join(shipped, shipped)
        join([shipped])
        join(total)
        join(kept[0])
        join(shipped, ship)
        join(shipped, 3)

    problems = problems_of(wrong)
    expected = [
        "the result of 'ship' is given more than once",
        "expected the result of a step: write `join",
        "it has the parameter 'total', which is there from the beginning",
        "it has the result of 'ship' of the workflow 'other'",
        "it has <Step 'ship'",
        "it has 3, expected the result of a step",
    ]
    for (_, message), part in zip(problems, expected, strict=True):
        assert part in message
        assert "(test_joins.py:" in message


@pytest.mark.parametrize("join", JOINS)
def test_a_join_waits_for_something(join):
    assert "it has nothing to wait for" in message_of(lambda total: shown.after(ship(total))(join()))


@pytest.mark.parametrize(
    ("count", "options", "expected"),
    [
        (3, {}, "`count` is 3, expected 1 to 2, the number of results"),
        (0, {}, "`count` is 0, expected 1 to 2"),
        ("2", {}, "`count`: found a text, expected a whole number"),
        (2, {"within": 1, "otherwise": 2}, "`otherwise` is 2, expected 1 or more, but less than `count`, which is 2"),
        (2, {"within": 1, "otherwise": 0}, "`otherwise` is 0, expected 1 or more"),
        (2, {"otherwise": 1}, "`otherwise`: it is for when the time is over: give `within`"),
        (2, {"within": 0}, "`within`: found 0, expected a number > 0.0"),
        (2, {"losers": "kill"}, "`losers`: found 'kill', expected one of 'cancel', 'run'"),
    ],
)
def test_what_a_quorum_can_not_be_is_said(count, options, expected):
    message = message_of(lambda total: join_quorum(count, ship(total), remind(total), **options))
    assert message.startswith("join_quorum(...): ")
    assert expected in message


def test_the_type_of_a_join_is_known_where_its_results_have_one():
    @step
    def takes_number(value: float) -> float:
        return value

    assert "will be of type `str`" in message_of(lambda total: takes_number(join_any(ship(total), remind(total))))
    assert "will be of type `list`" in message_of(lambda total: takes_number(join_quorum(1, ship(total))))
    assert workflow(lambda total: takes_number(join_any(ship(total), is_large(total))), name="either").steps


def test_a_failure_is_no_result():
    assert "`always` has the parameter 'total'" in message_of(lambda total: close.always(total)(total))


@pytest.mark.parametrize("join", JOINS)
def test_a_join_outside_of_a_workflow_function_is_refused(join):
    with pytest.raises(OutsideWorkflowError, match="outside of a workflow function"):
        join(1, 2)
