"""The schema of the SQL store: how it is made, checked and migrated."""

import sqlite3
from contextlib import closing

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from storage.child import run_python

from flowrt.errors import SchemaError, StoreUnavailableError
from flowrt.storage import SqlStore, current_revision, upgrade_database
from flowrt.storage.schema import REVISIONS
from flowrt.storage.tables import metadata

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


def query(path, sql, *, write=False):
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(sql).fetchall()
        if write:
            connection.commit()
        return rows


async def make_store(path):
    store = SqlStore(path)
    await store.open()
    await store.close()


async def test_a_new_database_has_the_tables_that_the_migrations_make(tmp_path):
    made, migrated = tmp_path / "made.db", tmp_path / "migrated.db"
    await make_store(made)
    await upgrade_database(migrated)
    tables = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    assert query(made, tables) == query(migrated, tables)
    for question in ("SELECT * FROM alembic_version", "PRAGMA auto_vacuum", "PRAGMA journal_mode", "PRAGMA encoding"):
        assert query(made, question) == query(migrated, question)


async def test_alembic_sees_no_difference_between_the_migrations_and_the_tables(path):
    await upgrade_database(path)
    with closing(create_engine(f"sqlite:///{path}", poolclass=NullPool).connect()) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        connection.engine.dispose()


async def test_space_of_deleted_rows_can_be_given_back_step_by_step(path):
    await make_store(path)
    incremental = 2
    assert query(path, "PRAGMA auto_vacuum") == [(incremental,)]


async def test_readers_and_the_writer_do_not_wait_for_each_other(path):
    await make_store(path)
    assert query(path, "PRAGMA journal_mode") == [("wal",)]


def test_the_known_revisions_are_those_of_the_migrations():
    config = Config()
    config.set_main_option("script_location", "flowrt.storage:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert all(len(revision) <= 32 for revision in REVISIONS)


async def test_an_older_database_is_refused_with_the_command_that_migrates_it(path, monkeypatch):
    await make_store(path)
    monkeypatch.setattr("flowrt.storage.schema.REVISIONS", (*REVISIONS, "flowrt_0002"))
    with pytest.raises(SchemaError, match=rf"older flowrt; migrate it with: flowrt db upgrade --db {path}"):
        await make_store(path)


async def test_a_newer_database_is_refused_with_other_advice(path):
    await make_store(path)
    query(path, "UPDATE alembic_version SET version_num = 'flowrt_9999'", write=True)
    for attempt in (make_store, upgrade_database):
        with pytest.raises(SchemaError, match="install a newer flowrt"):
            await attempt(path)


async def test_the_database_of_another_program_is_refused_and_left_alone(path):
    query(path, "CREATE TABLE customers (id)", write=True)
    before = path.read_bytes()
    for attempt in (make_store, upgrade_database):
        with pytest.raises(SchemaError, match=r"tables that are not flowrt's \(customers\): choose another"):
            await attempt(path)
    assert path.read_bytes() == before


async def test_another_programs_alembic_database_is_refused(path):
    query(path, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)", write=True)
    query(path, "INSERT INTO alembic_version VALUES ('1a2b3c')", write=True)
    for attempt in (make_store, upgrade_database):
        with pytest.raises(SchemaError, match="'1a2b3c' is not flowrt's"):
            await attempt(path)


async def test_an_upgrade_says_from_where_to_where(path):
    assert await upgrade_database(path) == (None, REVISIONS[-1])
    assert await upgrade_database(path) == (REVISIONS[-1], REVISIONS[-1])
    assert await current_revision(path) == REVISIONS[-1]
    await make_store(path)


async def test_an_upgrade_that_fails_leaves_the_database_as_it_was(path, monkeypatch):
    def fail(*_):
        message = "disk full"
        raise sqlite3.OperationalError(message)

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(StoreUnavailableError, match="disk full"):
        await upgrade_database(path)
    assert query(path, "SELECT name FROM sqlite_master") == []


async def test_the_revision_of_a_missing_file_does_not_make_the_file(path):
    with pytest.raises(StoreUnavailableError, match="there is no file"):
        await current_revision(path)
    assert not path.exists()


async def test_stores_that_open_one_new_file_at_the_same_time_agree(path):
    stores = [SqlStore(path) for _ in range(6)]
    async with anyio.create_task_group() as tasks:
        for store in stores:
            tasks.start_soon(store.open)
    for store in stores:
        await store.close()
    assert query(path, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]


def test_an_existing_database_is_checked_without_alembic(path):
    anyio.run(make_store, path)
    script = (
        "import anyio, sys\nfrom flowrt.storage import SqlStore\n"
        "async def main():\n    store = SqlStore(sys.argv[1])\n    await store.open()\n    await store.close()\n"
        "anyio.run(main)\nprint('alembic' in sys.modules)"
    )
    assert run_python(script, path) == "False\n"
