"""Tests in virtual time, as users write them."""

import pytest


def test_an_async_test_runs_in_virtual_time_without_a_mark(run):
    result = run("""
from flowrt.testing import FlowRuntime, VirtualClock

async def test_it(flow_runtime: FlowRuntime, virtual_clock: VirtualClock):
    assert await flow_runtime.run(hour, {"x": 2}) == 4
    assert virtual_clock is flow_runtime.clock
    assert virtual_clock.now_seconds == 3600
    (execution,) = await flow_runtime.store.log.executions()
    assert execution.status == "completed"
    flow_runtime.trace.assert_order("waits", "doubles")
    assert len(flow_runtime.captured.logged) == 4
    await anyio.sleep(100)
    assert anyio.current_time() == 3700
""")
    result.assert_outcomes(passed=1)


def test_the_clock_alone_makes_an_async_test_run_in_virtual_time(run):
    result = run("""
async def test_it(virtual_clock):
    with pytest.raises(TimeoutError), anyio.fail_after(5):
        await anyio.sleep_forever()
    assert virtual_clock.now_seconds == 5

def test_plain(virtual_clock, flow_seed):
    assert (virtual_clock.now_ns, flow_seed) == (0, 0)
""")
    result.assert_outcomes(passed=2)


def test_methods_parameters_and_other_fixtures_work_as_usual(run):
    result = run("""
@pytest.fixture
def shop(flow_runtime):
    return flow_runtime

class TestMethods:
    def setup_method(self):
        self.doubled = 4

    @pytest.mark.parametrize("x", [1, 2])
    async def test_it(self, shop, tmp_path, x):
        assert await shop.run(hour, {"x": x}) <= self.doubled

    @staticmethod
    async def test_static(flow_runtime):
        assert await flow_runtime.run(quick, {"x": 2}) == 4

@pytest.mark.usefixtures("flow_runtime")
async def test_a_mark_is_enough():
    await anyio.sleep(10**6)

async def test_skip(flow_runtime):
    pytest.skip("not today")

@pytest.mark.xfail(raises=ZeroDivisionError)
async def test_expected(flow_runtime):
    1 / 0
""")
    result.assert_outcomes(passed=4, skipped=1, xfailed=1)


def test_a_fixture_gives_the_runtime_its_options(run):
    result = run("""
@pytest.fixture
def flow_runtime_options():
    return {"durability": "relaxed", "python_modules": ["testing.kit_flows"]}

async def test_it(flow_runtime):
    node = {"id": "a", "type": "python", "data": {"function": "testing.kit_flows:doubles", "output_key": "y"}}
    assert await flow_runtime.run({"nodes": [node]}, {"x": 4}) == {"x": 4, "y": 8}
""")
    result.assert_outcomes(passed=1)


# --- what is left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ('await start(hour, {"x": 1})', ["of 'hour' still runs: the step of node 'waits' is suspended"]),
        ('await start(failing, {"x": 1})', ["of 'failing' still runs: node 'fails' waits for its next attempt"]),
        ('await start(later, {"x": 1})', ["of 'later' still runs: node 'delays' waits for its delay to end"]),
        (
            'flow_runtime.pause(); await start(quick, {"x": 1})',
            ["of 'quick' is paused: node 'doubles' is ready to fire"],
        ),
        (
            'await start(hour, {"x": 1}); await start(later, {"x": 1})',
            ["the step of node 'waits' is suspended", "node 'delays' waits for its delay to end"],
        ),
        (
            'handle = await start(stubborn, {"x": 1}); await anyio.sleep(1); handle.cancel()',
            ["of 'stubborn' was cancelled, but has not ended: the step of node 'refuses' is suspended"],
        ),
        (
            'global kept; kept = flow_runtime.map(quick, [{"x": 1}] * 9, max_at_once=2); await anext(kept)',
            ["the task 'flowrt map' still runs"],
        ),
        (
            'await start(quick, {"x": 1}); await flow_runtime.store.close(); await anyio.sleep(99)',
            ["not written to the store: attempt 1 of node 'doubles'", "not written to the store: the end of execution"],
        ),
    ],
    ids=["step", "retry", "delay", "paused", "two", "cancelled", "map", "record"],
)
def test_what_is_left_fails_the_test_by_name(run, body, messages):
    result = run(f"""
async def test_it(flow_runtime):
    start = flow_runtime.start
    {body}
""")
    result.assert_outcomes(failed=1)
    for message in ["the test left something behind", *messages]:
        assert message in result.stdout.str()


