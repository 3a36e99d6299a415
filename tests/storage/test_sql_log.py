"""What only the SQL store has to prove: transactions under cancels and among processes, and few statements."""

import sqlite3
from contextlib import closing

import anyio
import pytest
from anyio.lowlevel import checkpoint
from storage.hand_made import assert_is_prefix_cut, attempt, count_events, ended, events_of, started

from flowrt.errors import StoreError
from flowrt.storage import SqlStore
from flowrt.storage.log_rows import rows_of, storable
from flowrt.storage.log_statements import statements_of
from flowrt.storage.sql_log import page_query
from flowrt.storage.tables import executions, metadata, node_records

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path):
    store = SqlStore(tmp_path / "x.db")
    await store.open()
    yield store
    await store.close()


async def test_a_cancelled_write_is_whole_or_not_at_all(store):
    for number in range(30):
        with anyio.move_on_after(number * 0.0001):
            await store.log.write(events_of("diamond", f"{number:02}"))
    await store.close()
    await store.open()
    await assert_is_prefix_cut(store.log)
    assert {row.status for row in await store.log.executions()} <= {"completed"}


async def test_an_execution_goes_on_after_a_restart_where_it_was(store, tmp_path):
    await store.log.write([started("1"), attempt("1", "a")])
    await store.close()
    later = SqlStore(tmp_path / "x.db")
    await later.open()
    await later.log.write([attempt("1", "b"), attempt("1", "c"), ended("1")])
    assert [(row.position, row.node) for row in await later.log.nodes("1")] == [(0, "a"), (1, "b"), (2, "c")]
    await later.close()


async def test_a_batch_whose_answer_was_lost_is_not_stored_twice(store):
    batch = events_of("retry", "1")
    await store.log.write(batch)
    store.log._positions.clear()
    await store.log.write(batch)
    assert await count_events(store.log) == len(batch)


async def test_an_end_forgets_what_was_remembered_of_the_execution(store):
    await store.log.write([started("1"), started("2"), attempt("2", "a")])
    await store.log.write([ended("1")])
    assert store.log._positions == {"2": 1}


async def test_writers_may_meet_after_the_store_was_opened_again(store):
    for round_ in "01":
        async with anyio.create_task_group() as tasks:
            for number in range(5):
                tasks.start_soon(store.log.write, events_of("chain", f"{round_}{number}"))
        await store.close()
        await store.open()
    assert len(await store.log.executions()) == 10


async def test_a_store_that_was_opened_again_knows_what_its_database_knows():
    store = SqlStore(":memory:")
    await store.open()
    await store.log.write([started("1"), attempt("1", "a")])
    await store.close()
    await store.open()
    with pytest.raises(StoreError, match="its start was never written"):
        await store.log.write([attempt("1", "b")])
    await store.close()


async def test_an_unknown_workflow_version_is_refused(store):
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        await store.log.write([started("1", workflow_id="nowhere")])
    assert await store.log.executions() == []


async def test_a_number_that_is_too_large_is_refused(store):
    with pytest.raises(StoreError, match="too large"):
        await store.log.write([started("1"), attempt("1", "a", duration_ns=2**70)])
    assert await store.log.executions() == []


async def test_a_reader_is_not_held_up_by_another_process_that_writes(store, tmp_path):
    await store.log.write([started("1")])
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM executions")
        assert [row.id for row in await store.log.executions()] == ["1"]
        other.execute("ROLLBACK")


async def test_a_database_that_makes_wait_does_not_hold_the_event_loop(store, tmp_path):
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        written = []

        async def write():
            await store.log.write([started("1")])
            written.append("1")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            for _ in range(1000):
                await checkpoint()
            assert written == []
            other.execute("COMMIT")
    assert written == ["1"]


async def test_a_power_cut_is_survived_where_that_is_asked_for(tmp_path):
    levels = {}
    for name in ("NORMAL", "FULL"):
        store = SqlStore(tmp_path / f"{name}.db", synchronous=name)
        await store.open()
        levels[name] = await store._session.run(read_synchronous)
        await store.close()
    assert levels == {"NORMAL": 1, "FULL": 2}


async def read_synchronous(engine):
    async with engine.connect() as connection:
        return (await connection.exec_driver_sql("PRAGMA synchronous")).scalar()


@pytest.mark.parametrize(
    ("filters", "key"),
    [
        ({"before": "5"}, "(id<?)"),
        ({"workflow": "chain", "before": "5"}, "(workflow=? AND id<?)"),
        ({"status": "failed", "before": "5"}, "(status=? AND id<?)"),
    ],
)
async def test_a_page_of_executions_is_found_by_an_index_and_not_sorted(store, filters, key):
    async def explain(engine):
        async with engine.connect() as connection:
            sql = str(page_query(limit=50, **filters).compile(engine, compile_kwargs={"literal_binds": True}))
            return [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]

    plan = await store._session.run(explain)
    assert key in plan[0]
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan)


def test_a_batch_takes_few_statements():
    batch = [event for number in range(100) for event in events_of("chain", str(number))]
    late = [ended(f"earlier {number}") for number in range(300)]
    statements = [sql.split(" (")[0] for sql, _ in statements_of(rows_of(batch + late, {}))]
    assert [sql.split()[0] for sql in statements] == ["INSERT"] * 3 + ["UPDATE"] * 2


def test_a_statement_names_only_the_columns_that_a_row_fills():
    plain = [started("1"), attempt("1", "a")]
    _, (sql, _) = statements_of(rows_of(plain, {}))
    _, (fuller_sql, values) = statements_of(rows_of([*plain, attempt("1", "b", note="finished anyway")], {}))
    assert ("note" in sql, "note" in fuller_sql) == (False, True)
    assert (len(values), values[-1]) == (fuller_sql.count("?"), "finished anyway")


def test_rows_have_the_columns_of_their_tables():
    rows = rows_of(events_of("retry", "1"), {})
    assert {len(row) for row in rows.executions} == {len(executions.columns)}
    assert {len(row) for row in rows.nodes} == {len(node_records.columns)}
    assert set(metadata.tables) == {"workflows", "executions", "node_records"}


@pytest.mark.parametrize(("text", "stored"), [(None, None), ("ä", "ä"), ("a\0b", "a\\x00b"), ("\udc80", "\\udc80")])
def test_a_text_that_no_database_takes_is_escaped(text, stored):
    assert storable(text) == stored
