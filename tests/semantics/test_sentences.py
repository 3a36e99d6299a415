"""What the page says beside its tables."""

import pytest
from semantics.stage import History, delays, fails, gives, sleeps, workflow

from flowrt import Runtime

# --- what goes over an edge -------------------------------------------------------------------------------------------


@pytest.fixture
def seen():
    """What each node was given that looks."""
    return {}


def looks(seen, name):
    def look(record):
        seen[name] = dict(record)
        return {}

    return look


ERROR = {"node": "node", "type": "LookupError", "message": "not there", "attempts": 2}
WAYS = ["node>success", "node>failure on failure", "node>always on always"]


@pytest.mark.anyio
async def test_over_the_edges_of_a_node_that_completed_goes_what_it_produced(seen):
    steps = {"node": lambda _record: {"a": 1}} | {way: looks(seen, way) for way in ("success", "failure", "always")}
    async with Runtime() as runtime:
        await runtime.run(workflow(steps, WAYS), {"given": True})
    assert seen == {
        "success": {"given": True, "a": 1},
        "always": {"given": True, "outcome": "completed", "value": {"a": 1}},
    }


@pytest.mark.anyio
async def test_over_the_edges_of_a_node_that_failed_goes_its_error(seen):
    steps = {"node": fails} | {way: looks(seen, way) for way in ("success", "failure", "always")}
    policies = {"node": {"retry": {"max_attempts": 2, "delay_seconds": 0}, "on_error": {"default": {"a": 0}}}}
    async with Runtime() as runtime:
        await runtime.run(workflow(steps, WAYS, policies=policies), {"given": True})
    assert seen == {
        "success": {"given": True, "a": 0},
        "failure": {"given": True, "error": ERROR},
        "always": {"given": True, "outcome": "failed", "error": ERROR},
    }


@pytest.mark.anyio
async def test_a_node_that_its_join_lets_fail_never_ran_and_names_the_failure_that_it_began_with(seen):
    steps = {"first": fails, "node": gives, "failure": looks(seen, "failure")}
    policies = {"first": {"on_error": "continue"}, "node": {"retry": {"max_attempts": 3}}}
    async with Runtime() as runtime:
        await runtime.run(workflow(steps, ["first>node", "node>failure on failure"], policies=policies))
    error = seen["failure"]["error"]
    assert (error["node"], error["attempts"]) == ("node", 0)
    assert error["type"] == "flowrt.errors.UpstreamFailedError"
    assert "first: LookupError: not there" in error["message"]


# --- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("on_error", ["skip", "continue", {"default": {}}], ids=str)
async def test_a_step_that_raises_system_exit_fails_its_execution_whatever_is_said(on_error):
    def leaves(_record):
        raise SystemExit(3)

    small = workflow(
        {"node": leaves, "handler": gives}, ["node>handler on failure"], policies={"node": {"on_error": on_error}}
    )
    async with Runtime() as runtime:
        handle = await runtime.start(small)
        assert await handle.wait() == "failed"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("join", "status"),
    [("any", "completed"), ({"quorum": 1}, "completed"), ("all_settled", "completed"), ("all", "failed")],
    ids=str,
)
async def test_a_node_whose_edges_all_end_in_joins_that_do_without_it_continues_by_itself(join, status):
    steps = {"node": fails, "other": gives, "join": gives}
    async with Runtime() as runtime:
        handle = await runtime.start(workflow(steps, ["node>join", "other>join"], joins={"join": join}))
        assert await handle.wait() == status


# --- losers -----------------------------------------------------------------------------------------------------------

RACE = {"quick": delays(1), "slow": sleeps(5), "after": sleeps(5), "shared": sleeps(9), "join": gives, "else": gives}
LEADS = ["quick>join", "slow>after", "after>join", "shared>join", "shared>else"]


async def race(runtime, join, **keys):
    handle = await runtime.start(workflow(RACE, LEADS, joins={"join": join}, **keys))
    assert await handle.wait() == "completed"
    return History(runtime.captured)


async def test_nodes_that_feed_nothing_but_a_join_that_has_decided_are_cancelled(flow_runtime):
    history = await race(flow_runtime, "any")
    assert {node: history.status(node) for node in RACE} == {
        "quick": "completed",
        "slow": "cancelled",
        "after": "cancelled",
        "shared": "completed",
        "join": "completed",
        "else": "completed",
    }
    assert (history.ends_seconds("slow"), history.end.late_tokens) == ([1], 1)


async def test_a_loser_that_the_result_names_goes_on_with_what_feeds_it(flow_runtime):
    history = await race(flow_runtime, "any", result="after")
    assert (history.status("slow"), history.status("after")) == ("completed", "completed")
    assert (history.end_seconds, history.end.late_tokens) == (10, 2)


async def test_losers_may_run_on_and_their_values_are_counted(flow_runtime):
    history = await race(flow_runtime, {"join": "any", "losers": "run"})
    assert {history.status(node) for node in RACE} == {"completed"}
    assert (history.ends_seconds("join"), history.end_seconds, history.end.late_tokens) == ([1], 10, 2)
