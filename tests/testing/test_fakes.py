"""Stand-ins: what they return, how long they take, how often they fail; and executions that a log tells of."""

import anyio
import pytest
from testing.flows import payment

import flowrt
from flowrt import Runtime
from flowrt.errors import ExecutionFailedError
from flowrt.storage import MemoryStore
from flowrt.testing import Fake, Recorded, RecordedError, constant, recorded, simulate


def run(fake, x=1):
    return simulate(payment, {"x": x}, seed=0, steps={"charge": fake, "quick": lambda x: x})


def test_a_fake_returns_a_value_or_what_a_function_makes_of_its_input():
    assert run(Fake(returns=5)).result == 5
    assert run(Fake(returns=lambda x: x * 10), x=4).result == 40
    assert run(Fake()).result is None


def test_a_fake_takes_its_time():
    assert run(Fake(latency=2.5)).trace.duration_seconds == 2.5
    assert run(Fake(latency=constant(0.25))).trace.duration_seconds == 0.25


def test_a_fake_fails_as_often_as_it_is_told():
    with pytest.raises(ExecutionFailedError, match="TimeoutError"):
        run(Fake(fails=1, error=TimeoutError)).result  # noqa: B018
    attempts = [
        attempt
        for seed in range(60)
        for attempt in simulate(payment, {"x": 1}, seed=seed, steps={"charge": Fake(fails=0.5)}).trace.attempts(
            "charge"
        )
    ]
    failed = sum(attempt.status == "failed" for attempt in attempts)
    assert 0.35 < failed / len(attempts) < 0.65


def test_a_fake_may_fail_with_one_certain_error():
    error = ConnectionError("no route")
    with pytest.raises(ExecutionFailedError, match="no route"):
        run(Fake(fails=1, error=error)).result  # noqa: B018


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fails": 1.5}, "fails was 1.5; it is a share"),
        ({"fails": "often"}, "fails was 'often'"),
        ({"latency": -1}, "latency was -1"),
        ({"latency": "long"}, "latency was 'long'; expected seconds, 0 or more, or a distribution"),
        ({"error": "broken"}, "error was 'broken'; expected an exception"),
        ({"error": KeyboardInterrupt}, "error was .*KeyboardInterrupt"),
    ],
)
def test_impossible_fakes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Fake(**options)


@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=0, jitter=0))
def flaky(x: int) -> int:
    calls.append(x)
    if len(calls) == 1:
        raise ConnectionError("away")
    return x + 1


@flowrt.workflow
def flow(x: int) -> int:
    return flaky(x)


calls: list[int] = []


def test_a_logged_execution_can_be_run_again_from_its_log():
    calls.clear()
    store = MemoryStore()

    async def once():
        async with Runtime(store=store) as runtime:
            assert await runtime.run(flow, {"x": 1}) == 2
        (execution,) = await store.log.executions()
        return await store.log.nodes(execution.id)

    rows = anyio.run(once)
    result, trace = simulate(flow, {"x": 1}, seed=0, steps=recorded(rows))
    assert result == 2
    assert len(calls) == 2
    first, second = trace.attempts("flaky")
    assert (first.status, first.error, second.status) == ("failed", "RecordedError", "completed")
    assert first.ended_ns - first.started_ns == rows[0].duration_ns


def test_what_failed_in_the_log_fails_again():
    rows = anyio.run(once_failing(MemoryStore()))
    with pytest.raises(ExecutionFailedError) as raised:
        simulate(flow, {"x": 1}, seed=0, steps=recorded(rows)).result  # noqa: B018
    assert isinstance(raised.value.__cause__, RecordedError)
    assert "LookupError: gone" in str(raised.value.__cause__)


def once_failing(store):
    @flowrt.step(name="flaky")
    def fails(x: int) -> int:
        raise LookupError("gone")

    @flowrt.workflow
    def failing(x: int) -> int:
        return fails(x)

    async def once():
        async with Runtime(store=store) as runtime:
            with pytest.raises(ExecutionFailedError):
                await runtime.run(failing, {"x": 1})
        (execution,) = await store.log.executions()
        return await store.log.nodes(execution.id)

    return once


def test_a_record_without_an_attempt_can_not_be_repeated():
    with pytest.raises(ValueError, match="no attempt ran"):
        Recorded([])
