"""What grows: large workflows and many waiting executions, each measured in a process of its own."""

import anyio
import anyio.lowlevel
import pytest

scale = pytest.importorskip("benchmarks.scale", reason="the benchmarks are no part of the installed package")

from benchmarks import waiting  # noqa: E402
from benchmarks.alone import FailedAloneError, run_alone  # noqa: E402
from benchmarks.goals import WAITING_GOAL_BYTES  # noqa: E402
from benchmarks.measure import WrongResultError  # noqa: E402
from flowrt.clock import NANOSECONDS  # noqa: E402

MANY, FEW = 1_000_000, 1_000


@pytest.mark.parametrize("way", scale.WAYS)
@pytest.mark.parametrize("shape", scale.SHAPES)
def test_a_workflow_of_each_shape_is_loaded_compiled_and_run(monkeypatch, shape, way):
    monkeypatch.setattr(scale, "NODES_TIMED", 10)
    found = scale.measure_here(shape, way, 10)
    assert found.nodes == 10
    assert min(found.load_microseconds, found.compile_microseconds, found.run_microseconds) > 0


@pytest.mark.parametrize("shape", scale.SHAPES)
def test_a_workflow_that_is_made_of_its_parts_computes_the_same(monkeypatch, shape):
    monkeypatch.setattr(scale, "NODES_TIMED", 10)
    monkeypatch.setattr(scale, "MOST_LOADED", 0)
    assert scale.measure_here(shape, "python", 10).way == "parts"


@pytest.mark.parametrize("size", scale.SIZES[:-1])
@pytest.mark.parametrize("shape", scale.SHAPES)
def test_a_graph_has_as_many_nodes_as_its_row_says(shape, size):
    graph = scale.SHAPES[shape](size)
    assert len(graph) == size
    assert all(source < index for index, upstream in enumerate(graph) for source in upstream)


def scaled(nodes, compile_microseconds, run_microseconds):
    return scale.Scale(
        shape="chain",
        way="Python",
        nodes=nodes,
        load_microseconds=9.0,
        load_bytes=1000.0,
        compile_microseconds=compile_microseconds,
        compile_bytes=1000.0,
        run_microseconds=run_microseconds,
        reference_microseconds=1.0,
    )


@pytest.mark.parametrize(
    ("found", "missed"),
    [
        (scaled(MANY, 5.0, 1.5), []),
        (scaled(MANY, 5.1, 1.5), ["compile"]),
        (scaled(MANY, 5.0, 1.6), ["run"]),
        (scaled(FEW, 5.1, 1.6), ["compile"]),
    ],
)
def test_a_large_workflow_is_held_to_the_cost_of_a_small_one(found, missed):
    assert found.missed == missed
    assert (f"**fail**: {missed[0]}" if missed else "| pass |") in scale.markdown([found])
    assert found.is_missed is bool(missed)


def test_a_workflow_of_a_few_nodes_has_no_goal():
    found = scaled(10, 50.0, 9.0)
    assert not found.is_judged
    assert not found.is_missed
    assert scale.markdown([found]).endswith("|  |")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_executions_that_wait_for_a_retry_are_counted_in_bytes_and_then_all_end(backend):
    found = anyio.run(waiting.measure_here, backend, 300, backend=backend)
    assert found.executions == 300
    assert found.bytes_each >= 0
    assert min(found.start_microseconds, found.end_microseconds) > 0


def test_a_waiting_execution_with_another_result_is_an_error(monkeypatch):
    call = waiting.Service.call
    monkeypatch.setattr(waiting.Service, "call", lambda self, value: call(self, value) + 1)
    with pytest.raises(WrongResultError, match="returned 4, not 3"):
        anyio.run(waiting.measure_here, "asyncio", 2)


@pytest.mark.parametrize(("bytes_each", "is_missed"), [(1500.0, False), (1501.0, True)])
def test_a_waiting_execution_may_hold_so_many_bytes(bytes_each, is_missed):
    found = waiting.Waiting(
        backend="trio",
        executions=5,
        bytes_each=bytes_each,
        start_microseconds=1.0,
        end_microseconds=1.0,
        goal=WAITING_GOAL_BYTES,
    )
    assert found.is_missed is is_missed
    assert waiting.markdown([found]).endswith(f"| ≤ 1,500 bytes | {'**fail**' if is_missed else 'pass'} |")


def test_the_skipping_clock_lets_a_day_pass_at_once():
    clock = waiting.SkippingClock()
    due = clock.monotonic_ns() + 86_400 * NANOSECONDS

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(clock.sleep_until, due)
            await anyio.lowlevel.checkpoint()
            clock.skip(86_400)

    anyio.run(main)
    assert clock.monotonic_ns() >= due


def test_a_process_of_its_own_measures_and_tells():
    [found] = [one for one in waiting.measure(20) if one.backend == "trio"]
    assert found.executions == 20


def test_a_process_that_fails_says_why():
    with pytest.raises(FailedAloneError, match="no-such-shape"):
        run_alone("benchmarks.scale", "no-such-shape", "python", 10)
