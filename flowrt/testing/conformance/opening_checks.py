"""What a store promises of being opened and closed. Each check gets a new, open store and raises `AssertionError`."""

from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import breach, expect_equal, raised
from flowrt.testing.conformance.sample_events import events_of, started
from flowrt.testing.conformance.store_reading import expect_refusal, ids_of


async def check_an_open_store_is_not_opened_again(store: Store) -> None:
    """That is an error, and the store stays open."""
    advice = "refuse it: a runtime closes its store, which nobody else may use then"
    await expect_refusal("opening a store that is open", store.open(), advice)
    await store.log.write([started("1")])
    expect_equal("executions after that", await ids_of(store), ["1"], "stay open")


async def check_a_closed_store_refuses_to_be_written_to(store: Store) -> None:
    """A write after the close is an error, and is not done."""
    await store.close()
    advice = "refuse what comes after the close: the sink must learn that it is not stored"
    await expect_refusal("a write to a closed store", store.log.write(events_of("chain", "1")), advice)
    await expect_refusal("a version saved in a closed store", store.workflows.save("chain", b"{}", None), advice)


async def check_a_closed_store_can_be_closed_again(store: Store) -> None:
    """That does nothing."""
    await store.close()
    try:
        await store.close()
    except Exception as error:
        raise breach("closing a closed store", raised(error), "nothing", "return if it is closed already") from error


OPENING_CHECKS = (
    check_an_open_store_is_not_opened_again,
    check_a_closed_store_refuses_to_be_written_to,
    check_a_closed_store_can_be_closed_again,
)
"""All checks of this file."""
