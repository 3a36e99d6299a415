"""One workflow over many inputs."""

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import workflow
from sink.manual_clock import ManualClock

from flowrt.definition import Definition, LoadedDefinition, Node, Parameter
from flowrt.errors import ExecutionFailedError, InputError, RuntimeClosedError
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.typing import BoundStep

pytestmark = pytest.mark.anyio


async def doubles(record):
    for _ in range(record["n"] % 5):
        await anyio.lowlevel.checkpoint()
    if record["n"] == 13:
        raise LookupError("unlucky")
    return {"double": 2 * record["n"]}


def inputs(count):
    return ({"n": n} for n in range(count))


async def test_results_come_in_the_order_of_the_inputs():
    async with Runtime() as runtime:
        results = [result async for result in runtime.map(workflow({"a": doubles}), inputs(50), max_at_once=7)]
    assert [result.index for result in results] == list(range(50))
    assert [result.output["double"] for result in results if result.status == "completed"] == [
        2 * n for n in range(50) if n != 13
    ]
    assert isinstance(results[13].error, ExecutionFailedError)


async def test_what_a_cancel_ends_has_results_with_its_reason():
    async def waits(record):
        if record["n"]:
            await anyio.sleep_forever()
        return {}

    async with Runtime() as runtime:
        results = runtime.map(workflow({"a": waits}), inputs(100), max_at_once=3)
        assert (await anext(results)).status == "completed"
        await anyio.wait_all_tasks_blocked()
        results.cancel("enough")
        left = [(result.index, result.status, str(result.error)) async for result in results]
    assert [result[:2] for result in left] == [(1, "cancelled"), (2, "cancelled"), (3, "cancelled")]
    assert all("enough" in text for *_, text in left)


async def test_results_can_be_taken_as_they_complete():
    gates = {n: anyio.Event() for n in range(3)}
    order = [2, 0, 1]

    async def waits(record):
        await gates[record["n"]].wait()
        return {}

    async with Runtime() as runtime:
        results = runtime.map(workflow({"a": waits}), inputs(3), in_order=False)
        seen = []
        gates[order[0]].set()
        async for result in results:
            seen.append(result.index)
            if len(seen) < 3:
                gates[order[len(seen)]].set()
    assert seen == order


@pytest.mark.parametrize("in_order", [True, False])
async def test_no_more_are_under_way_than_allowed_results_not_taken_included(in_order):
    running, most, read = 0, 0, 0

    async def step(_record):
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await anyio.lowlevel.checkpoint()
        running -= 1
        return {}

    def source():
        nonlocal read
        for n in range(100):
            read += 1
            yield {"n": n}

    async with Runtime() as runtime:
        taken = 0
        async for _ in runtime.map(workflow({"a": step}), source(), max_at_once=8, in_order=in_order):
            taken += 1
            assert read - taken <= 9
    assert (taken, most) == (100, 8)


async def test_an_async_source_is_read_and_its_error_raised():
    async def source():
        for n in range(3):
            await anyio.lowlevel.checkpoint()
            yield {"n": n}
        raise ConnectionError("the queue went away")

    async with Runtime() as runtime:
        results = runtime.map(workflow({"a": doubles}), source())
        seen = [(await anext(results)).index for _ in range(3)]
        with pytest.raises(ConnectionError, match="went away"):
            await anext(results)
    assert seen == [0, 1, 2]


async def test_a_bad_input_is_a_failed_result_and_the_others_run():
    definition = Definition(
        name="typed", nodes=(Node(id="a", type="test"),), parameters=(Parameter(name="n", type="integer"),)
    )
    typed = LoadedDefinition(definition, (BoundStep(call=doubles),))
    async with Runtime() as runtime:
        results = [result async for result in runtime.map(typed, [{"n": 1}, {"n": "x"}, 5, {"n": 2}])]
    assert [result.status for result in results] == ["completed", "failed", "failed", "completed"]
    assert isinstance(results[1].error, InputError)
    assert results[1].execution_id is None


async def test_leaving_the_loop_early_cancels_what_runs():
    store = MemoryStore()

    async def step(record):
        if record["n"]:
            await anyio.sleep_forever()
        return {}

    async with Runtime(store=store) as runtime:
        async for _ in runtime.map(workflow({"a": step}), inputs(100), max_at_once=10):
            break
        await anyio.sleep(0.01)
        assert not runtime._engine.kernel.executions
    statuses = [row.status for row in await store.log.executions(limit=1000)]
    assert statuses.count("completed") == 1
    assert set(statuses) == {"completed", "cancelled"}


