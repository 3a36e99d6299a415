"""The laws of the design."""

import gc
import json
from random import Random

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import helpers, retried, side_by_side, workflow

from flowrt.actors.results import result_of
from flowrt.clock import SystemClock
from flowrt.definition import Definition, Edge, LoadedDefinition, Node
from flowrt.errors import ExecutionFailedError, SchemaError, StalledError
from flowrt.policies import NodePolicy, Retry
from flowrt.runtime import Runtime
from flowrt.storage import MemoryStore
from flowrt.typing import BoundStep, Choice, Delay

pytestmark = pytest.mark.anyio


def nothing(_record):
    return {}


async def yields(_record):
    await anyio.lowlevel.checkpoint()
    return {}


async def test_law_1_every_edge_carries_one_token_and_every_node_ends_once():
    store = MemoryStore()
    nodes = tuple(Node(id=name, type="test") for name in ("route", "left", "right", "join"))
    edges = (
        Edge(source="route", target="left", source_handle="l"),
        Edge(source="route", target="right", source_handle="r"),
        Edge(source="left", target="join"),
        Edge(source="right", target="join"),
    )
    route = BoundStep(call=lambda _record: Choice({}, ("l",)), handles=frozenset({"l", "r"}))
    steps = (route, *(BoundStep(call=yields) for _ in range(3)))
    async with Runtime(store=store) as runtime:
        await runtime.run(LoadedDefinition(Definition(name="test", nodes=nodes, edges=edges), steps), {})
    (execution,) = await store.log.executions()
    ended = {row.node: row.status for row in await store.log.nodes(execution.id)}
    assert ended == {"route": "completed", "left": "completed", "right": "skipped", "join": "completed"}


async def test_law_1_an_execution_with_a_node_that_never_fires_is_an_error():
    """Only a bug in the kernel can do that, so a token is taken away by hand."""
    async with Runtime() as runtime:
        plan = workflow({"a": yields, "b": nothing})
        engine = runtime._engine
        execution = await engine.begin(plan, {})
        execution.flow.missing[1] += 1
        execution.kernel.crew.call(execution)
        await execution.wait_ended()
        with pytest.raises(StalledError, match="'b' never fired"):
            result_of(execution)


async def test_law_2_a_waiting_firing_holds_no_task():
    names = [f"n{i}" for i in range(200)]
    policies = dict.fromkeys(names, retried(2, delay_seconds=3600))

    def fails(_record):
        raise ConnectionError

    async with Runtime() as runtime:
        delays = dict.fromkeys(names, lambda _record: Delay({}, 3600))
        steps = dict.fromkeys(names, fails)
        handles = [
            await runtime.start(side_by_side(steps, policies=policies), {}),
            await runtime.start(side_by_side(delays), {}),
        ]
        await anyio.sleep(0.05)
        kernel = runtime._engine.kernel
        assert len(kernel.timers) == 400
        assert len(helpers()) <= 2
        assert [handle.status for handle in handles] == ["running", "running"]


async def test_law_3_leaving_the_runtime_leaves_no_task_behind():
    async def hang(_record):
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:  # a task that outlived the runtime would keep this one open
        async with Runtime(store=MemoryStore()) as runtime:
            for _ in range(20):
                await runtime.start(side_by_side({"a": hang, "b": hang}), {})
            await anyio.sleep(0.01)
        assert not tasks.cancel_scope.cancel_called
    assert not runtime._engine._kernel


async def test_law_4_nothing_between_two_nodes_yields_to_the_loop():
    turns = []

    async def count():
        while True:
            turns.append(1)
            await anyio.lowlevel.checkpoint()

    async def returns_at_once(_record):
        return {}

    many = workflow({f"n{i}": returns_at_once for i in range(50)})
    async with Runtime(store=MemoryStore(), durability="relaxed") as runtime:
        await runtime.run(many, {})
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(count)
            await anyio.sleep(0.01)
            before = len(turns)
            await runtime.run(many, {})
            assert len(turns) - before <= 3  # the budget of the turn may be over once
            tasks.cancel_scope.cancel()


class SteppingClock(SystemClock):
    """A clock on which time passes only where a step says so."""

    def __init__(self):
        self.now_ns = 10**9

    def monotonic_ns(self):
        return self.now_ns


async def test_others_get_two_turns_after_a_firing_that_overran_the_budget():
    clock, turns = SteppingClock(), []

    async def count():
        while True:
            turns.append(1)
            await anyio.lowlevel.checkpoint()

    def overruns(_record):
        clock.now_ns += 10_000_000
        return {}

    many = workflow({f"n{i}": overruns for i in range(20)})
    async with Runtime(clock=clock, watchdog_seconds=None) as runtime, anyio.create_task_group() as tasks:
        tasks.start_soon(count)
        await runtime.run(many, {})
        tasks.cancel_scope.cancel()
    assert 36 <= len(turns) <= 44


def test_law_5_a_policy_decides_without_an_event_loop():
    retry = Retry(max_attempts=4, delay_seconds=1.0, backoff_multiplier=2.0, max_delay_seconds=3.0, jitter=0)
    pauses = [retry.delay_before_next(ConnectionError(), attempt, Random(1)) for attempt in (1, 2, 3, 4)]
    assert pauses == [1.0, 2.0, 3.0, None]


