"""Executions that wait to be told something."""

import anyio
import pytest
from semantics.stage import Held, History, gives, workflow
from sink.manual_clock import ManualClock

from flowrt import (
    DefinitionError,
    ExecutionFailedError,
    MemoryStore,
    Runtime,
    SignalRefusedError,
    StepRegistry,
    load_definition,
)
from flowrt.actors.timers import FEW
from flowrt.errors import SignalTimeoutError

pytestmark = pytest.mark.anyio
AMOUNT = {"type": "object", "properties": {"amount": {"type": "number", "minimum": 1}}, "required": ["amount"]}


def waits(**data):
    return {"type": "wait_signal", "data": {"name": "paid", **data}}


def decided(**data):
    """A workflow that goes one of two ways, as a person decides."""
    steps = {"ask": {"type": "approval", "data": data}, "give": gives, "refuse": gives}
    return workflow(steps, ["ask.approved>give", "ask.rejected>refuse"])


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def events():
    return []


async def test_limits_that_were_not_reached_do_not_pile_up():
    definition = {"policy": {"deadline_seconds": 86_400}, "nodes": [{"id": "a", "type": "start"}]}
    quick = load_definition(definition, StepRegistry.with_builtins())
    async with Runtime() as runtime:
        timers = runtime._engine.kernel.timers
        lasting = await runtime.start(workflow({"node": waits(timeout_seconds=3600)}))
        await anyio.wait_all_tasks_blocked()
        for _ in range(2 * FEW):
            await runtime.run(quick)
        assert len(timers) == 1
        assert len([*timers]) <= FEW
        await runtime.signal(lasting.execution_id, "paid", {"amount": 5})
        assert await lasting.result() == {"paid": {"amount": 5}}


async def test_a_signal_is_what_the_node_produces():
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"node": waits(output_key="payment")}))
        await runtime.signal(handle.execution_id, "paid", {"amount": 5})
        assert await handle.result() == {"payment": {"amount": 5}}


async def test_a_signal_that_comes_early_is_kept():
    held = Held()
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"before": held.step, "node": waits()}, ["before>node"]))
        await held.begun.wait()
        await runtime.signal(handle.execution_id, "paid", 1)
        assert handle.status == "running"
        held.told.set()
        with anyio.fail_after(10):
            assert await handle.result() == {"paid": 1}


async def test_the_node_that_has_waited_longest_takes_the_signal():
    gates = {"one": Held(), "two": Held()}
    steps = {gate: held.step for gate, held in gates.items()}
    steps |= {"first": waits(output_key="first"), "second": waits(output_key="second")}
    async with Runtime() as runtime:
        handle = await runtime.start(workflow(steps, ["one>first", "two>second"]))
        for gate in ("two", "one"):
            gates[gate].told.set()
            await anyio.wait_all_tasks_blocked()
        for payload in (1, 2):
            await runtime.signal(handle.execution_id, "paid", payload)
        assert await handle.result() == {"first": {"first": 2}, "second": {"second": 1}}


async def test_a_wait_that_takes_too_long_ends_with_its_default(clock):
    async with Runtime(clock=clock) as runtime:
        handle = await runtime.start(workflow({"node": waits(timeout_seconds=60, default={"amount": 0})}))
        await anyio.wait_all_tasks_blocked()
        await clock.advance(59)
        assert handle.status == "running"
        await clock.advance(1)
        assert await handle.result() == {"paid": {"amount": 0}}


async def test_a_wait_that_takes_too_long_fails_by_name_without_a_default(clock):
    async with Runtime(clock=clock) as runtime:
        handle = await runtime.start(workflow({"node": waits(timeout_seconds=60)}))
        await anyio.wait_all_tasks_blocked()
        await clock.advance(60)
        with pytest.raises(ExecutionFailedError) as caught:
            await handle.result()
    assert isinstance(caught.value.__cause__, SignalTimeoutError)


async def test_a_signal_in_time_is_not_followed_by_the_default(clock, events):
    async with Runtime(clock=clock, hooks=[events.append]) as runtime:
        held = Held()
        steps = {"node": waits(timeout_seconds=60, default=0), "other": held.step}
        handle = await runtime.start(workflow(steps))
        await anyio.wait_all_tasks_blocked()
        await runtime.signal(handle.execution_id, "paid", 1)
        await clock.advance(100)
        held.told.set()
        assert await handle.result() == {"node": {"paid": 1}, "other": {}}
    assert History(events).statuses("node") == ["completed"]


@pytest.mark.parametrize("payload", [None, {}, {"amount": 0}, {"amount": "5"}], ids=str)
async def test_a_payload_that_does_not_fit_the_schema_is_refused_and_the_node_waits_on(payload):
    async with Runtime() as runtime:
        handle = await runtime.start(workflow({"node": waits(payload_schema=AMOUNT)}))
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(SignalRefusedError, match="the payload does not fit"):
            await runtime.signal(handle.execution_id, "paid", payload)
        assert handle.status == "running"
        await runtime.signal(handle.execution_id, "paid", {"amount": 5})
        assert await handle.result() == {"paid": {"amount": 5}}


