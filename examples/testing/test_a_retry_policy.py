"""Is the policy what it was meant to be? Nobody has to wait for an hour to find out."""

import anyio
import pytest

import flowrt
from flowrt.testing import Fake, simulate


@flowrt.step(
    retry=flowrt.Retry(
        max_attempts=5, delay_seconds=60, backoff_multiplier=4, max_delay_seconds=3600, jitter=0,
        retryable_errors=("ConnectionError", "TimeoutError"),
    ),
    timeout=30,
)  # fmt: skip
async def charge(order_id: str, cents: int) -> str:
    raise NotImplementedError("calls a payment provider")


@flowrt.step
def receipt(payment_id: str) -> str:
    return f"paid: {payment_id}"


@flowrt.workflow
def checkout(order_id: str, cents: int) -> str:
    return receipt(charge(order_id, cents))


ORDER = {"order_id": "A-1", "cents": 995}


def test_attempts_are_further_and_further_apart():
    provider_is_down = Fake(fails=1, error=ConnectionError, latency=0.2)
    simulated = simulate(checkout, ORDER, seed=1, steps={"charge": provider_is_down})
    assert simulated.status == "failed"
    pauses = [attempt.retry_delay_ns / 1e9 for attempt in simulated.trace.attempts("charge")]
    assert pauses == [60, 240, 960, 3600, 0]


def test_a_refused_card_is_not_charged_again():
    refused = Fake(fails=1, error=PermissionError)
    simulated = simulate(checkout, ORDER, seed=1, steps={"charge": refused})
    assert len(simulated.trace.attempts("charge")) == 1


def test_a_provider_that_hangs_is_given_up_after_30_seconds_and_asked_again():
    attempts = []

    async def hangs_once(_order_id, _cents):
        attempts.append(anyio.current_time())
        if len(attempts) == 1:
            await anyio.sleep(3600)
        return "P-7"

    result, trace = simulate(checkout, ORDER, seed=1, steps={"charge": hangs_once})
    assert result == "paid: P-7"
    assert attempts == [0, 30 + 60]
    trace.assert_order("charge", "receipt")


@pytest.mark.parametrize("seed", range(20))
def test_a_provider_that_fails_now_and_then_does_not_stop_a_checkout(seed):
    flaky = Fake(returns="P-7", fails=0.1, error=TimeoutError)
    assert simulate(checkout, ORDER, seed=seed, steps={"charge": flaky}).status == "completed"
