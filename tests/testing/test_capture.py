"""Events as a list."""

import pytest
from testing.flows import payment

from flowrt import Runtime
from flowrt.testing import capture_events


@pytest.mark.anyio
async def test_events_are_captured_in_a_list():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        await runtime.run(payment, {"x": 1})
    attempt = ["AttemptStarted", "AttemptEnded"]
    assert [type(event).__name__ for event in events] == ["ExecutionStarted", *attempt, *attempt, "ExecutionEnded"]


@pytest.mark.anyio
async def test_those_that_a_store_keeps_are_told_from_the_others():
    events = capture_events()
    async with Runtime(hooks=[events]) as runtime:
        await runtime.run(payment, {"x": 1})
    kinds = ["ExecutionStarted", "AttemptEnded", "AttemptEnded", "ExecutionEnded"]
    assert [type(event).__name__ for event in events.logged] == kinds
