"""Tests in virtual time, as users write them."""

import pytest

FLOWS = """
import anyio
import pytest
import flowrt
from flowrt.errors import ExecutionFailedError

@flowrt.step
async def waits(x: int) -> int:
    await anyio.sleep(3600)
    return x

@flowrt.step
def doubles(x: int) -> int:
    return 2 * x

@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=60))
def fails(x: int) -> int:
    raise LookupError

@flowrt.workflow
def hour(x: int) -> int:
    return doubles(waits(x))

@flowrt.workflow
def failing(x: int) -> int:
    return fails(x)
"""


@pytest.fixture
def run(pytester):
    """Write a test file, run pytest on it in a process of its own, and return what it said."""

    def run_tests(code, *options):
        pytester.makepyfile(FLOWS + code)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)

    return run_tests


def test_an_async_test_runs_in_virtual_time_without_a_mark(run):
    result = run("""
async def test_it(flow_runtime, virtual_clock):
    assert await flow_runtime.run(hour, {"x": 2}) == 4
    assert virtual_clock.now_seconds == 3600
    (execution,) = await flow_runtime.store.log.executions()
    assert execution.status == "completed"
    flow_runtime.trace.assert_order("waits", "doubles")
    assert len(flow_runtime.events) == 4
    await anyio.sleep(100)
    assert anyio.current_time() == 3700
""")
    result.assert_outcomes(passed=1)


def test_time_alone_is_enough(run):
    result = run("""
async def test_it(virtual_clock):
    await anyio.sleep(10)
    assert virtual_clock.now_seconds == 10
    with pytest.raises(TimeoutError), anyio.fail_after(5):
        await anyio.sleep_forever()

class TestMethods:
    async def test_it(self, flow_runtime, tmp_path):
        assert await flow_runtime.run(hour, {"x": 2}) == 4
""")
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('await flow_runtime.start(hour, {"x": 1})', "of 'hour' still runs: the step of node 'waits' is suspended"),
        (
            'await flow_runtime.start(failing, {"x": 1}); await anyio.sleep(1)',
            "of 'failing' still runs: node 'fails' waits for its time",
        ),
        (
            'flow_runtime.store.log.write = refuse; h = await flow_runtime.start(hour, {"x": 1})',
            "StoreError",
        ),
    ],
)
def test_what_is_left_fails_the_test(run, body, message):
    result = run(f"""
async def refuse(batch):
    raise flowrt.StoreError("x", "refused")

async def test_it(flow_runtime):
    {body}
""")
    result.assert_outcomes(failed=1)
    assert message in result.stdout.str()


def test_a_step_that_refuses_to_end_is_named(run):
    result = run("""
async def test_it(flow_runtime):
    @flowrt.step
    async def stubborn(x: int) -> int:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(1000)
        return x

    @flowrt.workflow
    def flow(x: int) -> int:
        return stubborn(x)

    handle = await flow_runtime.start(flow, {"x": 1})
    await anyio.sleep(1)
    handle.cancel()
    await anyio.sleep(10)
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the step of node 'stubborn' is suspended*"])


def test_the_failure_of_the_body_is_what_is_told(run):
    result = run("""
async def test_it(flow_runtime):
    await flow_runtime.start(hour, {"x": 1})
    assert 1 == 2
""")
    result.assert_outcomes(failed=1)
    assert "assert 1 == 2" in result.stdout.str()
    assert "left something behind" not in result.stdout.str()


def test_a_plain_test_is_told_to_be_async(run):
    result = run("""
def test_it(flow_runtime):
    pass
""")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*test_it uses flow_runtime, so it must be an `async def`*"])


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
    result = run(SEEDED, "--flow-seeds", "5")
    result.assert_outcomes(passed=10, failed=1)
    result.stdout.fnmatch_lines(["*test_it?seed=3?*", "*seed 3; rerun with --flow-seed 3*"])
    run(SEEDED, "--flow-seed", "3").assert_outcomes(passed=2, failed=1)
    run(SEEDED).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--flow-seed", "x"], "invalid int value: 'x'"), (["--flow-seeds", "0"], "--flow-seeds: invalid")],
)
def test_an_option_that_can_not_be_is_a_usage_error(run, options, message):
    result = run(SEEDED, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str()


def test_seeds_decide_the_order(run):
    result = run(
        """
import collections
from flowrt.testing import simulate
seen = collections.Counter()

@flowrt.step
def left(x: int) -> int:
    order.append("left")
    return x

@flowrt.step
def right(x: int) -> int:
    order.append("right")
    return x

@flowrt.step
def both(a: int, b: int) -> int:
    return a + b

@flowrt.workflow
def pair(x: int) -> int:
    return both(left(x), right(x))

order = []

async def test_it(flow_runtime):
    order.clear()
    await flow_runtime.run(pair, {"x": 1})
    seen[tuple(order)] += 1

def test_both_orders_were_seen():
    assert len(seen) == 2
""",
        "--flow-seeds",
        "10",
    )
    result.assert_outcomes(passed=11)


GOLDEN = """
async def test_it(flow_runtime, golden_trace):
    await flow_runtime.run(hour, {"x": 1})
    golden_trace(flow_runtime.trace)
"""


def test_a_trace_is_kept_in_a_file_beside_the_test(run, pytester):
    run(GOLDEN).assert_outcomes(failed=1)
    run(GOLDEN, "--flow-update-traces").assert_outcomes(passed=1)
    assert "3600.000000000 [1] waits #1 ended completed" in (pytester.path / "traces" / "test_it.txt").read_text()
    run(GOLDEN).assert_outcomes(passed=1)


BESIDE = """
import sniffio
{mark}

async def test_flow(flow_runtime):
    assert await flow_runtime.run(hour, {{"x": 1}}) == 2

async def test_other({fixtures}):
    assert sniffio.current_async_library() == {library}
    with pytest.raises(TimeoutError), anyio.fail_after(0):
        await anyio.sleep(1)
"""


@pytest.mark.parametrize(
    ("mark", "fixtures", "library", "options", "passed"),
    [
        ("pytestmark = pytest.mark.anyio", "anyio_backend_name", "anyio_backend_name", [], 4),
        ("", "anyio_backend_name", "anyio_backend_name", ["-o", "anyio_mode=auto"], 4),
        ("pytestmark = pytest.mark.trio", "", "'trio'", [], 2),
        ("", "", "'trio'", ["-o", "trio_mode=true"], 2),
    ],
    ids=["anyio", "anyio auto", "pytest-trio", "pytest-trio auto"],
)
def test_other_plugins_tests_run_as_before(run, mark, fixtures, library, options, passed):  # noqa: PLR0917
    code = BESIDE.format(mark=mark, fixtures=fixtures, library=library)
    run(code, *options).assert_outcomes(passed=passed)


def test_the_plugin_is_light(pytester):
    pytester.makepyfile("""
import sys

def test_it():
    assert not {"trio", "flowrt.testing.simulation", "hypothesis", "sqlalchemy"} & set(sys.modules)
""")
    options = ["-p", "no:anyio", "-p", "no:trio", "-p", "no:hypothesispytest", "-p", "no:_hypothesis_pytestplugin"]
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)
