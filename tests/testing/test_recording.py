"""Executions that a log tells of are run again from it."""

import contextlib

import anyio
import pytest

import flowrt
from flowrt import Runtime
from flowrt.errors import DefinitionError, ExecutionFailedError
from flowrt.events import ErrorDetails
from flowrt.storage import MemoryStore, NodeRow
from flowrt.testing import Recorded, RecordedError, constant, recorded, simulate, simulate_arrivals

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
    assert (first.status, first.error, second.status) == ("failed", "ConnectionError", "completed")
    assert first.ended_ns - first.started_ns == rows[0].duration_ns


def test_what_failed_in_the_log_fails_again():
    failures[:] = [LookupError("gone")] * 2
    with pytest.raises(ExecutionFailedError) as raised:
        simulate(flow, {"x": 1}, seed=0, steps=recorded(logged())).result  # noqa: B018
    assert isinstance(raised.value.__cause__, RecordedError)
    assert isinstance(raised.value.__cause__, LookupError)
    assert "LookupError: gone" in str(raised.value)


def test_a_record_without_an_attempt_can_not_be_repeated():
    with pytest.raises(ValueError, match="no attempt ran"):
        Recorded([])


def row(status, attempt=1, **fields):
    nothing = dict.fromkeys(("output", "output_size_bytes", "error", "retry_delay_seconds", "note"))
    times = {"started_at_ns": 0, "duration_ns": 1_000_000_000, "position": 0, "execution_id": "1", "node": "flaky"}
    return NodeRow(**{**nothing, **times, "status": status, "attempt": attempt, **fields})


def failed(error_type, attempt=1):
    return row("failed", attempt, error=ErrorDetails(type=error_type, message="gone"))


COMPLETED = row("completed", 2, output=b"7", output_size_bytes=1)


@pytest.mark.parametrize(
    "error_type",
    ["shop.Busy", "shop.Outer.Busy", "ConnectionResetError", "UnicodeDecodeError", "ExceptionGroup", "print"],
)
def test_an_error_of_the_log_is_retried_by_its_name_and_the_bases_of_a_built_in_one(error_type):
    names = ("shop.Busy", "shop.Outer.Busy", "OSError", "ValueError", "ExceptionGroup", "print")

    @flowrt.step(retry=flowrt.Retry(max_attempts=2, delay_seconds=0, retryable_errors=names))
    def flaky(x: int) -> int:
        raise AssertionError

    @flowrt.workflow
    def flow(x: int) -> int:
        return flaky(x)

    assert simulate(flow, {"x": 1}, seed=0, steps=recorded([failed(error_type), COMPLETED])).result == 7
    with pytest.raises(ExecutionFailedError, match="Gone: gone"):
        simulate(flow, {"x": 1}, seed=0, steps=recorded([failed("shop.Gone"), COMPLETED])).result  # noqa: B018


def test_every_execution_begins_with_the_first_attempt():
    steps = recorded([failed("ConnectionError"), COMPLETED])
    arrived = simulate_arrivals(
        flow, {"x": 1}, arrivals=constant(0.1), duration_seconds=5, seed=0, steps=steps, keep_events=True
    )
    assert (arrived.completed, arrived.failed) == (50, 0)
    assert len(arrived.trace.attempts("flaky")) == 100
    assert arrived.duration_seconds(0.99) == 2


def test_an_attempt_that_was_cancelled_waits_to_be_cancelled_again():
    @flowrt.step
    async def slow(x: int) -> int:
        raise AssertionError

    @flowrt.workflow
    def race(x: int) -> int:
        return flowrt.join_any(flaky(x), slow(x))

    steps = recorded([row("completed", output=b"7", output_size_bytes=1), row("cancelled", node="slow")])
    result, trace = simulate(race, {"x": 1}, seed=0, steps=steps)
    assert (result, trace.duration_seconds) == (7, 1)
    with pytest.raises(ExecutionFailedError, match="here nobody cancelled it"):
        simulate(flow, {"x": 1}, seed=0, steps=recorded([row("cancelled")])).result  # noqa: B018


def test_a_payload_that_was_cut_in_the_log_is_refused():
    cut = row("completed", output=b'{"$cut":{"size_bytes":2000000,"start":"x"}}', output_size_bytes=2_000_000)
    with pytest.raises(DefinitionError, match="what 'flaky' produced was cut in the log"):
        simulate(flow, {"x": 1}, seed=0, steps=recorded([cut]))


def test_a_node_that_branches_is_refused_and_decides_itself_where_it_is_left_out():
    nodes = [{"id": "is_big", "type": "decision", "data": {"condition": "x > 1"}}]
    nodes += [{"id": name, "type": "transform", "data": {"mappings": {"way": f"'{name}'"}}} for name in ("up", "down")]
    edges = [{"source": "is_big", "target": "up", "sourceHandle": "true"}]
    edges += [{"source": "is_big", "target": "down", "sourceHandle": "false"}]
    definition = {"nodes": nodes, "edges": edges}
    rows = [row("completed", node=name, output=b'{"way":"log"}', output_size_bytes=13) for name in ("is_big", "up")]
    steps = recorded(rows)
    with pytest.raises(DefinitionError, match="'is_big' branches"):
        simulate(definition, {"x": 2}, seed=0, steps=steps)
    del steps["is_big"]
    assert simulate(definition, {"x": 2}, seed=0, steps=steps).result == {"up": {"x": 2, "way": "log"}}
