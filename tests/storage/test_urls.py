"""Which databases can be named, and what is said of those that can't be used."""

import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from storage.hand_made import events_of

from flowrt.errors import StoreUnavailableError
from flowrt.storage import SqlStore
from flowrt.storage.url import parse_url

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "text", ["sqlite+aiosqlite:///a/x.db", "sqlite:///a/x.db", "a/x.db", Path("a/x.db"), "sqlite:///a/../a/x.db"]
)
def test_a_relative_path_is_meant_from_the_current_folder(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = parse_url(text)
    assert database.path.resolve() == tmp_path / "a" / "x.db"
    assert database.path.is_absolute()


def test_an_absolute_path_has_four_slashes(tmp_path):
    assert parse_url(f"sqlite:///{tmp_path}/x.db").path == tmp_path / "x.db"


@pytest.mark.parametrize("text", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite://"])
def test_a_database_in_memory_has_no_path(text):
    assert parse_url(text).path is None


@pytest.mark.parametrize("name", ["100%.db", "what?.db", "a b#c.db", "ünï.db"])
async def test_any_file_name_works_as_a_plain_path(name, tmp_path):
    store = SqlStore(tmp_path / name)
    await store.open()
    await store.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("postgresql+asyncpg://me:secret@host/log", "keeps its log in SQLite in this version, not in postgresql"),
        ("mysql://me:secret@host/log?password=secret", "not in mysql"),
        ("nonsense://:secret@", "not in nonsense"),
        ("sqlite+pysqlite:///x.db", "through aiosqlite, not through pysqlite"),
        ("sqlite://x.db", "three slashes: sqlite:///x.db"),
        ("sqlite:///file:x.db?uri=true", "give the file's path"),
        ("http://me:secret@host:port/x", "no database URL"),
        ("://secret", "no database URL"),
    ],
)
def test_what_names_no_usable_database_is_refused_without_its_password(text, advice):
    with pytest.raises(StoreUnavailableError) as caught:
        SqlStore(text)
    assert advice in str(caught.value)
    assert "secret" not in str(caught.value)


async def refusal(path, **options):
    store = SqlStore(path, **options)
    with pytest.raises(StoreUnavailableError) as caught:
        await store.open()
    await store.close()
    return str(caught.value)


async def test_a_missing_folder_is_named(tmp_path):
    assert f"there is no folder {tmp_path}/none; make it" in await refusal(tmp_path / "none" / "x.db")


async def test_a_folder_is_no_database(tmp_path):
    assert "is a folder; add a file's name" in await refusal(tmp_path)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes, which are long enough to be no SQLite header" * 10)
    assert "the file is no SQLite database" in await refusal(path)
    assert path.read_text().startswith("my notes")


async def test_a_missing_file_is_not_made_where_that_is_not_wanted(tmp_path):
    assert "there is no file" in await refusal(tmp_path / "x.db", create=False)
    assert list(tmp_path.iterdir()) == []


async def test_a_locked_database_is_refused_after_the_time_it_is_waited_for(tmp_path):
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "another process holds its lock" in await refusal(path, busy_timeout_seconds=0.05)


async def test_a_full_disk_is_named(tmp_path):
    store = SqlStore(tmp_path / "x.db")
    await store.open()
    await store._session.run(fill_up)
    with pytest.raises(StoreUnavailableError, match="there is no space left"):
        await store.log.write([event for number in range(1000) for event in events_of("chain", str(number))])
    await store.close()


async def fill_up(engine):
    async with AsyncExitStack() as stack:
        for _ in range(engine.pool.size()):  # whichever connection writes
            connection = await stack.enter_async_context(engine.connect())
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")


async def test_the_default_is_a_file_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = SqlStore()
    await store.open()
    await store.close()
    assert (tmp_path / "flowrt.db").exists()
    assert store.url == "sqlite+aiosqlite:///flowrt.db"


@pytest.mark.parametrize("text", [None, b"x.db", 5, []])
def test_what_is_neither_a_text_nor_a_path_is_refused(text):
    with pytest.raises(TypeError, match="expected a URL or a path"):
        SqlStore(text)


def test_an_empty_url_is_refused_rather_than_taken_for_a_database_that_is_lost_at_the_end():
    with pytest.raises(StoreUnavailableError, match="the URL is empty"):
        SqlStore("")
