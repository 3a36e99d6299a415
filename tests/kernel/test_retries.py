"""Attempts that are repeated."""

import anyio
import pytest
from semantics.stage import History, fails, fails_once, workflow
from sink.manual_clock import ManualClock

from flowrt import ExecutionFailedError, Runtime

pytestmark = pytest.mark.anyio


class TooManyRequestsError(Exception):
    def __init__(self, retry_after_seconds):
        super().__init__("try later")
        self.retry_after_seconds = retry_after_seconds


def raising(errors):
    """A step whose attempts raise these errors, and then produce nothing."""
    rest = iter(errors)

    def attempt(_record):
        for error in rest:
            raise error
        return {}

    return attempt


@pytest.mark.parametrize(
    ("policy", "pauses"),
    [
        ({"backoff": "constant"}, [2, 2, 2]),
        ({"backoff": "linear"}, [2, 4, 6]),
        ({"backoff": "exponential"}, [2, 4, 8]),
        ({"backoff": "exponential", "backoff_multiplier": 3, "max_delay_seconds": 10}, [2, 6, 10]),
    ],
    ids=str,
)
async def test_a_retried_node_pauses_as_its_policy_says(policy, pauses):
    retry = {"max_attempts": 4, "delay_seconds": 2, "jitter": 0, **policy}
    clock, events = ManualClock(), []
    async with Runtime(clock=clock, hooks=[events.append]) as runtime:
        handle = await runtime.start(workflow({"node": fails}, policies={"node": {"retry": retry}}))
        await anyio.wait_all_tasks_blocked()
        for seconds in pauses:
            assert clock.waits_seconds == [seconds]
            await clock.advance(seconds)
        assert await handle.wait() == "failed"
    assert [event.retry_delay_seconds for event in History(events).of("node")] == [*pauses, None]


async def test_an_error_may_say_itself_when_to_try_again():
    retry = {"max_attempts": 4, "delay_seconds": 1, "max_delay_seconds": 5, "jitter": 0}
    step = raising([TooManyRequestsError(90), TooManyRequestsError(None), TooManyRequestsError(0)])
    clock, events = ManualClock(), []
    async with Runtime(clock=clock, hooks=[events.append]) as runtime:
        handle = await runtime.start(workflow({"node": step}, policies={"node": {"retry": retry}}))
        await anyio.wait_all_tasks_blocked()
        await clock.advance(90)
        await clock.advance(2)
        assert await handle.wait() == "completed"
    assert [event.retry_delay_seconds for event in History(events).of("node")] == [90, 2, 0, None]


async def test_an_execution_has_no_more_retries_than_its_budget():
    nodes = dict.fromkeys(("a", "b", "c"), fails)
    policy = {"retry": {"max_attempts": 10, "delay_seconds": 0}, "on_error": "skip"}
    policies = dict.fromkeys(nodes, policy)
    events = []
    async with Runtime(hooks=[events.append]) as runtime:
        handle = await runtime.start(workflow(nodes, policies=policies, policy={"max_retries": 4}))
        assert await handle.wait() == "completed"
    history = History(events)
    assert len(history.attempts) == len(nodes) + 4
    assert sum(event.retry_delay_seconds is not None for event in history.attempts) == 4
    assert {history.note(node) for node in nodes} == {"not retried: the execution has used up its 4 retries"}


async def test_each_execution_has_a_budget_of_its_own():
    policies = {"node": {"retry": {"max_attempts": 2, "delay_seconds": 0}}}
    async with Runtime() as runtime:
        for _ in range(3):
            small = workflow({"node": fails_once()}, policies=policies, policy={"max_retries": 1})
            assert await runtime.run(small) == {}


async def test_a_node_that_is_out_of_retries_fails_with_its_own_error():
    policies = {"node": {"retry": {"max_attempts": 10, "delay_seconds": 0}}}
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match="failed in attempt 3: LookupError: not there"):
            await runtime.run(workflow({"node": fails}, policies=policies, policy={"max_retries": 2}))
