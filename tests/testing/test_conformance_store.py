"""The checks of stores pass for a sound store, and each notices the store that breaks its promise."""

import pytest
from testing.broken_stores import BROKEN, BROKEN_LATER, BrokenStore, save_anew_if_asked_for_nine

from flowrt.storage import MemoryStore
from flowrt.testing.conformance import (
    DURABLE_STORE_CHECKS,
    STORE_CHECKS,
    check_store,
    durability_checks,
    log_checks,
    opening_checks,
    page_checks,
    run_durable_store_check,
    run_store_check,
    transaction_checks,
    workflow_checks,
)

pytestmark = pytest.mark.anyio

PARTS = (workflow_checks, log_checks, page_checks, transaction_checks, opening_checks, durability_checks)


def name_of(check):
    return check.__name__


def test_no_check_is_left_out():
    written = {name for part in PARTS for name in vars(part) if name.startswith("check_")}
    assert written == {check.__name__ for check in (*STORE_CHECKS, *DURABLE_STORE_CHECKS)}


def test_every_check_is_tested_and_says_what_it_is_about():
    assert [check.__name__ for check in STORE_CHECKS] == list(BROKEN)
    assert [check.__name__ for check in DURABLE_STORE_CHECKS] == list(BROKEN_LATER)
    assert all(check.__doc__ for check in (*STORE_CHECKS, *DURABLE_STORE_CHECKS))


@pytest.mark.parametrize("check", STORE_CHECKS, ids=name_of)
async def test_a_check_notices_a_store_that_breaks_its_promise(check):
    await run_store_check(check, BrokenStore())
    with pytest.raises(AssertionError, match=r"found .*, expected .*; ") as caught:
        await run_store_check(check, BrokenStore(**BROKEN[check.__name__]))
    assert f"in {check.__name__}" in caught.value.__notes__


async def nodes_by_start(real, execution_id):
    return sorted(await real.nodes(execution_id), key=lambda row: row.started_at_ns)


async def nodes_by_position_as_text(real, execution_id):
    return sorted(await real.nodes(execution_id), key=lambda row: str(row.position))


async def one_by_default(real, *, limit=1, **options):
    return await real.executions(limit=limit, **options)


@pytest.mark.parametrize(
    ("replaced", "check"),
    [
        ({"nodes": nodes_by_start}, "check_an_execution_may_have_many_records"),
        ({"nodes": nodes_by_position_as_text}, "check_an_execution_may_have_many_records"),
        ({"executions": one_by_default}, "check_the_newest_executions_come_first"),
    ],
)
async def test_other_orders_and_limits_are_noticed(replaced, check):
    with pytest.raises(AssertionError) as caught:
        await check_store(lambda: BrokenStore(**replaced))
    assert f"in {check}" in caught.value.__notes__


@pytest.mark.parametrize("check", DURABLE_STORE_CHECKS, ids=name_of)
async def test_a_check_notices_a_store_that_does_not_outlive_its_process(check):
    real = MemoryStore()
    await run_durable_store_check(check, BrokenStore(real), BrokenStore(real))
    real = MemoryStore()
    with pytest.raises(AssertionError, match=r"found .*, expected .*; ") as caught:
        await run_durable_store_check(check, BrokenStore(real), BrokenStore(real, **BROKEN_LATER[check.__name__]))
    assert f"in {check.__name__}" in caught.value.__notes__


async def test_all_checks_are_made_with_one_call_and_a_store_each():
    made, others = [], []

    def make_store():
        made.append(BrokenStore())
        return made[-1]

    def make_other(store):
        others.append(store)
        return BrokenStore(store._real)

    await check_store(make_store, make_other=make_other)
    assert len(made) == len(STORE_CHECKS) + len(DURABLE_STORE_CHECKS)
    assert others == made[len(STORE_CHECKS) :]


async def test_another_error_of_a_store_is_told_as_a_broken_promise():
    async def fail(*_):
        raise KeyError("x")

    for check in (STORE_CHECKS[0], *(check for check in STORE_CHECKS if "same_time" in check.__name__)):
        with pytest.raises(AssertionError, match="KeyError: 'x'") as caught:
            await run_store_check(check, BrokenStore(save=fail, write=fail))
        assert caught.value.__cause__ is not None


async def test_of_two_rows_an_error_shows_what_differs():
    with pytest.raises(AssertionError) as caught:
        await run_store_check(
            workflow_checks.check_the_same_content_is_stored_once, BrokenStore(save=save_anew_if_asked_for_nine)
        )
    assert str(caught.value).startswith(
        "a content that was saved again: found {'version': 9}, expected {'version': 1};"
    )


async def test_a_store_is_closed_whatever_a_check_finds():
    store = MemoryStore()
    with pytest.raises(AssertionError):
        await run_store_check(transaction_checks.check_a_refused_batch_leaves_nothing, _Deaf(store))
    assert not store.is_open


class _Deaf(BrokenStore):
    def __init__(self, real):
        super().__init__(real, **BROKEN["check_a_refused_batch_leaves_nothing"])
        self.close = real.close
