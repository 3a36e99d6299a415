"""A database whose file somebody removes, replaces or empties while it is open."""

import pytest

from flowrt import Runtime, SqlStore, StoreError

pytestmark = pytest.mark.anyio

SMALL = {"nodes": [{"id": "a", "type": "start"}]}


def remove(file):
    for one in file.parent.glob("x.db*"):
        one.unlink()


def replace(file):
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    other.replace(file)


def empty(file):
    file.write_bytes(b"")


async def lose_while_open(file, lose):
    async with Runtime(store=SqlStore(file)) as runtime:
        await runtime.run(SMALL)
        lose(file)
        for _ in range(2):
            with pytest.raises(StoreError, match="with a new Runtime"):
                await runtime.run(SMALL)


@pytest.mark.parametrize("lose", [remove, replace, empty])
async def test_nothing_is_acknowledged_that_a_lost_file_does_not_hold(tmp_path, lose):
    with pytest.raises(StoreError, match="removed, replaced or emptied"):
        await lose_while_open(tmp_path / "x.db", lose)


async def test_a_file_that_grows_is_the_same(tmp_path):
    store = SqlStore(tmp_path / "x.db")
    async with Runtime(store=store) as runtime:
        for _ in range(3):
            await runtime.run(SMALL, {"text": "x" * 100_000})
        assert len(await store.log.executions()) == 3
