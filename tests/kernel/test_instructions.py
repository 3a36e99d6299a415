"""What a step asks of the runtime that its node can't follow is its failure, and nobody waits for it."""

import pytest
from kernel.workflows import workflow

import flowrt
from flowrt import Choice, Delay, ExecutionFailedError, Runtime, SignalWait
from flowrt.errors import StepInstructionError
from flowrt.typing import DelayUntil

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Choice({"a": 1}, ("left",)), "returned a Choice, but it has no handles"),
        (SignalWait("ok", lambda payload: payload), "a SignalWait for 'ok', which its step type has not declared"),
        (Delay(1, "1"), "returned a Delay whose delay_seconds was '1'; expected a number"),
        (Delay(1, -5), "returned a Delay whose delay_seconds was -5; it must be 0 or more"),
        (Delay(1, float("nan")), "returned a Delay whose delay_seconds was nan; it must be 0 or more"),
        (Delay(1, 1e300), "returned a Delay whose delay_seconds was 1e+300; it must be 1,000,000,000 or less"),
        (Delay(1, True), "returned a Delay whose delay_seconds was True; expected a number"),
        (DelayUntil(1, 1.5), "returned a DelayUntil whose at_ns was 1.5; expected a whole number"),
    ],
)
async def test_a_python_step_that_asks_for_the_impossible_fails(asked, told):
    @flowrt.step
    def asks() -> object:
        return asked

    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError, match=r"failed in attempt 1") as failed:
            await runtime.run(flowrt.workflow(name="asking")(lambda: asks()))  # noqa: PLW0108 - a workflow has a body
    assert isinstance(failed.value.__cause__, StepInstructionError)
    assert told in str(failed.value.__cause__)


async def test_a_record_step_waits_for_no_signal_that_it_has_not_declared():
    async with Runtime() as runtime:
        with pytest.raises(ExecutionFailedError) as failed:
            await runtime.run(workflow({"a": lambda _record: SignalWait("ok", lambda payload: payload)}))
    assert isinstance(failed.value.__cause__, StepInstructionError)
