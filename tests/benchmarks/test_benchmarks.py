"""The benchmarks measure what they say: each way computes the right result, and the verdicts follow from the times."""

import asyncio
import json

import pytest

workloads = pytest.importorskip("benchmarks.workloads", reason="the benchmarks are no part of the installed package")

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import graphs, memory, table  # noqa: E402
from benchmarks.backends import HAS_UVLOOP, run_on  # noqa: E402
from benchmarks.contenders import Contender, contenders  # noqa: E402
from benchmarks.goals import MAP_GOAL  # noqa: E402
from benchmarks.measure import Timing, WrongResultError, measure  # noqa: E402
from benchmarks.nodes import DEF  # noqa: E402
from benchmarks.results import summary  # noqa: E402

TINY = workloads.workloads(30)
ONCE = 1


@pytest.mark.parametrize("name", TINY)
def test_every_way_computes_the_right_result(monkeypatch, name):
    monkeypatch.setattr("benchmarks.nodes.SLEEP_SECONDS", 0)
    timings = measure(TINY[name], ONCE)
    assert {timing.contender.name for timing in timings} >= {"b1", "b2", "b4", "flowrt, Python", "flowrt, JSON"}
    assert all(timing.median > 0 for timing in timings)


def test_a_wrong_result_is_an_error_and_no_time(monkeypatch):
    monkeypatch.setattr("benchmarks.contenders.expected_result", lambda _graph: -1)
    with pytest.raises(WrongResultError, match="b0 on asyncio returned 30, not -1"):
        measure(TINY["W1"], ONCE)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_memory_is_read_at_each_mark_of_a_map(backend):
    found = memory.measure_map(backend, executions=20)
    assert list(found.resident_bytes) == ["10%", "50%", "100%"]
    assert all(size > 1e6 for size in found.resident_bytes.values())


@pytest.mark.parametrize(("at_the_end", "is_missed"), [(104.0, False), (106.0, True)])
def test_memory_may_grow_by_little(at_the_end, is_missed):
    found = memory.MapMemory(
        backend="trio",
        executions=9,
        resident_bytes={"10%": 100, "50%": 500, "100%": at_the_end},
        microseconds_per_execution=1.0,
        goal=MAP_GOAL,
    )
    assert found.is_missed is is_missed
    assert memory.markdown([found]).endswith(f"| ≤ 1.05 x 10% | {'**fail**' if is_missed else 'pass'} |")


def test_random_graphs_are_the_same_every_time_and_point_backwards():
    graph = graphs.layered(3, 5)
    assert graph == graphs.layered(3, 5)
    assert len(graph) == 16
    assert all(source < index for index, upstream in enumerate(graph) for source in upstream)


def timing(name, *microseconds, backend="asyncio"):
    return Timing(Contender(name, backend, "def", "values", None, None), microseconds)


BASELINES = [timing("b1", 1, 4, 9), timing("b2", 10, 10, 10)]


@pytest.mark.parametrize(
    ("way", "median", "is_missed"),
    [("Python", 1.4, False), ("Python", 1.5, True), ("JSON", 2.0, False), ("JSON", 2.1, True)],
)
def test_a_goal_is_missed_when_the_median_is_over_its_multiple_of_b1(way, median, is_missed):
    *_, row = table.rows(TINY["W1"], [*BASELINES, timing(f"flowrt, {way}", 0.1, median, 50)])
    assert (row.b1_ratio, row.b2_ratio) == (median / 4, median / 10)
    assert row.is_missed is is_missed
    assert ("**fail**" in table.markdown([row])) is is_missed
    assert row.subject == f"W1 flowrt, {way}, def, asyncio"


def test_nodes_with_keys_and_baselines_have_no_goal():
    rows = table.rows(TINY["W1"], [*BASELINES, timing("flowrt, JSON with keys", 99)])
    assert not any(row.is_judged or row.is_missed for row in rows)


