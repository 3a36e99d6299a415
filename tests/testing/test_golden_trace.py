"""Traces that are kept in files beside the tests."""

import subprocess
import sys

GOLDEN = """
async def test_it(flow_runtime, golden_trace):
    await flow_runtime.run(WORKFLOW, {"x": 1})
    golden_trace(flow_runtime.trace)
"""
UPDATE = "--flow-update-traces"


def test_a_trace_is_kept_in_a_file_beside_the_test(run, pytester):
    code = GOLDEN.replace("WORKFLOW", "hour")
    result = run(code)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*If it is right as it is now: run pytest with {UPDATE}, and look at what changed."])
    run(code, UPDATE).assert_outcomes(passed=1)
    assert "3600.000000000 [1] waits #1 ended completed" in (pytester.path / "traces" / "test_it.txt").read_text()
    run(code).assert_outcomes(passed=1)


def test_another_trace_fails_until_the_file_is_written_anew(run):
    run(GOLDEN.replace("WORKFLOW", "hour"), UPDATE).assert_outcomes(passed=1)
    other = GOLDEN.replace("WORKFLOW", "quick")
    result = run(other)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the trace is not that of *test_it.txt*"])
    run(other, UPDATE).assert_outcomes(passed=1)
    run(other).assert_outcomes(passed=1)


def test_parameters_classes_and_names_have_files_of_their_own(run, pytester):
    code = """
class TestFlows:
    @pytest.mark.parametrize("name", ["a/b", "c"])
    async def test_it(self, flow_runtime, golden_trace, name):
        await flow_runtime.run(hour, {"x": 1})
        golden_trace(flow_runtime.trace)
        golden_trace(flow_runtime.trace, "an hour")
"""
    run(code, UPDATE, "--flow-seeds=2").assert_outcomes(passed=4)
    names = sorted(path.stem for path in (pytester.path / "traces").iterdir())
    flows = ["seed=0-a_b", "seed=0-c", "seed=1-a_b", "seed=1-c"]
    assert names == [*(f"TestFlows.test_it_{flow}" for flow in flows), "an_hour"]
    run(code, "--flow-seeds=2").assert_outcomes(passed=4)


def test_two_traces_do_not_share_a_file_by_accident(run, pytester):
    run(
        """
async def test_it(flow_runtime, golden_trace):
    golden_trace(flow_runtime.trace)
    golden_trace(flow_runtime.trace, "named")
    golden_trace(flow_runtime.trace, "named")
    with pytest.raises(AssertionError, match="call 1 of golden_trace: give this one a name"):
        golden_trace(flow_runtime.trace)

@pytest.mark.parametrize("x", ["a/b", "a_b"])
async def test_alike(flow_runtime, golden_trace, x):
    if x == "a/b":
        golden_trace(flow_runtime.trace)
    else:
        with pytest.raises(AssertionError, match="give this one a name"):
            golden_trace(flow_runtime.trace)
""",
        UPDATE,
    ).assert_outcomes(passed=3)


def test_the_test_kit_needs_no_pytest():
    code = "import sys; sys.modules['pytest'] = None; from flowrt.testing import *"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