async def test_law_6_the_records_of_what_fed_a_node_come_before_its_own():
    store = MemoryStore()
    steps = dict.fromkeys("abcdef", yields)
    edges = ["a>b", "a>c", "b>d", "c>d", "d>e", "c>f"]
    async with Runtime(store=store) as runtime:
        await runtime.run(workflow(steps, edges), {})
    (execution,) = await store.log.executions()
    order = [row.node for row in await store.log.nodes(execution.id)]
    for edge in edges:
        source, target = edge.split(">")
        assert order.index(source) < order.index(target)


async def test_law_7_two_runtimes_never_meet():
    one, other = MemoryStore(), MemoryStore()
    async with Runtime(store=one) as first, Runtime(store=other) as second:
        await first.run(workflow({"a": nothing}, name="first"), {})
        await second.run(workflow({"a": nothing}, name="second"), {})
    assert [row.workflow for row in await one.log.executions()] == ["first"]
    assert [row.workflow for row in await other.log.executions()] == ["second"]


async def test_law_8_the_log_shows_a_payload_as_it_was_when_the_step_ended():
    shared = {"items": [1]}
    store = MemoryStore()

    def makes(_record):
        return shared

    def changes(record):
        record["items"].append(2)
        return {}

    async with Runtime(store=store) as runtime:
        await runtime.run(workflow({"a": makes, "b": changes}), {})
    (execution,) = await store.log.executions()
    rows = {row.node: row for row in await store.log.nodes(execution.id)}
    assert json.loads(rows["a"].output) == {"items": [1]}


class CountingIds:
    def __init__(self):
        self.count = 0

    def new_id(self):
        self.count += 1
        return f"execution-{self.count}"


class StoppedClock:
    """A clock that only moves when somebody waits for it."""

    def __init__(self):
        self.now = 1_000

    def time_ns(self):
        return self.now

    def monotonic_ns(self):
        return self.now

    async def sleep_until(self, monotonic_ns):
        await anyio.lowlevel.checkpoint()
        self.now = max(self.now, monotonic_ns)


class LastFirst:
    """A gate that starts the last ready firing first, and notes who waited for a turn."""

    def __init__(self):
        self.passed = []

    async def wait_turn(self, execution_id, node_id=""):
        await anyio.lowlevel.checkpoint()
        self.passed.append(f"{execution_id} {node_id}")

    def pick(self, _execution_id, node_ids):
        return len(node_ids) - 1

    def start(self, timers, group):
        group.start_soon(timers.run)

    def go_on(self):
        return False


async def test_law_9_clock_random_ids_and_order_are_injected():
    calls, store, gate = [], MemoryStore(), LastFirst()

    def flaky(_record):
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return {}

    steps = {"a": nothing, "b": yields, "c": flaky}
    policies = {"c": NodePolicy(retry=Retry(max_attempts=3, delay_seconds=3600, jitter=0.5))}
    clock = StoppedClock()
    async with Runtime(
        store=store, clock=clock, random=Random(7), ids=CountingIds(), gate=gate, durability="relaxed"
    ) as runtime:
        await runtime.run(side_by_side(steps, policies=policies), {})
        assert clock.now > 60 * 10**9  # two pauses of up to a minute, in no time
    rows = await store.log.nodes("execution-1")
    random = Random(7)
    expected = [policies["c"].retry.pause_after(attempt, random) for attempt in (1, 2)]
    assert [row.retry_delay_seconds for row in rows if row.node == "c" and row.retry_delay_seconds] == expected
    assert next(row.node for row in rows) == "c"
    assert gate.passed.count("execution-1 b") == 1
    assert gate.passed.count("execution-1 ") >= 5  # three nodes, one of them in three attempts


async def test_an_execution_that_ended_keeps_nothing_alive():
    class Payload(dict):
        pass

    async with Runtime() as runtime:
        for _ in range(3):
            await runtime.run(workflow({"a": lambda _record: Payload(x=1), "b": yields}), {})
        with pytest.raises(ExecutionFailedError):
            await runtime.run(workflow({"a": lambda _record: Payload(x=1), "b": lambda _record: 1 / 0}), {})
        await anyio.lowlevel.checkpoint()
        gc.collect()
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Payload)]


async def test_a_step_that_leaks_a_scope_keeps_nothing_alive():
    class Payload(dict):
        pass

    async def leaks(_record):
        anyio.CancelScope().__enter__()
        return {}

    async with Runtime() as runtime:
        for _ in range(3):
            with pytest.raises(ExecutionFailedError):
                await runtime.run(workflow({"a": lambda _record: Payload(x=1), "b": leaks}), {})
        await anyio.lowlevel.checkpoint()
        gc.collect()
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Payload)]


async def test_a_log_that_has_failed_raises_an_error_of_its_own_each_time():
    class Broken(MemoryStore):
        def __init__(self):
            super().__init__()
            self.log.write = self._refuse

        async def _refuse(self, _batch):
            raise SchemaError("test", "it is another one")

    raised = []

    async def fail_three_times():
        async with Runtime(store=Broken()) as runtime:
            for _ in range(3):
                with pytest.raises(SchemaError) as caught:
                    await runtime.run(workflow({"a": nothing}), {})
                raised.append(caught.value)

    with pytest.raises(SchemaError) as left:
        await fail_three_times()
    assert len({id(error) for error in (*raised, left.value)}) == 4
