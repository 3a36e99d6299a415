"""Branches of Python workflows: `.when`, `.unless` and `with when(...)`."""

import gc
import weakref
from contextlib import suppress
from typing import Any

import pytest
from authoring.builds import message_of, problems_of
from authoring.order_steps import ask, both, flag_of, is_large, listed, remind, ship, shown, skip_if_small
from authoring.twins import loaded_twin, run_twins

from flowrt import ExecutionFailedError, InputError, Runtime, join_any, join_settled, when, workflow
from flowrt.definition import Edge
from flowrt.definition.recording import current_recording
from flowrt.errors import FlagError, OutsideWorkflowError
from flowrt.storage import MemoryStore

pytestmark = pytest.mark.anyio


@workflow
def one_of_two(total: float) -> str:
    large = is_large(total)
    return join_any(ship.when(large)(total), remind.unless(large)(total))


@workflow
def blocks(total: float) -> str:
    with when(is_large(total)) as large:
        first = ship(total)
        sent = shown(first)
    with large.otherwise():
        reminded = remind(total)
    return join_any(sent, reminded)


@pytest.mark.parametrize("flow", [one_of_two, blocks])
@pytest.mark.parametrize(("total", "expected"), [(150.0, "shipped 150"), (5.0, "please pay 5")])
async def test_the_step_whose_flag_holds_runs(flow, total, expected):
    assert await run_twins(flow, {"total": total}) == expected


async def test_a_step_that_a_flag_skips_has_a_record_and_skips_those_that_need_it():
    @workflow
    def flow(total: float) -> str:
        with when(is_large(total)):
            sent = shown(ship(total))
        return both(sent, "was sent")

    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(flow, {"total": 5.0})
        await handle.result()
        nodes = await store.log.nodes(handle.execution_id)
    assert {node.node: node.status for node in nodes} == {
        "is_large": "completed",
        "ship": "skipped",
        "shown": "skipped",
        "both": "completed",
    }


async def test_a_parameter_whose_step_was_skipped_by_its_flag_gets_its_default():
    @workflow
    def flow(total: float) -> str:
        large = is_large(total)
        return both(second=ship.when(large)(total), first=remind.unless(large)(total))

    assert await run_twins(flow, {"total": 150.0}) == "- shipped 150"
    assert await run_twins(flow, {"total": 5.0}) == "please pay 5 -"


async def test_a_parameter_of_the_workflow_may_be_the_flag():
    @workflow
    def flow(total: float, is_paid: bool = False) -> str:
        return join_any(ship.when(is_paid)(total), remind.unless(is_paid)(total))

    assert await run_twins(flow, {"total": 5.0, "is_paid": True}) == "shipped 5"
    assert await run_twins(flow, {"total": 5.0}) == "please pay 5"
    async with Runtime() as runtime:
        with pytest.raises(InputError, match="is_paid"):
            await runtime.run(loaded_twin(flow), {"total": 5.0, "is_paid": "yes"})


@pytest.mark.parametrize(
    ("total", "is_paid", "expected"),
    [(150.0, True, "shipped 150 -"), (150.0, False, "- -"), (5.0, True, "- please pay 5"), (5.0, False, "- -")],
)
async def test_in_nested_blocks_all_flags_must_hold(total, is_paid, expected):
    @workflow
    def flow(total: float, is_paid: bool) -> str:
        with when(is_paid):
            with when(is_large(total)) as large:
                first = ship(total)
            with large.otherwise():
                second = remind(total)
        return both(first, second)

    assert await run_twins(flow, {"total": total, "is_paid": is_paid}) == expected


@pytest.mark.parametrize(("total", "expected"), [(150.0, "shipped 150"), (50.0, None), (5.0, None)])
async def test_a_flag_that_was_skipped_is_neither_true_nor_false(total, expected):
    @workflow
    def flow(total: float) -> str:
        with when(skip_if_small(total)):
            large = is_large(total)
        return join_any(ship.when(large)(total), both.unless(large).unless(skip_if_small(total))())

    assert await run_twins(flow, {"total": total}) == expected


async def test_modifiers_are_combined():
    @workflow
    def flow(total: float, is_paid: bool) -> str:
        reminded = remind(total)
        return ship.after(reminded).when(is_paid).when(is_large(total))(total)

    assert {edge.source for edge in flow.definition.edges} == {"remind", "is_large"}
    assert await run_twins(flow, {"total": 150.0, "is_paid": True}) == "shipped 150"
    assert await run_twins(flow, {"total": 150.0, "is_paid": False}) is None


async def test_a_join_in_a_block_is_skipped_with_it_whatever_it_waits_for():
    @workflow
    def flow(total: float) -> str:
        first, second = ship(total), remind(total)
        with when(is_large(total)) as large:
            settled = join_settled(first, second)
            either = join_any(first)
            inner = join_any(ship(total))
        with large.otherwise():
            other = shown("small")
        return listed([join_any(settled, other), join_any(either, other), join_any(inner, other)])

    branches = [node.id for node in flow.definition.nodes if node.type == "branch"]
    assert branches == ["branch", "branch_2"]
    assert await run_twins(flow, {"total": 5.0}) == "small, small, small"
    assert (await run_twins(flow, {"total": 150.0})).endswith("], shipped 150, shipped 150")


