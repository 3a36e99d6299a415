"""Whether a store keeps its promises."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, cast

import anyio

from flowrt.storage.protocols import Store
from flowrt.testing.conformance.durability_checks import DURABILITY_CHECKS
from flowrt.testing.conformance.expectation import breach, raised
from flowrt.testing.conformance.log_checks import LOG_CHECKS
from flowrt.testing.conformance.opening_checks import OPENING_CHECKS
from flowrt.testing.conformance.page_checks import PAGE_CHECKS
from flowrt.testing.conformance.transaction_checks import TRANSACTION_CHECKS
from flowrt.testing.conformance.workflow_checks import WORKFLOW_CHECKS

StoreCheck: TypeAlias = Callable[[Store], Coroutine[Any, Any, None]]
"""A check that gets a new, open, empty store."""
DurableStoreCheck: TypeAlias = Callable[[Store, Store], Coroutine[Any, Any, None]]
"""A check that gets a new, open, empty store, and another one on the same database that is not open."""

STORE_CHECKS: tuple[StoreCheck, ...] = (
    *WORKFLOW_CHECKS, *LOG_CHECKS, *PAGE_CHECKS, *TRANSACTION_CHECKS, *OPENING_CHECKS,
)  # fmt: skip
"""What every store promises; each is an async function with a name of its own, to parametrise a test by."""
DURABLE_STORE_CHECKS: tuple[DurableStoreCheck, ...] = DURABILITY_CHECKS
"""What a store promises besides if what it holds outlives it."""


async def check_store(make_store: Callable[[], Store], *, make_other: Callable[[Store], Store] | None = None) -> None:
    """Check that a store keeps every promise of `flowrt.storage.Store`, on the event loop that runs.

    The stores are opened and closed here. It takes about 40 stores, some seconds with a database.

    Args:
        make_store: Returns a new store that is not open and holds nothing; called once per check.
        make_other: Returns another store on the database of the one that it is given, not open; `None`: what the
            store holds ends with it, so durability is not checked.

    Raises:
        AssertionError: The first promise that is not kept; a note names the check.
    """
    for check in STORE_CHECKS:
        await run_store_check(check, make_store())
    if make_other is not None:
        for durable_check in DURABLE_STORE_CHECKS:
            store = make_store()
            await run_durable_store_check(durable_check, store, make_other(store))


async def run_store_check(check: StoreCheck, store: Store) -> None:
    """Run one of `STORE_CHECKS` with a store that is not open, and close it.

    Raises:
        AssertionError: The store does not keep that promise.
    """
    try:
        await store.open()
        try:
            await check(store)
        finally:
            await _close(store)
    except AssertionError as error:
        error.add_note(f"in {check.__name__}")
        raise
    except Exception as error:
        raise _as_breach(error, check.__name__) from error


async def run_durable_store_check(check: DurableStoreCheck, store: Store, other: Store) -> None:
    """Run one of `DURABLE_STORE_CHECKS` with two stores on one database, neither of them open, and close them.

    Raises:
        AssertionError: The store does not keep that promise.
    """

    async def check_both(opened: Store) -> None:
        try:
            await check(opened, other)
        finally:
            await _close(other)

    check_both.__name__ = check.__name__
    await run_store_check(check_both, store)


def _as_breach(error: Exception, check: str) -> AssertionError:
    """Return what a check raised as the breach of a promise; several tasks of it may have raised at once."""
    first: BaseException = error
    while isinstance(first, BaseExceptionGroup):
        first = cast("BaseExceptionGroup[Exception]", first).exceptions[0]
    if not isinstance(first, AssertionError):
        first = breach("the store", f"the error {raised(first)}", "none", "it is the cause of this one")
    first.add_note(f"in {check}")
    return first


async def _close(store: Store) -> None:
    with anyio.CancelScope(shield=True):  # a test that runs out of time still gives its database back
        await store.close()