def test_the_summary_counts_the_goals_and_names_those_that_were_missed():
    found = table.rows(TINY["W1"], [*BASELINES, timing("flowrt, Python", 9), timing("flowrt, JSON", 1)])
    assert summary(found) == "1 of 2 goals reached; missed: W1 flowrt, Python, def, asyncio"
    assert summary(found[-1:]) == "1 of 1 goals reached"


def test_on_uvloop_the_baseline_is_b1_on_uvloop_and_there_is_no_goal():
    baselines = [timing("b1", 4.0), timing("b1", 2.0, backend="uvloop"), timing("b2", 10.0, backend="trio")]
    *_, row = table.rows(TINY["W1"], [*baselines, timing("flowrt, Python", 3.0, backend="uvloop")])
    assert (row.b1_ratio, row.b2_ratio, row.goal) == (1.5, 0.3, None)


@pytest.mark.skipif(not HAS_UVLOOP, reason="uvloop is not installed")
def test_uvloop_is_the_event_loop_of_its_rows():
    async def loop_module():
        return type(asyncio.get_running_loop()).__module__

    assert run_on("uvloop", loop_module) == "uvloop"
    assert run_on("asyncio", loop_module).startswith("asyncio")


def test_a_way_that_takes_much_longer_is_timed_in_fewer_runs():
    seconds = iter(range(1000))
    workload = TINY["W4"]._replace(runs=20)
    b4 = next(contender for contender in contenders(workload.graph, DEF) if contender.name == "b4")
    found, *_ = measure(workload, ONCE, takes_part=lambda other: other.name == "b4", clock=lambda: next(seconds))
    assert b4.slowness == 10
    assert found.median == 1e6 / len(workload.graph) / 2


def test_an_unknown_workload_is_answered_with_the_known_ones(capsys):
    assert command.main(["W1", "W99"]) == 2
    known = "map, W1, W2, W3, W4, W4c, W5, W5b, W6, W6c, W7, W8, W9, import"
    assert f"no workload W99; there are: {known}" in capsys.readouterr().err


def give_times(monkeypatch, flowrt):
    times = [timing("b1", 4.0), timing("b2", 9.0), timing("flowrt, JSON", flowrt)]
    monkeypatch.setattr(table, "measure", lambda _workload, _repetitions: times)


@pytest.mark.parametrize("is_missed", [False, True])
def test_json_is_one_document_and_a_missed_goal_is_exit_status_1(monkeypatch, capsys, is_missed):
    give_times(monkeypatch, 3.0 if is_missed else 1.0)
    assert command.main(["W1", "--json"]) == int(is_missed)
    document = json.loads(capsys.readouterr().out)
    assert [row["is_missed"] for row in document["workloads"]] == [False, False, is_missed]
    assert document["summary"].startswith(f"{int(not is_missed)} of 1 goals")


def test_the_output_is_a_document_that_says_how_it_was_made(monkeypatch, capsys, tmp_path):
    give_times(monkeypatch, 1.0)
    file = tmp_path / "RESULTS.md"
    assert command.main(["W1", "--output", str(file)]) == 0
    document = file.read_text(encoding="utf-8")
    assert document.startswith("# Benchmark results\n\n")
    assert f"`python -m benchmarks W1 --output {file}`" in document
    assert all(word in document for word in ("Machine: CPython 3.", "flowrt 0.", "SQLite 3.", "7 repetitions"))
    last_line = capsys.readouterr().out.splitlines()[-1]
    assert last_line == "1 of 1 goals reached"
    assert last_line in document


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--output", "missing/RESULTS.md"], "there is no folder"),
        (["--output", "."], ". is a folder"),
        (["--repetitions", "4"], "4 is too few for a median: at least 5"),
        (["--repetitions", "many"], "invalid repetitions value: 'many'"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_measured(monkeypatch, capsys, tmp_path, options, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        command.main(["W1", *options])
    assert told in capsys.readouterr().err
