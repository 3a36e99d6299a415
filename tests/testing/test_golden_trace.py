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
    assert "3600.000000000 [1] waits #1 ended completed" in (pytester.path / "traces" / "test_it.trace").read_text()
    run(code).assert_outcomes(passed=1)


def test_another_trace_fails_until_the_file_is_written_anew(run):
    run(GOLDEN.replace("WORKFLOW", "hour"), UPDATE).assert_outcomes(passed=1)
    other = GOLDEN.replace("WORKFLOW", "quick")
    result = run(other)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the trace is not that of *test_it.trace*"])
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
    flows = ["a_b", "a_b.seed=1", "c", "c.seed=1"]
    assert names == [*(f"TestFlows.test_it_{flow}" for flow in flows), "an_hour", "an_hour.seed=1"]
    run(code, "--flow-seeds=2").assert_outcomes(passed=4)


def test_a_seed_for_which_no_trace_is_kept_skips_the_test(run):
    code = GOLDEN.replace("WORKFLOW", "hour")
    run(code, UPDATE).assert_outcomes(passed=1)
    result = run(code, "--flow-seeds=3", "-rs")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines([f"*no trace of seed 1 is kept: run pytest with {UPDATE} and this seed to write *"])
    run(code, "--flow-seed=1", UPDATE).assert_outcomes(passed=1)
    run(code, "--flow-seeds=3").assert_outcomes(passed=2, skipped=1)


def test_a_test_that_parametrises_its_seed_has_files_named_after_its_parameters(run, pytester):
    code = GOLDEN.replace("WORKFLOW", "hour").replace("async", '@pytest.mark.parametrize("flow_seed", [3, 4])\nasync')
    run(code).assert_outcomes(failed=2)
    run(code, UPDATE).assert_outcomes(passed=2)
    assert {path.name for path in (pytester.path / "traces").iterdir()} == {"test_it_3.trace", "test_it_4.trace"}
    run(code).assert_outcomes(passed=2)


def test_a_file_that_is_no_text_is_another_trace(run, pytester):
    code = GOLDEN.replace("WORKFLOW", "hour")
    run(code, UPDATE).assert_outcomes(passed=1)
    file = pytester.path / "traces" / "test_it.trace"
    file.write_bytes(file.read_bytes() + b"\xff")
    result = run(code)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the trace is not that of *test_it.trace*"])


def test_different_traces_are_not_written_to_one_file(run):
    code = """
async def test_hour(flow_runtime, golden_trace):
    await flow_runtime.run(hour, {"x": 1})
    golden_trace(flow_runtime.trace, "shared")

async def test_quick(flow_runtime, golden_trace):
    await flow_runtime.run(quick, {"x": 1})
    golden_trace(flow_runtime.trace, "shared")
"""
    result = run(code, UPDATE)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*shared.trace holds another trace, of *::test_hour: give one of them another name*"])


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
