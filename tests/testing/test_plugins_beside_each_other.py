"""Tests of flowrt's plugin, anyio's, pytest-trio's and hypothesis, in one file and one session."""

import subprocess
import sys

import pytest

BESIDE = """
import sniffio
{mark}

async def test_ours(flow_runtime):
    assert sniffio.current_async_library() == "trio"
    assert await flow_runtime.run(hour, {{"x": 1}}) == 2

async def test_theirs({fixtures}):
    assert sniffio.current_async_library() == {library}
    with pytest.raises(TimeoutError), anyio.fail_after(0):
        await anyio.sleep(1)
"""
ANYIO = ("anyio_backend_name", "anyio_backend_name", ["test_theirs[asyncio]", "test_theirs[trio]"])
TRIO = ("autojump_clock", "'trio'", ["test_theirs"])
"""For the tests beside ours: their arguments, what they run on, and their names."""


@pytest.mark.parametrize(
    ("mark", "options", "theirs"),
    [
        ("pytestmark = pytest.mark.anyio", [], ANYIO),
        ("", ["-o", "anyio_mode=auto"], ANYIO),
        ("pytestmark = pytest.mark.trio", [], TRIO),
        ("", ["-o", "trio_mode=true"], TRIO),
    ],
    ids=["anyio", "anyio auto", "pytest-trio", "pytest-trio auto"],
)
@pytest.mark.parametrize("seeds", [[], ["--flow-seeds=2"]], ids=["one seed", "two seeds"])
def test_each_test_is_run_by_its_own_plugin(run, mark, options, theirs, seeds):
    fixtures, library, names = theirs
    result = run(BESIDE.format(mark=mark, fixtures=fixtures, library=library), "-v", *options, *seeds)
    ours = ["test_ours[seed=0]", "test_ours[seed=1]"] if seeds else ["test_ours"]
    result.assert_outcomes(passed=len(ours) + len(names))
    ran = [line.split("::")[1].split(" ")[0] for line in result.outlines if " PASSED " in line]
    assert ran == [*ours, *names]


def test_all_plugins_at_once_and_marks_on_single_tests(run):
    result = run(
        """
import sniffio

@pytest.mark.anyio
async def test_marked_for_anyio(flow_runtime): pass

@pytest.mark.trio
async def test_marked_for_trio(virtual_clock): await anyio.sleep(1000)

@pytest.mark.anyio
async def test_anyio(anyio_backend_name):
    assert sniffio.current_async_library() == anyio_backend_name

@pytest.mark.trio
async def test_trio(nursery):
    assert sniffio.current_async_library() == "trio"
"""
    )
    result.assert_outcomes(passed=5)


def test_a_test_that_asks_for_a_backend_is_still_run_for_each(run):
    result = run("""
@pytest.mark.anyio
async def test_it(flow_runtime, anyio_backend_name):
    assert await flow_runtime.run(hour, {"x": 1}) == 2
""")
    result.assert_outcomes(passed=2)


HYPOTHESIS = """
from hypothesis import given, settings, strategies as st

seen = set()

{mark}
@settings(max_examples=10, deadline=None, database=None)
@given(x=st.integers(0, 100))
async def test_it(flow_runtime, virtual_clock, flow_seed, x):
    assert virtual_clock is flow_runtime.clock
    assert (virtual_clock.now_ns, len(flow_runtime.captured)) == (0, 0)
    assert await flow_runtime.run(hour, {{"x": x}}) == 2 * x
    seen.add(x)

class TestMethods:
    @settings(max_examples=10, deadline=None, database=None)
    @given(x=st.integers(0, 100))
    async def test_it(self, flow_runtime, x):
        assert await flow_runtime.run(hour, {{"x": x}}) == 2 * x

def test_there_were_many():
    assert len(seen) > 1
"""


@pytest.mark.parametrize("mark", ["", "@pytest.mark.anyio", "@pytest.mark.trio"])
def test_each_example_of_hypothesis_has_a_simulation_of_its_own(run, mark):
    run(HYPOTHESIS.format(mark=mark)).assert_outcomes(passed=3)


def test_hypothesis_shrinks_under_every_seed(run):
    result = run(
        """
from hypothesis import given, settings, strategies as st

@settings(deadline=None, database=None)
@given(x=st.integers(0, 100))
async def test_it(flow_runtime, x):
    assert await flow_runtime.run(hour, {"x": x}) < 20
""",
        "--flow-seeds=2",
    )
    result.assert_outcomes(failed=2)
    assert result.stdout.str().count("x=10,") >= 2
    result.stdout.fnmatch_lines(["seed 1: run it again with --flow-seed=1"])


def test_the_plugin_loads_next_to_nothing():
    code = "import sys, pytest; before = {*sys.modules}; import flowrt.testing.pytest_plugin"
    code += "; print(*sorted({*sys.modules} - before))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = [name for name in ran.stdout.split() if not name.startswith("flowrt.errors.")]
    assert loaded == ["flowrt", "flowrt.errors", "flowrt.lazy", "flowrt.testing", "flowrt.testing.pytest_plugin"]