@pytest.mark.parametrize(("total", "expected"), [(1.0, "shipped 1"), (2.0, "please pay 2")])
async def test_a_flag_of_an_unknown_type_may_be_a_bool_when_the_workflow_runs(total, expected):
    @workflow
    def flow(total: float) -> str:
        flag = flag_of(total)
        return join_any(ship.when(flag)(total), remind.unless(flag)(total))

    assert await run_twins(flow, {"total": total}) == expected


async def test_a_flag_that_is_no_bool_fails_the_node_that_it_decides_about():
    @workflow
    def flow(total: float) -> str:
        return ship.when(flag_of(total))(total)

    async with Runtime() as runtime:
        for form in (flow, loaded_twin(flow)):
            with pytest.raises(ExecutionFailedError) as caught:
                await runtime.run(form, {"total": 7.0})
            assert (caught.value.node, caught.value.attempt) == ("ship", 1)
            assert isinstance(caught.value.__cause__, FlagError)
            assert "'ship' runs depends on the result of 'flag_of', which is of the type float" in caught.value.reason


async def test_a_flag_that_is_no_bool_is_not_retried():
    @workflow
    def flow(total: float, flag: Any) -> Any:
        return flag_of.when(flag)(total)

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="depends on the parameter 'flag'") as caught:
            await runtime.run(flow, {"total": 7.0, "flag": 1})
    assert caught.value.attempt == 1


async def test_an_asynchronous_step_that_is_skipped_is_not_called():
    @workflow
    def flow(total: float) -> float:
        return ask.when(is_large(total))(total)

    assert await run_twins(flow, {"total": 1.0}) is None


def test_flags_are_edges_and_stand_in_the_data():
    assert one_of_two.definition.edges[:2] == (
        Edge(source="is_large", target="ship"),
        Edge(source="is_large", target="remind"),
    )
    assert one_of_two.definition.nodes[1].data["when"] == [{"node": "is_large"}]
    assert one_of_two.definition.nodes[2].data["unless"] == [{"node": "is_large"}]
    assert "when" not in one_of_two.definition.nodes[0].data


def test_a_block_ends_even_if_it_raises():
    @workflow
    def flow(total: float) -> str:
        with suppress(LookupError), when(is_large(total)):
            {}["nothing"]
        return ship(total)

    assert "when" not in flow.definition.nodes[1].data


def test_a_workflow_keeps_nothing_of_how_it_was_built():
    built = []

    @workflow
    def flow(total: float) -> str:
        built.append(weakref.ref(current_recording()))
        with when(is_large(total)):
            return join_any(ship.when(is_large(total)).after(remind(total))(total))

    gc.collect()
    assert flow.steps
    assert built[0]() is None


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_flag_must_be_a_result_or_a_parameter_of_this_workflow():
    kept = []
    workflow(lambda total: kept.append(is_large(total)), name="other")

    def wrong(total: float):
        ship.when(True)(total)
        with when(kept[0]):
            ship(total)
        when(is_large)

    problems = problems_of(wrong)
    assert [pointer for pointer, _ in problems] == ["/nodes/0", "", ""]
    assert "`when` has True, expected the result of a step or a parameter: decide about what is known" in problems[0][1]
    assert "when(...): it has the result of 'is_large' of the workflow 'other'" in problems[1][1]
    assert "it has <Step 'is_large'(total: float)>, expected the result of a step or a parameter (" in problems[2][1]
    assert all("(test_branches.py:" in message for _, message in problems)


@pytest.mark.parametrize(
    "use", [lambda total: ship.unless(ship(total))(total), lambda total: shown(repr(when(ship(total))))]
)
def test_a_flag_that_can_be_no_bool_is_refused(use):
    assert "the result of 'ship', which will be of type `str`, expected `bool`" in message_of(use)


def test_a_call_that_could_never_run_is_refused():
    def wrong(total: float, is_paid: bool):
        ship.when(is_paid).unless(is_paid)(total)
        with when(is_large(total)) as large, large.otherwise():
            ship(total)

    first, second = problems_of(wrong)
    assert "it never runs, because the parameter 'is_paid' would have to be both true and false" in first[1]
    assert "because the result of 'is_large' would" in second[1]


def test_a_branch_belongs_to_its_workflow_function():
    kept = []

    def outer(total):
        kept.append(when(is_large(total)))

    def inner(total):
        with kept[0]:
            ship(total)

    workflow(outer)
    assert "in the workflow function in which `when` was called" in message_of(inner)


def test_a_block_outside_of_a_workflow_function_is_refused():
    with pytest.raises(OutsideWorkflowError, match=r"`when\(\.\.\.\)` was called outside of a workflow function"):
        when(True)


def test_the_truth_of_a_result_leads_to_branches():
    message = message_of(lambda total: ship(total) if is_large(total) else remind(total))
    assert "`with when(is_paid):`" in message
    assert "`join_any(first, second)`" in message
