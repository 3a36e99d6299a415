"""Errors that do something when they are looked at, or mean something else to coroutines, are failures like others."""

from contextlib import suppress
from dataclasses import dataclass

import anyio
import pytest
from kernel.workflows import retried, side_by_side, workflow

from flowrt import ExecutionFailedError, MemoryStore, Runtime, step
from flowrt import workflow as as_workflow
from flowrt.errors import StepCancelledItselfError, StepExitedError, StepLeakedScopeError

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class FrozenError(Exception):
    code: int = 7


class RefusesNotesError(Exception):
    def add_note(self, note):
        raise LookupError(note)


class NeitherTrueNorFalseError(Exception):
    def __bool__(self):
        raise LookupError("neither")


class HidesItsClassError(Exception):
    @property
    def __class__(self):
        raise LookupError("hidden")


def raises(error):
    def step(_record):
        raise error

    return step


@pytest.mark.parametrize("kind", [FrozenError, RefusesNotesError, NeitherTrueNorFalseError, HidesItsClassError])
@pytest.mark.parametrize("store", [MemoryStore, lambda: None], ids=["logged", "not logged"])
async def test_an_error_that_resists_fails_its_execution_alone(kind, store):
    async def neighbour(_record):
        await anyio.sleep(0.05)
        return {"went": "well"}

    error, policies = kind(), {"bad": retried(3, delay_seconds=0.001)}
    async with Runtime(store=store()) as runtime:
        other = await runtime.start(workflow({"node": neighbour}), {})
        bad = await runtime.start(side_by_side({"bad": raises(error)}, policies=policies), {})
        with pytest.raises(ExecutionFailedError) as failed:
            await bad.result()
        assert failed.value.__cause__ is error
        assert await other.result() == {"went": "well"}


@step(placement="thread")
def stops(number: int) -> int:
    raise StopIteration(number)


@step(placement="thread")
def exits_like_a_generator(number: int) -> int:
    raise GeneratorExit(number)


@as_workflow
def stopping(number: int) -> int:
    return stops(number)


@as_workflow
def exiting(number: int) -> int:
    return exits_like_a_generator(number)


async def test_what_a_step_in_a_thread_raises_reaches_its_policy_as_it_is():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(stopping, {"number": 7})
        assert (type(failed.value.__cause__), failed.value.__cause__.args) == (StopIteration, (7,))
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(exiting, {"number": 7})
        assert isinstance(failed.value.__cause__, StepExitedError)


async def leaks_a_cancelled_scope(_record):
    scope = anyio.CancelScope()
    scope.__enter__()
    scope.cancel()
    await anyio.sleep(1)


async def swallows_the_cancel_of_a_scope_that_it_leaks(_record):
    scope = anyio.CancelScope()
    scope.__enter__()
    scope.cancel()
    with suppress(anyio.get_cancelled_exc_class()):
        await anyio.sleep(1)
    return {}


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (leaks_a_cancelled_scope, StepCancelledItselfError),
        (swallows_the_cancel_of_a_scope_that_it_leaks, StepLeakedScopeError),
    ],
)
async def test_a_scope_that_a_step_cancels_and_leaves_open_is_its_own_failure(step, failure):
    seen = []

    async def call(runtime):
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(workflow({"a": step}))
        seen.append(type(failed.value.__cause__))

    async def neighbour():
        await anyio.wait_all_tasks_blocked()
        seen.append("neighbour")

    async with Runtime() as runtime, anyio.create_task_group() as tasks:
        tasks.start_soon(call, runtime)
        tasks.start_soon(neighbour)
    assert set(seen) == {failure, "neighbour"}


async def test_a_ctrl_c_that_a_task_group_wraps_goes_on_as_what_it_is():
    store = MemoryStore()

    async def is_interrupted(_record):
        raise BaseExceptionGroup("from a task group", [ValueError("beside it"), KeyboardInterrupt()])

    async with Runtime(store=store) as runtime:
        with pytest.raises(KeyboardInterrupt):
            await runtime.run(workflow({"a": is_interrupted}))
    (row,) = await store.log.executions()
    assert row.status == "cancelled"