async def test_a_rate_spaces_the_starts_evenly():
    class Clock:
        now = 0

        def time_ns(self):
            return self.now

        def monotonic_ns(self):
            return self.now

        async def sleep_until(self, monotonic_ns):
            await anyio.lowlevel.checkpoint()
            self.now = max(self.now, monotonic_ns)

    starts, clock = [], Clock()

    def step(_record):
        starts.append(clock.now)
        return {}

    async with Runtime(clock=clock) as runtime:
        async for _ in runtime.map(workflow({"a": step}), inputs(5), max_per_second=10, max_at_once=1):
            pass
    assert starts == [n * 100_000_000 for n in range(5)]


@pytest.mark.parametrize("options", [{"max_at_once": 0}, {"max_per_second": 0}, {"max_per_second": -1.0}])
async def test_a_limit_that_is_not_positive_is_refused(options):
    async with Runtime() as runtime:
        with pytest.raises(ValueError, match=next(iter(options))):
            runtime.map(workflow({"a": doubles}), inputs(1), **options)


async def test_an_empty_source_gives_no_results():
    async with Runtime() as runtime:
        assert [result async for result in runtime.map(workflow({"a": doubles}), [])] == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_at_once": 0}, ValueError, "max_at_once was 0; it must be 1 or more"),
        ({"max_at_once": 1.5}, TypeError, "max_at_once was 1.5; expected a whole number"),
        ({"max_at_once": None}, TypeError, "max_at_once was None"),
        ({"max_per_second": 0}, ValueError, "max_per_second was 0; it must be more than 0"),
        ({"max_per_second": float("nan")}, ValueError, "max_per_second was nan"),
        ({"max_per_second": "5"}, TypeError, "max_per_second was '5'; expected a number"),
        ({"source": None}, TypeError, "the inputs were None; expected an iterable"),
    ],
)
@pytest.mark.anyio
async def test_an_option_of_map_that_can_not_be_is_refused(options, error, message):
    async with Runtime() as runtime:
        with pytest.raises(error, match=message):
            runtime.map(workflow({"a": lambda _record: {}}), **{"source": [{}], **options})


async def test_a_map_whose_runtime_is_left_while_its_source_waits_says_so():
    async def source():
        yield {"n": 0}
        await anyio.sleep_forever()

    raised = []
    async with anyio.create_task_group() as tasks:

        async def read(results):
            try:
                while True:
                    raised.append((await anext(results)).index)
            except RuntimeClosedError:
                raised.append("closed")

        async with Runtime() as runtime:
            tasks.start_soon(read, runtime.map(workflow({"a": doubles}), source()))
            await anyio.wait_all_tasks_blocked()
    assert raised == [0, "closed"]


async def test_the_definition_of_a_map_is_read_once():
    store = MemoryStore()
    saved, save = [], store.workflows.save

    async def note(*arguments):
        saved.append(arguments)
        return await save(*arguments)

    store.workflows.save = note
    definition = {"nodes": [{"id": "a", "type": "start"}]}
    async with Runtime(store=store) as runtime:
        results = [result async for result in runtime.map(definition, inputs(20))]
    assert [result.output for result in results] == [{"n": n} for n in range(20)]
    assert len(saved) == 1


async def test_what_is_no_workflow_is_refused_when_results_are_read():
    async with Runtime() as runtime:
        with pytest.raises(TypeError, match="expected a workflow"):
            await anext(runtime.map(5, [{}]))


async def test_a_long_source_lets_others_run_while_it_is_read():
    clock, seen = ManualClock(), []

    def source():
        for n in range(100):
            clock.now_ns += 1_000_000
            seen.append(n)
            yield {"n": n}

    gaps = []

    async def ping():
        while True:
            before = len(seen)
            await anyio.lowlevel.checkpoint()
            gaps.append(len(seen) - before)

    async with Runtime(clock=clock) as runtime, anyio.create_task_group() as tasks:
        tasks.start_soon(ping)
        assert len([result async for result in runtime.map(workflow({"a": lambda _record: {}}), source())]) == 100
        tasks.cancel_scope.cancel()
    assert max(gaps) <= 12
