"""Every store keeps the promises that `flowrt.testing.conformance` checks."""

import pytest

from flowrt.errors import StoreUnavailableError
from flowrt.storage import MemoryStore, SqlStore, Store
from flowrt.testing.conformance import (
    DURABLE_STORE_CHECKS,
    STORE_CHECKS,
    run_durable_store_check,
    run_store_check,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite file", "sqlite memory"])
def store(request, tmp_path):
    if request.param == "memory":
        return MemoryStore()
    return SqlStore(tmp_path / "log.db" if request.param == "sqlite file" else ":memory:")


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_conforms(store, check):
    await run_store_check(check, store)


@pytest.mark.parametrize("check", DURABLE_STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_in_a_file_outlives_its_process(check, tmp_path):
    await run_durable_store_check(check, SqlStore(tmp_path / "log.db"), SqlStore(tmp_path / "log.db"))


def test_the_stores_have_the_shape_of_the_protocol(tmp_path):
    stores: list[Store] = [MemoryStore(), SqlStore(tmp_path / "log.db")]
    assert all(hasattr(store, "workflows") and hasattr(store, "log") for store in stores)


async def test_a_store_that_is_opened_again_still_has_what_it_had(tmp_path):
    for store in (MemoryStore(), SqlStore(tmp_path / "log.db")):
        await store.open()
        saved = await store.workflows.save("triage", b"{}", None)
        await store.close()
        await store.open()
        assert await store.workflows.find("triage") == saved
        await store.close()


async def test_a_memory_store_can_be_read_after_its_close():
    store = MemoryStore()
    await store.open()
    saved = await store.workflows.save("triage", b"{}", None)
    await store.close()
    assert await store.workflows.find("triage") == saved


async def test_a_closed_memory_store_takes_no_version():
    with pytest.raises(StoreUnavailableError, match="not open"):
        await MemoryStore().workflows.save("triage", b"{}", None)
