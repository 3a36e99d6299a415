"""The worker's scope is entered when a step suspends: around whatever the step has entered by then."""

import asyncio
from contextlib import ExitStack, asynccontextmanager, suppress

import anyio
import anyio.lowlevel
import pytest
from kernel.test_turns import WorkingClock
from kernel.workflows import timed, workflow

from flowrt.actors.backend import current_backend
from flowrt.actors.late_scope import LateScope
from flowrt.errors import AttemptTimeoutError, ExecutionCancelledError, ExecutionFailedError
from flowrt.policies import Retry
from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("already_open", [0, 1, 2])
@pytest.mark.parametrize("opened_since", [0, 1, 2, 3])
async def test_a_late_scope_is_where_it_would_be_if_it_had_been_entered_at_once(already_open, opened_since):
    with ExitStack() as before:
        outer = [before.enter_context(anyio.CancelScope()) for _ in range(already_open)]
        with LateScope(current_backend()) as late:
            with ExitStack() as since:
                inner = [since.enter_context(anyio.CancelScope()) for _ in range(opened_since)]
                late.enter()
                late.scope.cancel()
                with pytest.raises(current_backend().cancelled):
                    await anyio.lowlevel.checkpoint()
                assert not any(scope.cancel_called for scope in inner)
            assert late.innermost() is late.marker
            with pytest.raises(current_backend().cancelled):
                await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        assert not any(scope.cancel_called for scope in outer)


async def test_a_scope_around_the_block_still_cancels_what_is_inside():
    with anyio.CancelScope() as around, LateScope(current_backend()) as late:
        with anyio.CancelScope() as inside:
            late.enter()
            around.cancel()
            await anyio.lowlevel.checkpoint()
        pytest.fail("the cancel of the outer scope ended at the inner one")
    assert around.cancelled_caught
    assert not inside.cancelled_caught
    assert not late.cancel_called


async def test_a_shield_inside_keeps_the_late_scope_out():
    with LateScope(current_backend()) as late:
        with anyio.CancelScope(shield=True):
            late.enter()
            late.scope.cancel()
            await anyio.lowlevel.checkpoint()
        with pytest.raises(current_backend().cancelled):
            await anyio.lowlevel.checkpoint()


def test_a_task_without_any_scope_can_enter_one_late():
    async def main():
        with LateScope(current_backend()) as late:
            with anyio.CancelScope():
                late.enter()
                late.scope.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await anyio.sleep(1)
            assert late.innermost() is late.scope

    asyncio.run(main())


async def test_a_scope_is_kept_from_block_to_block_until_it_is_cancelled():
    backend = current_backend()
    with LateScope(backend) as late:
        with late:
            late.enter()
            first = late.scope
        with late:
            late.enter()
            assert late.scope is first
            late.scope.cancel()
        assert late.scope is None
        with late:
            late.enter()
            await anyio.lowlevel.checkpoint()
        assert late.scope is not None
        with pytest.raises(KeyError), late:
            raise KeyError
        assert late.scope is None


@asynccontextmanager
async def nothing():
    yield


@asynccontextmanager
async def a_scope():
    with anyio.CancelScope():
        yield


@asynccontextmanager
async def two_scopes():
    with anyio.fail_after(60), anyio.CancelScope():
        yield


@asynccontextmanager
async def a_task_group():
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep_forever)
        yield


HELD = [nothing, a_scope, two_scopes, a_task_group]


def step_of(held, after=anyio.sleep_forever):
    ended = []

    async def step(_record):
        try:
            async with held():
                await after()
        finally:
            ended.append(held.__name__)
        return {"is_done": True}

    return step, ended


@pytest.mark.parametrize("held", HELD)
async def test_a_cancelled_execution_interrupts_a_step_that_holds_scopes(held):
    step, ended = step_of(held)
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"a": step}))
        await anyio.wait_all_tasks_blocked()
        handle.cancel("enough")
        with pytest.raises(ExecutionCancelledError, match="enough"):
            await handle.result()
    assert ended == [held.__name__]


@pytest.mark.parametrize("held", HELD)
async def test_an_attempt_that_holds_scopes_times_out(held):
    step, ended = step_of(held)
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(workflow({"a": step}, policies={"a": timed(0.01)}))
    assert isinstance(failed.value.__cause__, AttemptTimeoutError)
    assert ended == [held.__name__]


@pytest.mark.parametrize("held", HELD)
async def test_a_cancelled_caller_interrupts_a_step_that_holds_scopes(held):
    step, ended = step_of(held)
    async with Runtime() as runtime:
        with anyio.move_on_after(0.01) as scope:
            await runtime.run(workflow({"a": step}))
        assert scope.cancelled_caught
    assert ended == [held.__name__]


@pytest.mark.parametrize("held", [nothing, a_scope, two_scopes])
async def test_scopes_that_are_held_over_a_wait_are_left_in_order(held):
    step, ended = step_of(held, anyio.lowlevel.checkpoint)
    async with Runtime() as runtime:
        for _ in range(3):
            assert await runtime.run(workflow({"a": step, "b": step})) == {"is_done": True}
    assert len(ended) == 6


@pytest.mark.parametrize("last", ["returns", "suspends", "fails"])
async def test_a_run_in_a_step_that_waits_for_a_turn_goes_on_inside_of_the_outer_runs_scope(last):
    clock = WorkingClock()

    async def ends(_record):
        if last == "suspends":
            await anyio.lowlevel.checkpoint()
        if last == "fails":
            raise LookupError
        return {"inner": 1}

    inner = workflow({"a": clock.works(10), "b": clock.works(10), "c": ends})

    async def runs(_record):
        return await runtime.run(inner)

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        outer = workflow({"a": runs, "b": runs})
        if last == "fails":
            with pytest.raises(ExecutionFailedError) as failed:
                await runtime.run(outer)
            assert isinstance(failed.value.__cause__.__cause__, LookupError)
        else:
            assert await runtime.run(outer) == {"inner": 1}


async def test_a_helper_whose_task_was_cancelled_by_a_step_serves_nobody_else(anyio_backend):
    if anyio_backend != "asyncio":
        pytest.skip("on trio only a scope can cancel")

    async def swallows(_record):
        await anyio.lowlevel.checkpoint()
        asyncio.current_task().cancel()
        with suppress(asyncio.CancelledError):
            await anyio.sleep_forever()
        return {}

    attempts = []

    async def waits_once(_record):
        attempts.append(1)
        await (anyio.lowlevel.checkpoint() if len(attempts) > 1 else anyio.sleep_forever())
        return {"attempts": len(attempts)}

    policy = timed(0.01, retry=Retry(max_attempts=2, delay_seconds=0))
    async with Runtime() as runtime:
        assert await (await runtime.start(workflow({"a": swallows}))).wait() == "cancelled"
        handle = await runtime.start(workflow({"a": waits_once}, policies={"a": policy}))
        assert await handle.result() == {"attempts": 2}
