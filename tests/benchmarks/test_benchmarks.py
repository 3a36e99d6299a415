"""The benchmarks measure what they say: each way computes the right result, and the verdicts follow from the times."""

import asyncio
import json

import pytest

workloads = pytest.importorskip("benchmarks.workloads", reason="the benchmarks are no part of the installed package")

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import graphs, memory, table  # noqa: E402
from benchmarks.backends import HAS_UVLOOP, run_on  # noqa: E402
from benchmarks.contenders import Contender, contenders  # noqa: E402
from benchmarks.measure import Timing, WrongResultError, measure, measure_ways  # noqa: E402
from benchmarks.nodes import DEF  # noqa: E402

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


def test_random_graphs_are_the_same_every_time_and_point_backwards():
    graph = graphs.layered(3, 5)
    assert graph == graphs.layered(3, 5)
    assert len(graph) == 16
    assert all(source < index for index, upstream in enumerate(graph) for source in upstream)


def timing(name, microseconds, backend="asyncio"):
    return Timing(Contender(name, backend, "def", "values", None, None), microseconds)


@pytest.mark.parametrize(("median", "is_missed"), [(2.0, False), (2.1, True)])
def test_a_goal_is_missed_when_the_median_is_over_its_multiple_of_b1(median, is_missed):
    baselines = [timing("b1", (1, 4, 9)), timing("b2", (10, 10, 10))]
    *_, row = table.rows(TINY["W1"], [*baselines, timing("flowrt, Python", (0.1, median, 50))])
    assert (row.b1_ratio, row.b2_ratio) == (median / 4, median / 10)
    assert row.is_missed is is_missed
    assert ("**fail**" in table.markdown([row])) is is_missed


def test_on_uvloop_the_baseline_is_b1_on_uvloop_and_there_is_no_goal():
    baselines = [timing("b1", (4.0,)), timing("b1", (2.0,), "uvloop"), timing("b2", (10.0,), "trio")]
    *_, row = table.rows(TINY["W1"], [*baselines, timing("flowrt, Python", (3.0,), "uvloop")])
    assert (row.b1_ratio, row.b2_ratio, row.goal) == (1.5, 0.3, None)


@pytest.mark.skipif(not HAS_UVLOOP, reason="uvloop is not installed")
def test_uvloop_is_the_event_loop_of_its_rows():
    async def loop_module():
        return type(asyncio.get_running_loop()).__module__

    assert run_on("uvloop", loop_module) == "uvloop"
    assert run_on("asyncio", loop_module).startswith("asyncio")


def test_a_way_that_takes_much_longer_is_timed_in_fewer_runs(monkeypatch):
    seconds = iter(range(1000))
    monkeypatch.setattr("time.perf_counter", lambda: next(seconds))
    workload = TINY["W4"]._replace(runs=20)
    way = next(way for way in contenders(workload.graph, DEF) if way.name == "b4")
    [found] = measure_ways([way], workload, ONCE)
    assert way.slowness == 10
    assert found.median == 1e6 / len(workload.graph) / 2


def test_an_unknown_workload_is_answered_with_the_known_ones(capsys):
    assert command.main(["W1", "W99"]) == 2
    assert "no workload W99; there are: map, W7, W8, W1, W2, W3, W4, W4c, W5, W5b" in capsys.readouterr().err


@pytest.mark.parametrize("is_missed", [False, True])
def test_json_is_one_document_and_a_missed_goal_is_exit_status_1(monkeypatch, capsys, is_missed):
    times = [timing("b1", (4.0,)), timing("b2", (9.0,)), timing("flowrt, JSON", (3.0 if is_missed else 1.0,))]
    monkeypatch.setattr(command, "measure", lambda _workload, _repetitions: times)
    assert command.main(["W1", "--json"]) == int(is_missed)
    document = json.loads(capsys.readouterr().out)
    assert [row["is_missed"] for row in document["workloads"]] == [False, False, is_missed]
