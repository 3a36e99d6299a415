"""Every store does what `store_checks` asks for."""

import pytest
from storage.store_checks import CHECKS

from flowrt.storage import MemoryStore, SqlStore, Store

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite file", "sqlite memory"])
def store(request, tmp_path):
    if request.param == "memory":
        return MemoryStore()
    return SqlStore(tmp_path / "log.db" if request.param == "sqlite file" else ":memory:")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_a_store_conforms(store, check):
    await store.open()
    try:
        await check(store)
    finally:
        await store.close()


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
