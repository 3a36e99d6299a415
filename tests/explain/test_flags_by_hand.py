"""What is said of flags, arguments and branches in definitions that were written by hand."""

from contextlib import suppress

import pytest

from flowrt import ExecutionFailedError, MemoryStore, Runtime, StepRegistry
from flowrt.explain import explain

pytestmark = pytest.mark.anyio


def branch(key, value, **flags):
    return {"id": key, "type": "branch", "data": {"value": value, **flags}}


async def of_definition(nodes, edges, given, key):
    store = MemoryStore()
    steps = StepRegistry.with_builtins(entry_points=False, python_modules=["explain.test_flags"])
    async with Runtime(store=store, steps=steps) as runtime:
        made = [dict(zip(("source", "target"), edge.split(">"), strict=True)) for edge in edges]
        parameters = [{"name": name} for name in given]
        document = {"name": "by hand", "parameters": parameters, "nodes": nodes, "edges": made}
        handle = await runtime.start(document, given)
        with suppress(ExecutionFailedError):
            await handle.wait()
        return handle.why(key), await explain(store, handle.execution_id, key)


def called(key, function, **data):
    return {"id": key, "type": "python", "data": {"function": f"explain.test_flags:{function}", **data}}


PAID = called("paid", "is_paid", arguments={"paid": {"input": "paid"}})


async def test_a_branch_names_its_flag():
    nodes = [PAID, branch("kept", {"input": "order"}, unless=[{"node": "paid"}])]
    for found in await of_definition(nodes, ["paid>kept"], {"paid": True, "order": 1}, "kept"):
        assert found.sentence == ("'kept' was skipped: its flag, the result of 'paid', was true, and must be false.")


async def test_a_branch_that_has_nothing_to_pass_on_says_from_where_it_came():
    nodes = [PAID, branch("one", {"input": "order"}, when=[{"node": "paid"}]), branch("two", {"node": "one"})]
    nodes[2]["data"]["when"] = [{"input": "sure"}]
    given = {"paid": False, "order": 1, "sure": True}
    for found in await of_definition(nodes, ["paid>one", "one>two"], given, "two"):
        assert found.sentence == (
            "'two' was skipped: 'one' was skipped. That began with 'one': its flag, the result of 'paid', was false, "
            "and must be true."
        )


async def test_a_flag_that_a_join_did_not_wait_for_had_no_value_yet():
    """The join decides with what comes first; the log can't tell in which order tokens came."""
    nodes = [
        called("fast", "pick", arguments={"order": {"value": "lamp"}}),
        called("slow", "later", arguments={}),
        called("then", "ship", arguments={"order": {"node": "fast"}}, when=[{"node": "slow"}]),
    ]
    nodes[2]["join"] = {"join": "any", "losers": "run"}
    live, logged = await of_definition(nodes, ["fast>then", "slow>then"], {}, "then")
    assert live.sentence == logged.sentence == "'then' was skipped: its flag, the result of 'slow', had no value yet."


async def test_an_argument_that_a_join_did_not_wait_for_had_no_value_yet():
    nodes = [
        called("fast", "pick", arguments={"order": {"value": "lamp"}}),
        called("slow", "later", arguments={}),
        called("then", "is_paid", arguments={"paid": {"node": "slow"}}),
    ]
    nodes[2]["join"] = {"join": "any", "losers": "run"}
    for found in await of_definition(nodes, ["fast>then", "slow>then"], {}, "then"):
        assert found.sentence == "'then' was skipped, as an argument that it needs had no value yet."
