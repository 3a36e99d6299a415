"""Executions that a log tells of are run again from it."""

import contextlib

import anyio
import pytest

import flowrt
from flowrt import Runtime
from flowrt.errors import ExecutionFailedError
from flowrt.storage import MemoryStore
from flowrt.testing import Recorded, RecordedError, recorded, simulate

failures: list[Exception] = []
"""What the next calls of `flaky` raise."""


@flowrt.step(retry=flowrt.Retry(max_attempts=2, delay_seconds=0, jitter=0))
def flaky(x: int) -> int:
    if failures:
        raise failures.pop()
    return x + 1


@flowrt.workflow
def flow(x: int) -> int:
    return flaky(x)


def logged():
    """Run the workflow once and return what the log holds of its nodes."""
    store = MemoryStore()

    async def once():
        async with Runtime(store=store) as runtime:
            with contextlib.suppress(ExecutionFailedError):
                await runtime.run(flow, {"x": 1})
        (execution,) = await store.log.executions()
        return await store.log.nodes(execution.id)

    return anyio.run(once)


def test_a_logged_execution_can_be_run_again_from_its_log():
    failures[:] = [ConnectionError("away")]
    rows = logged()
    failures[:] = [AssertionError("the step itself ran again")]
    result, trace = simulate(flow, {"x": 1}, seed=0, steps=recorded(rows))
    assert result == 2
    first, second = trace.attempts("flaky")
    assert (first.status, first.error, second.status) == ("failed", "RecordedError", "completed")
    assert first.ended_ns - first.started_ns == rows[0].duration_ns


def test_what_failed_in_the_log_fails_again():
    failures[:] = [LookupError("gone")] * 2
    with pytest.raises(ExecutionFailedError) as raised:
        simulate(flow, {"x": 1}, seed=0, steps=recorded(logged())).result  # noqa: B018
    assert isinstance(raised.value.__cause__, RecordedError)
    assert "LookupError: gone" in str(raised.value.__cause__)


def test_a_record_without_an_attempt_can_not_be_repeated():
    with pytest.raises(ValueError, match="no attempt ran"):
        Recorded([])