@pytest.mark.parametrize(("approved", "taken"), [(True, "give"), (False, "refuse")])
async def test_an_approval_takes_the_way_that_was_decided(events, approved, taken):
    async with Runtime(hooks=[events.append]) as runtime:
        handle = await runtime.start(decided())
        await runtime.signal(handle.execution_id, "approval", {"approved": approved, "by": "Ada"})
        assert await handle.wait() == "completed"
    history = History(events)
    assert {node: history.status(node) for node in ("give", "refuse")} == {
        node: "completed" if node == taken else "skipped" for node in ("give", "refuse")
    }


@pytest.mark.parametrize(("default", "taken"), [("approved", "give"), ("rejected", "refuse")])
async def test_an_approval_that_nobody_gives_in_time_is_decided_by_its_default(clock, events, default, taken):
    async with Runtime(clock=clock, hooks=[events.append]) as runtime:
        handle = await runtime.start(decided(timeout_seconds=60, default=default))
        await anyio.wait_all_tasks_blocked()
        await clock.advance(60)
        assert await handle.wait() == "completed"
    assert History(events).status(taken) == "completed"


@pytest.mark.parametrize("payload", [None, "yes", {"approved": "yes"}, {"by": "Ada"}], ids=str)
async def test_an_approval_takes_only_a_decision(payload):
    async with Runtime() as runtime:
        handle = await runtime.start(decided())
        with pytest.raises(SignalRefusedError, match="expected an object"):
            await runtime.signal(handle.execution_id, "approval", payload)
        handle.cancel()


async def test_a_signal_to_an_execution_that_is_over_changes_nothing():
    store = MemoryStore()
    async with Runtime(store=store) as runtime:
        handle = await runtime.start(workflow({"node": waits()}))
        await runtime.signal(handle.execution_id, "paid", 1)
        await handle.wait()
        before = [await store.log.execution(handle.execution_id), await store.log.nodes(handle.execution_id)]
        with pytest.raises(SignalRefusedError, match="it is over"):
            await runtime.signal(handle.execution_id, "paid", 2)
        after = [await store.log.execution(handle.execution_id), await store.log.nodes(handle.execution_id)]
        assert (after, await handle.result()) == (before, {"paid": 1})


async def test_a_signal_that_nobody_can_take_is_refused():
    async with Runtime() as runtime:
        held = Held()
        handle = await runtime.start(workflow({"node": waits(), "other": held.step}))
        await held.begun.wait()
        with pytest.raises(SignalRefusedError, match="no node of 'small' waits for it; it knows paid"):
            await runtime.signal(handle.execution_id, "payed", 1)
        with pytest.raises(SignalRefusedError, match="no execution of that id"):
            await runtime.signal("nobody", "paid", 1)
        await runtime.signal(handle.execution_id, "paid", 1)
        with pytest.raises(SignalRefusedError, match="has ended already"):
            await runtime.signal(handle.execution_id, "paid", 2)
        held.told.set()
        await handle.wait()


async def test_a_signal_that_had_come_already_leaves_no_timer_of_its_node(events):
    async with Runtime(hooks=[events.append]) as runtime:
        held = Held()
        steps = {"before": held.step, "node": waits()}
        policies = {"node": {"timeout": {"total": 3600}}}
        handle = await runtime.start(workflow(steps, ["before>node"], policies=policies))
        await runtime.signal(handle.execution_id, "paid", 1)
        held.told.set()
        assert await handle.wait() == "completed"
        assert len(runtime._engine.kernel.timers) == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"default": 1}, "give `timeout_seconds` too"),
        ({"default": "5", "timeout_seconds": 1, "payload_schema": AMOUNT}, "it does not fit `payload_schema`"),
    ],
)
def test_a_default_that_no_signal_could_bring_or_that_nobody_waits_for_is_refused(data, message):
    with pytest.raises(DefinitionError, match=message) as caught:
        workflow({"node": waits(**data)})
    assert [problem.pointer for problem in caught.value.problems] == ["/nodes/0/data/default"]


async def test_no_more_signals_are_kept_than_nodes_can_take():
    held = Held()
    steps = {"before": held.step, "one": waits(output_key="one"), "two": waits(output_key="two")}
    async with Runtime() as runtime:
        handle = await runtime.start(workflow(steps, ["before>one", "before>two"]))
        for payload in (1, 2):
            await runtime.signal(handle.execution_id, "paid", payload)
        with pytest.raises(SignalRefusedError, match="as many are kept already as there are nodes that may take one"):
            await runtime.signal(handle.execution_id, "paid", 3)
        held.told.set()
        assert await handle.result() == {"one": {"one": 1}, "two": {"two": 2}}
