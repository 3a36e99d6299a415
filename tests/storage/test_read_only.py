"""Reading a database that can't be written."""

import os

import pytest

from flowrt import Runtime, SqlStore, StoreUnavailableError

pytestmark = pytest.mark.anyio

SMALL = {"nodes": [{"id": "a", "type": "start"}]}


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A file that this process may not write; nothing else tells it so: the tests may run as root."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and may(path, mode))
    return SqlStore(tmp_path / "x.db", read_only=True)


async def statuses(store):
    await store.open()
    try:
        return [row.status for row in await store.log.executions()]
    finally:
        await store.close()


async def test_a_file_that_can_not_be_written_is_read_and_nothing_is_made_beside_it(tmp_path, read_only):
    async with Runtime(store=SqlStore(tmp_path / "x.db")) as runtime:
        await runtime.run(SMALL)
    assert await statuses(read_only) == ["completed"]
    await read_only.open()
    await read_only.log.executions()
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]
    with pytest.raises(StoreUnavailableError, match="can't be written"):
        await read_only.workflows.save("x", b"{}", None)
    await read_only.close()


async def test_a_file_that_another_process_writes_is_read_as_it_is_now(tmp_path, read_only):
    async with Runtime(store=SqlStore(tmp_path / "x.db")) as runtime:
        for count in (1, 2):
            await runtime.run(SMALL)
            assert await statuses(read_only) == ["completed"] * count


async def test_a_missing_file_is_not_made(tmp_path):
    with pytest.raises(StoreUnavailableError, match="there is no file"):
        await statuses(SqlStore(tmp_path / "x.db", read_only=True))
    assert list(tmp_path.iterdir()) == []
