"""Steps of a shop, which workflows of the tests branch, join and clean up with."""

from typing import Any

import anyio

from flowrt import NodeFailure, NodeOutcome, Retry, step


@step
def is_large(total: float) -> bool:
    return total > 100


@step
def ship(total: float) -> str:
    return f"shipped {total:g}"


@step
def remind(total: float, note: str = "please pay") -> str:
    return f"{note} {total:g}"


@step
def both(first: str = "-", second: str = "-") -> str:
    return f"{first} {second}"


@step
def shown(value: object) -> str:
    return str(value)


@step
def listed(values: list[object]) -> str:
    return ", ".join(map(str, values))


@step
def charge(total: float) -> str:
    if total < 0:
        raise ValueError("declined")
    return f"charged {total:g}"


@step
def charge_other(failure: NodeFailure, total: float) -> str:
    if total < -100:
        raise LookupError("no other card")
    return f"charged otherwise after {failure.node}: {failure.message}"


@step
def close(outcome: NodeOutcome, total: float) -> str:
    return f"{outcome.outcome} {outcome.value or (outcome.error and outcome.error.message)} {total:g}"


@step
def explain(outcomes: list[NodeOutcome]) -> str:
    return ", ".join(f"{found.outcome} {found.value or (found.error and found.error.type)}" for found in outcomes)


@step
async def ask(seconds: float) -> float:
    await anyio.sleep(seconds)
    return seconds


@step
async def ask_in_vain(seconds: float) -> float:
    await anyio.sleep(seconds)
    raise LookupError("nobody knows")


@step(retry=Retry(max_attempts=3, delay_seconds=0))
def flag_of(total: float) -> Any:
    return {1: True, 2: False}.get(total, total)


@step(on_error="skip")
def skip_if_small(total: float) -> bool:
    if total < 10:
        raise ValueError("small")
    return True
