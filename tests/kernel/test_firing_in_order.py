"""Nodes that fire in the order of the plan are counted as soon as somebody looks at them, or does something to them."""

import logging
from random import Random

import anyio
import anyio.lowlevel
import pytest
from kernel.test_turns import MILLISECOND, WorkingClock
from kernel.workflows import workflow

from flowrt.errors import ExecutionCancelledError
from flowrt.events import AttemptEnded, AttemptStarted
from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio
DIAMOND = ["a>b", "a>c", "b>d", "c>e", "d>f", "e>f"]
"""It fires as a, b, d, c, e, f."""


class Acted:
    """Runs a diamond in the background, and does something to its handle inside of a step that returns at once."""

    def __init__(self, place, act):
        self.order, self.told = [], None
        self._place, self._act = place, act
        self.handle = None

    def step(self, name):
        def fires(_record):
            self.order.append(name)
            if name == self._place:
                self.told = self._act(self.handle)
            return {name: 1}

        return fires

    async def start(self, runtime, edges=DIAMOND):
        steps = {name: self.step(name) for name in "abcdef"}
        self.handle = await runtime.start(workflow(steps, edges))
        return self.handle


async def test_a_step_that_asks_why_is_told_how_all_nodes_stand_now():
    names = "abcdef"
    acted = Acted("d", lambda handle: {name: handle.why(name).state for name in names})
    async with Runtime() as runtime:
        result = await (await acted.start(runtime)).result()
    assert acted.told == {
        "a": "completed",
        "b": "completed",
        "c": "ready",
        "d": "running",
        "e": "waiting for inputs",
        "f": "waiting for inputs",
    }
    assert result == dict.fromkeys(names, 1)
    assert "".join(acted.order) == "abdcef"


async def test_a_step_that_cancels_its_execution_lets_nothing_follow():
    acted = Acted("d", lambda handle: handle.cancel("enough"))
    async with Runtime() as runtime:
        with pytest.raises(ExecutionCancelledError, match="enough"):
            await (await acted.start(runtime)).result()
    assert "".join(acted.order) == "abd"


async def test_a_step_that_cancels_another_node_goes_on_without_it():
    acted = Acted("d", lambda handle: handle.cancel("not needed", node="c"))
    async with Runtime() as runtime:
        assert await (await acted.start(runtime)).result() == dict.fromkeys("abdf", 1)
    assert "".join(acted.order) == "abdf"


async def test_a_step_that_pauses_its_execution_stops_it_until_it_is_resumed():
    acted = Acted("d", lambda handle: handle.pause())
    async with Runtime() as runtime:
        handle = await acted.start(runtime)
        await anyio.wait_all_tasks_blocked()
        assert "".join(acted.order) == "abd"
        handle.resume()
        assert await handle.result() == dict.fromkeys("abcdef", 1)
    assert "".join(acted.order) == "abdcef"


async def test_a_step_that_begins_to_listen_hears_of_all_that_follows():
    acted = Acted("d", lambda handle: handle.events())
    async with Runtime() as runtime:
        await (await acted.start(runtime)).result()
        heard = [event async for event in acted.told]
    assert [event.node for event in heard if isinstance(event, AttemptEnded)] == list("dcef")
    assert [event.node for event in heard if isinstance(event, AttemptStarted)] == list("cef")


async def test_an_execution_that_takes_many_turns_fires_each_node_once_and_others_beside_it():
    clock, order = WorkingClock(), []

    def step(name):
        def works(_record):
            clock.now_ns += MILLISECOND
            order.append(name)
            return {}

        return works

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime, anyio.create_task_group() as tasks:
        for caller in "xy":
            line = workflow({f"{caller}{place}": step((caller, place)) for place in range(30)})
            tasks.start_soon(runtime.run, line, {})
    assert [place for caller, place in order if caller == "x"] == list(range(30))
    assert [place for caller, place in order if caller == "y"] == list(range(30))
    assert {caller for caller, _ in order[:10]} == {"x", "y"}


@pytest.mark.parametrize("act", ["cancel", "pause"])
async def test_what_comes_between_two_turns_counts_for_all_that_has_not_begun(act):
    clock, order = WorkingClock(), []

    def works(_record):
        clock.now_ns += 10 * MILLISECOND
        order.append(len(order))
        return {}

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        handle = await runtime.start(workflow({f"n{place}": works for place in range(20)}))
        while len(order) < 5:
            await anyio.lowlevel.checkpoint()
        if act == "pause":
            handle.pause()
            await anyio.wait_all_tasks_blocked()
            assert len(order) == 5
            handle.resume()
            assert await handle.wait() == "completed"
        else:
            handle.cancel("enough")
            assert await handle.wait() == "cancelled"
    assert order == list(range(20 if act == "pause" else 5))


@pytest.mark.parametrize("seed", range(20))
async def test_nodes_fire_in_the_same_order_whether_or_not_somebody_listens(seed):
    random = Random(seed)
    size = random.randint(2, 20)
    edges = [f"n{random.randrange(node)}>n{node}" for node in range(1, size) for _ in range(random.randint(1, 3))]
    orders = []

    def step(name):
        def fires(_record):
            orders[-1].append(name)
            return {name: 1}

        return fires

    plan = workflow({f"n{node}": step(f"n{node}") for node in range(size)}, edges)
    results = []
    for hooks in ([], [lambda _event: None]):
        async with Runtime(hooks=hooks) as runtime:
            orders.append([])
            results.append(await runtime.run(plan))
    assert orders[0] == orders[1]
    assert results[0] == results[1]


async def test_who_is_told_of_a_long_firing_sees_it_ended():
    told = []

    class Asks(logging.Handler):
        def emit(self, _record):
            told.append({name: acted.handle.why(name).state for name in "abd"})

    clock = WorkingClock()
    acted = Acted("b", lambda _handle: clock.works(200)(None))
    handler, logger = Asks(), logging.getLogger("flowrt")
    logger.addHandler(handler)
    try:
        async with Runtime(clock=clock) as runtime:
            assert await (await acted.start(runtime)).result() == dict.fromkeys("abcdef", 1)
    finally:
        logger.removeHandler(handler)
    assert told == [{"a": "completed", "b": "completed", "d": "ready"}]


@pytest.mark.parametrize("hooks", [[], [lambda _event: None]], ids=["in order", "counted"])
async def test_a_step_that_holds_the_loop_and_then_runs_a_workflow_is_named(hooks, caplog):
    clock = WorkingClock()
    async with Runtime(clock=clock, hooks=hooks) as runtime:
        inner = workflow({"small": clock.works(1)}, name="inner")

        async def holds(_record):
            clock.now_ns += 200 * MILLISECOND
            return await runtime.run(inner)

        await runtime.run(workflow({"holds": holds}))
    assert "node 'holds' of workflow 'test' held the event loop" in caplog.text


async def test_the_result_of_several_ends_takes_no_count():
    flows = []

    def looks(_record):
        flows.append(next(iter(runtime._engine.kernel.executions)).flow)
        return {"a": 1}

    async with Runtime() as runtime:
        plan = workflow({"a": looks, "b": lambda _: {"b": 1}, "c": lambda _: {"c": 1}}, ["a>b", "a>c"])
        assert await runtime.run(plan) == {"b": {"a": 1, "b": 1}, "c": {"a": 1, "c": 1}}
    assert flows[0].begun == 3