def test_a_task_that_is_left_fails_the_test_by_name(run):
    result = run("""
import trio

async def test_with_a_runtime(flow_runtime):
    trio.lowlevel.spawn_system_task(trio.sleep_forever, name="poller")

async def test_with_a_clock(virtual_clock):
    trio.lowlevel.spawn_system_task(trio.sleep, 50)

async def test_without_one(virtual_clock):
    async with anyio.create_task_group() as group:
        group.start_soon(trio.sleep, 50)
    with anyio.move_on_after(1):
        await anyio.sleep(50)
""")
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["*the task 'poller' still runs", "*the task 'trio.sleep' still runs"])


def test_an_abandoned_step_fails_the_test_by_name(run):
    code = """
async def test_it(flow_runtime):
    with anyio.move_on_after(1):
        await flow_runtime.run(half_stubborn, {"x": 1})
"""
    result = run(code, "--flow-seeds=10")  # in some orders the caller's own task runs the step, and waits for it
    assert "the step of node 'refuses', which was cancelled, has not ended" in result.stdout.str()


@pytest.mark.parametrize(
    "body",
    [
        'await start(quick, {"x": 1})',
        'await (await start(hour, {"x": 1})).wait()',
        '[event async for event in (await start(hour, {"x": 1})).events()]',
        '(await start(hour, {"x": 1})).cancel()',
        'handle = await start(hour, {"x": 1}); await anyio.sleep(1); handle.cancel()',
        'with anyio.move_on_after(1): await flow_runtime.run(hour, {"x": 1})',
        'assert [r.output async for r in flow_runtime.map(quick, [{"x": 1}, {"x": 2}])] == [2, 4]',
        'await anext(flow_runtime.map(hour, [{"x": 1}] * 9, max_at_once=2))',
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_ends_by_itself_is_not_left(run, body, seed):
    result = run(
        f"""
async def test_it(flow_runtime):
    start = flow_runtime.start
    {body}
""",
        f"--flow-seed={seed}",
    )
    result.assert_outcomes(passed=1)


def test_the_failure_of_the_body_is_the_one_that_is_told(run):
    result = run("""
async def test_it(flow_runtime):
    await flow_runtime.start(hour, {"x": 1})
    await flow_runtime.start(stubborn, {"x": 1})
    await anyio.sleep(1)
    assert 1 == 2
""")
    result.assert_outcomes(failed=1)
    assert "assert 1 == 2" in result.stdout.str()
    assert "left something behind" not in result.stdout.str()


# --- seeds ------------------------------------------------------------------------------------------------------------

SEEDED = """
async def test_it(flow_runtime, flow_seed):
    assert await flow_runtime.run(hour, {"x": 1}) == 2
    assert flow_seed != 3

def test_plain(flow_seed):
    assert isinstance(flow_seed, int)

def test_other():
    pass
"""


def test_a_test_runs_under_many_seeds_and_tells_the_one_that_failed(run):
    result = run(SEEDED, "--flow-seeds=5")
    result.assert_outcomes(passed=10, failed=1)
    result.stdout.fnmatch_lines(["*test_it?seed=3?*", "*- flowrt seed -*", "seed 3: run it again with --flow-seed=3"])
    result = run(SEEDED, "--flow-seed=3")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["seed 3: run it again with --flow-seed=3"])
    run(SEEDED).assert_outcomes(passed=3)


def test_a_test_that_parametrises_its_seed_keeps_it(run):
    code = """
@pytest.mark.parametrize(("flow_seed", "x"), [(7, 1), (8, 2)])
async def test_it(flow_runtime, flow_seed, x):
    assert flow_seed == 6 + x
    assert await flow_runtime.run(hour, {"x": x}) == 2
"""
    result = run(code, "--flow-seeds=3")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["seed 8: a parameter of the test"])


def test_a_seed_decides_which_node_fires_first(run):
    result = run(
        """
seen = set()

async def test_it(flow_runtime):
    seen.add(await flow_runtime.run(pair, {"x": 1}))

def test_both_were_first():
    assert seen == {"left", "right"}
""",
        "--flow-seeds=10",
    )
    result.assert_outcomes(passed=11)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--flow-seed=x"], "argument --flow-seed: 'x' is no integer"),
        (["--flow-seeds=1.5"], "argument --flow-seeds: '1.5' is no integer"),
        (["--flow-seeds=0"], "argument --flow-seeds: 0 is too few; it must be 1 or more"),
        (["--flow-seeds=2", "--flow-seed=0"], "--flow-seed runs one seed and --flow-seeds many: give one of them"),
    ],
)
def test_an_option_that_can_not_be_is_a_usage_error(run, options, message):
    result = run(SEEDED, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str()
