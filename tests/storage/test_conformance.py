"""Every store keeps the promises that `flowrt.testing.conformance` checks."""

import msgspec
import pytest
from storage.hand_made import events_of, started

from flowrt.errors import StoreError, StoreUnavailableError
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


class RepeatedIds:
    def new_id(self):
        return "1"


@pytest.mark.parametrize("kind", [MemoryStore, SqlStore])
async def test_a_new_version_whose_id_is_another_ones_is_refused(kind, tmp_path):
    options = {} if kind is MemoryStore else {"url": tmp_path / "log.db"}
    store = kind(ids=RepeatedIds(), **options)
    await store.open()
    saved = await store.workflows.save("triage", b"{}", None)
    assert await store.workflows.save("triage", b"{}", None) == saved
    for name, content in (("triage", b"[]"), ("other", b"{}")):
        with pytest.raises(StoreError, match="the id 1 is in the store already"):
            await store.workflows.save(name, content, None)
    assert await store.workflows.find("other") is None
    await store.close()


async def test_an_execution_whose_id_is_another_ones_is_refused(store):
    await store.open()
    await store.log.write(events_of("chain", "1"))
    before = await store.log.execution("1"), await store.log.nodes("1")
    later = [msgspec.structs.replace(event, at_ns=event.at_ns + 1) for event in events_of("chain", "1")]
    for batch in (later, later[:1], [*events_of("chain", "2"), *later], [started("3"), started("3")]):
        with pytest.raises(StoreError, match="is in the store already"):
            await store.log.write(batch)
    assert (await store.log.execution("1"), await store.log.nodes("1")) == before
    assert [row.id for row in await store.log.executions()] == ["1"]
    await store.log.write([started("2")])
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


async def test_a_closed_memory_store_takes_no_version():
    with pytest.raises(StoreUnavailableError, match="not open"):
        await MemoryStore().workflows.save("triage", b"{}", None)
