"""The log is held against the same rows, written by hand in the same transactions."""

import msgspec
import pytest

log = pytest.importorskip("benchmarks.log", reason="the benchmarks are no part of the installed package")

import anyio  # noqa: E402

from benchmarks import raw_inserts  # noqa: E402
from benchmarks.measure import WrongResultError  # noqa: E402
from benchmarks.nodes import DEF  # noqa: E402
from benchmarks.workflows import python_workflow  # noqa: E402
from flowrt import Runtime  # noqa: E402
from flowrt.storage import upgrade_database  # noqa: E402

TINY = log.log_workloads(20)


@pytest.mark.parametrize("name", TINY)
def test_the_log_is_measured_on_each_backend_with_each_colour(name):
    rows = log.measure_log(TINY[name], 1)
    ways = [(row.colour, row.backend) for row in rows]
    assert ways == [("def", "asyncio"), ("def", "trio"), ("async", "asyncio"), ("async", "trio")]
    assert all(row.raw_ratio > 0 for row in rows)
    assert all(row.is_judged is (name == "W6c") for row in rows)


async def log_three(path):
    store = log.CountingStore(path)
    async with Runtime(store=store) as runtime:
        for _ in range(3):
            await runtime.run(python_workflow(TINY["W6"].graph, DEF), {})
    return store.log.sizes


def test_what_was_written_is_read_back_transaction_by_transaction(tmp_path):
    sizes = anyio.run(log_three, tmp_path / "logged.db")
    assert sizes == [(1, 10)] * 3
    written = raw_inserts.read_written(tmp_path / "logged.db", sizes)
    for executions, nodes in written.transactions:
        assert {row[0] for row in executions.rows} == {row[0] for row in nodes.rows}

    anyio.run(upgrade_database, tmp_path / "by_hand.db")
    raw_inserts.write_again(tmp_path / "by_hand.db", written)
    assert raw_inserts.contents(tmp_path / "by_hand.db") == raw_inserts.contents(tmp_path / "logged.db")


def test_a_log_that_lacks_a_row_is_an_error_and_no_time(monkeypatch):
    monkeypatch.setattr(log, "read_written", lambda path, sizes: raw_inserts.read_written(path, sizes[:-1]))
    with pytest.raises(WrongResultError, match="by hand"):
        log.measure_log(TINY["W6"], 1)


def test_the_goal_is_a_multiple_of_raw_inserts():
    row, *_ = log.measure_log(TINY["W6c"], 1)
    verdicts = [msgspec.structs.replace(row, raw_ratio=ratio).is_missed for ratio in (row.goal, row.goal + 0.1)]
    assert verdicts == [False, True]
