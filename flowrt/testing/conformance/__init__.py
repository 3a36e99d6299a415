"""Checks for whoever writes a part of flowrt: a store, a step type, a limiter, a clock, or a source of ids.

Each raises an `AssertionError` that says what was found, what was expected, and what to do.

    async def test_my_store_keeps_its_promises():
        await check_store(MyStore)
"""

from flowrt.testing.conformance.clock import check_clock
from flowrt.testing.conformance.ids import check_ids
from flowrt.testing.conformance.limiter import check_limiter
from flowrt.testing.conformance.step_sample import StepSample
from flowrt.testing.conformance.step_type import (
    STEP_TYPE_CHECKS,
    StepTypeCheck,
    check_step_executor,
)
from flowrt.testing.conformance.store import (
    DURABLE_STORE_CHECKS,
    STORE_CHECKS,
    DurableStoreCheck,
    StoreCheck,
    check_store,
    run_durable_store_check,
    run_store_check,
)

__all__ = [
    "DURABLE_STORE_CHECKS",
    "STEP_TYPE_CHECKS",
    "STORE_CHECKS",
    "DurableStoreCheck",
    "StepSample",
    "StepTypeCheck",
    "StoreCheck",
    "check_clock",
    "check_ids",
    "check_limiter",
    "check_step_executor",
    "check_store",
    "run_durable_store_check",
    "run_store_check",
]
