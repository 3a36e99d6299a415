"""A day of waiting, in a few milliseconds."""

import anyio

import flowrt
from flowrt.testing import Fake, lognormal, poisson, simulate, simulate_arrivals

HOUR = 3600.0


@flowrt.step
async def wait_for_parcel(parcel_id: str) -> int:
    """Ask once an hour whether a parcel has arrived, and return how often it took."""
    for count in range(1, 100):
        await anyio.sleep(HOUR)
        if anyio.current_time() >= 24 * HOUR:
            return count
    raise TimeoutError(f"{parcel_id} did not arrive")


@flowrt.step
def thank(asked: int) -> str:
    return f"arrived after {asked} questions"


@flowrt.workflow
def delivery(parcel_id: str) -> str:
    return thank(wait_for_parcel(parcel_id))


def test_a_day_passes():
    result, trace = simulate(delivery, {"parcel_id": "P-1"}, seed=1)
    assert result == "arrived after 24 questions"
    assert trace.duration_seconds == 24 * HOUR


def test_what_still_runs_after_an_hour_can_be_looked_at():
    simulated = simulate(delivery, {"parcel_id": "P-1"}, seed=1, until_seconds=HOUR / 2)
    assert simulated.status == "running"
    assert simulated.trace.attempts("wait_for_parcel") == []


def test_an_afternoon_of_load():
    steps = {"wait_for_parcel": Fake(returns=3, latency=lognormal(0.2, 0.5)), "thank": Fake(returns="", latency=0.01)}
    load = simulate_arrivals(
        delivery, {"parcel_id": "P"}, arrivals=poisson(per_second=2), duration_seconds=600, seed=1, steps=steps
    )
    assert load.failed == 0
    assert load.duration_seconds(0.99) < 1
