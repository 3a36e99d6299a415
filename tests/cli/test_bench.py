"""`flowrt bench`: what it prints, and its exit status. In virtual time, or on inputs that take no time."""

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

SLOW = {"wait": ("delay", {"delay_seconds": 0.1})}


@pytest.fixture
def inputs(tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_text('{"x": "a"}\n\n{"x": "b"}\n', encoding="utf-8")
    return file


@pytest.fixture
def bench(flowrt, inputs):
    def run(file, sweep, *options):
        return flowrt("bench", file, "--inputs", inputs, "--sweep", sweep, *options)

    return run


@pytest.fixture
def simulate(bench):
    """A bench in virtual time alone."""

    def run(file, sweep, *options):
        return bench(file, sweep, "--only-simulate", *options)

    return run


def test_the_table_the_curve_and_the_knee_are_printed(simulate, definition):
    ran = simulate(definition(SLOW), "max_at_once=1,2,4", "--executions", 400, "--simulate", "wait=0.1@2")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "test, simulated:"
    assert lines[1].split() == ["max_at_once", "executions", "failed", "per", "second", "p50", "p95", "p99"]
    assert [line.split()[:4] for line in lines[2:5]] == [
        ["1", "400", "0", "10.0"],
        ["2", "400", "0", "20.0"],
        ["4", "400", "0", "20.0"],
    ]
    assert ran.out.count("○") == 4
    assert "Best: 20/s at max_at_once=2." in lines
    assert "Universal Scalability Law" in ran.out


def test_json_is_one_document_and_nothing_else(simulate, definition):
    ran = simulate(definition(SLOW), "max_at_once=1,2,3", "--executions", 60, "--json")
    assert (ran.status, ran.err) == (0, "")
    document = ran.json
    assert (document["workflow"], document["status"]) == ("test", "completed")
    (curve,) = document["curves"]
    assert (curve["source"], curve["sweep"]) == ("simulated", "max_at_once")
    assert [point["value"] for point in curve["points"]] == [1, 2, 3]
    assert curve["points"][1]["throughput_per_second"] == pytest.approx(20)
    assert set(curve["points"][0]) == {
        *("value", "executions", "completed", "failed", "duration_seconds", "throughput_per_second"),
        *("p50_seconds", "p95_seconds", "p99_seconds", "first_error"),
    }
    assert curve["verdict"]["fit"]["rate_per_second"] == pytest.approx(10)
    assert curve["verdict"]["knee"] is None


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_real_sweep_runs_each_input_once_for_each_value(bench, upper, backend):
    ran = bench(upper, "max_at_once=1,2", "--backend", backend, "--json")
    assert ran.status == 0
    (curve,) = ran.json["curves"]
    assert curve["source"] == "measured"
    assert [(point["executions"], point["completed"]) for point in curve["points"]] == [(2, 2), (2, 2)]
    assert "there are 2" in curve["verdict"]["sentences"][-2]


def test_both_curves_are_printed_when_both_were_run(bench, upper):
    ran = bench(upper, "max_at_once=1,2", "--simulate", "a=0.1")
    assert ran.status == 0
    assert "upper, measured:" in ran.out
    assert "upper, simulated:" in ran.out
    assert "simulated: Best: 20/s at max_at_once=2." in ran.out
    assert "● measured   ○ simulated" in ran.out


def test_what_was_measured_can_be_simulated(bench, upper):
    ran = bench(upper, "max_at_once=1", "--simulate", "measured", "--json")
    assert [curve["source"] for curve in ran.json["curves"]] == ["measured", "simulated"]
    ran = bench(upper, "max_at_once=1", "--simulate", "a=measured@1", "--json")
    assert ran.json["curves"][1]["points"][0]["completed"] == 2


def test_what_failed_is_counted_and_told_and_is_exit_status_1(bench, failing):
    ran = bench(failing, "max_at_once=1,2", "--executions", 3)
    assert ran.status == 1
    assert "max_at_once=2, measured: 3 failed, the first one: workflow 'failing' failed: node 'check'" in ran.err
    assert "Nothing completed" in ran.out
    document = bench(failing, "max_at_once=1", "--json").json
    assert document["curves"][0]["points"][0]["failed"] == 2
    assert "DataValidationError" in document["curves"][0]["points"][0]["first_error"]


def test_a_rate_is_swept_with_a_bound_on_what_is_under_way(simulate, definition):
    options = ("--executions", 200, "--max-at-once", 2)
    ran = simulate(definition(SLOW), "max_per_second=10,20,40", *options, "--json")
    assert ran.json["curves"][0]["verdict"]["saturation_per_second"] == 20


def test_nothing_is_logged_unless_a_database_is_named(bench, flowrt, upper, tmp_path, monkeypatch):
    monkeypatch.setenv("FLOWRT_DB", str(tmp_path / "environment.db"))
    bench(upper, "max_at_once=1")
    assert not list(tmp_path.glob("*.db"))
    assert bench(upper, "max_at_once=1,2", "--db", "bench.db", "--warm-up", 0).status == 0
    assert len(flowrt("history", "--db", "bench.db", "--json").json["executions"]) == 4


def test_a_database_that_can_not_be_used_is_told(bench, upper):
    ran = bench(upper, "max_at_once=1", "--db", "/nowhere/x.db")
    assert (ran.status, "Traceback" in ran.err) == (4, False)


@pytest.mark.parametrize(
    ("sweep", "options", "told"),
    [
        ("limits.thread=1", (), "has no 'limits.thread'; it has: max_at_once, max_per_second"),
        ("max_at_onc=1", (), "did you mean 'max_at_once'"),
        ("max_at_once", (), "expected NAME=VALUE"),
        ("max_at_once=0", (), "expected a number above 0"),
        ("max_at_once=1", ("--max-at-once", 5), "--max-at-once and --sweep max_at_once=... both set it"),
        ("max_at_once=1", ("--simulate", "b=soon"), "the latency 'b=soon'"),
        ("max_at_once=1", ("--simulate", "zz=1"), "there is no node or type 'zz'"),
        ("max_at_once=1", ("--simulate", "zz=1"), "that --simulate could mean"),
        ("max_at_once=1", ("--sweep", "max_per_second=5"), "give --sweep once"),
        ("max_at_once=1", ("--simulate", "a=measured", "--only-simulate"), "takes a real run"),
        ("max_at_once=1", ("--plot", "curve.pdf"), "neither .svg nor .png"),
        ("max_at_once=1", ("--plot", "nowhere/curve.svg"), "there is no folder"),
        ("max_at_once=1", ("--simulate", "a=0.1", "--simulate", "a=0.2"), "that of 'a' is given twice"),
        ("max_at_once=1", ("--only-simulate", "--db", "bench.db"), "--db is for a real run"),
        ("max_at_once=1", ("--only-simulate", "--backend", "trio"), "--backend is for a real run"),
        ("max_at_once=1", ("--only-simulate", "--warm-up", 0), "--warm-up is for a real run"),
    ],
)
def test_bad_usage_is_told_and_nothing_runs(bench, upper, sweep, options, told):
    ran = bench(upper, sweep, *options)
    assert (ran.status, ran.out) == (2, "")
    assert told in " ".join(ran.err.split())


def test_a_refusal_is_a_document_with_json(bench, upper):
    ran = bench(upper, "x=1", "--json")
    assert (ran.status, ran.json["error"]["type"]) == (2, "OptionError")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file of inputs is empty"),
        ('{"x": 1}\nno\n', "line 2 is no JSON object"),
        ("[1]", "line 1 is no JSON object"),
        ('{"x": "caf\udce9"}', "line 1 is not UTF-8"),
    ],
)
def test_bad_inputs_are_refused_before_anything_runs(bench, upper, inputs, text, told):
    inputs.write_text(text, encoding="utf-8", errors="surrogateescape")
    ran = bench(upper, "max_at_once=1")
    assert (ran.status, told in ran.err) == (2, True)


def test_inputs_that_are_not_there_are_told(flowrt, upper):
    ran = flowrt("bench", upper, "--inputs", "gone.jsonl", "--sweep", "max_at_once=1")
    assert (ran.status, "can't be opened" in ran.err) == (2, True)


def test_without_the_extra_it_is_named(bench, upper, monkeypatch):
    monkeypatch.setitem(sys.modules, "aiometer", None)
    ran = bench(upper, "max_at_once=1")
    assert (ran.status, "pip install 'flowrt[bench]'" in ran.err) == (2, True)
    monkeypatch.undo()


def test_a_png_without_pillow_is_refused_before_anything_runs(bench, upper, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    ran = bench(upper, "max_at_once=1", "--plot", "curve.png")
    assert (ran.status, ran.out, "needs Pillow" in ran.err) == (2, "", True)


def test_the_curve_is_drawn_into_a_file(simulate, definition, tmp_path):
    file = definition(SLOW)
    for name in ("curve.svg", "curve.PNG"):
        ran = simulate(file, "max_at_once=1,2,3", "--plot", name, "--json")
        assert (ran.status, len(ran.json["curves"]), f"drawn: {name}" in ran.err) == (0, 1, True)
    assert ET.parse(tmp_path / "curve.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own
    assert (tmp_path / "curve.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_plot_that_can_not_be_written_after_all_is_told_beside_what_was_measured(
    bench, definition, tmp_path, as_json
):
    made = (
        "from pathlib import Path\n\ndef block() -> dict:\n    Path('curve.svg').mkdir(exist_ok=True)\n    return {}\n"
    )
    (tmp_path / "blocking_steps.py").write_text(made, encoding="utf-8")
    file = definition({"a": ("python", {"function": "blocking_steps:block"})})
    options = ("--python-module", "blocking_steps", "--plot", "curve.svg", *["--json"] * as_json)
    ran = bench(file, "max_at_once=1,2", *options)
    assert (ran.status, "error: [Errno 21] Is a directory" in ran.err) == (1, True)
    if as_json:
        assert (ran.json["status"], ran.json["error"]["type"]) == ("failed", "IsADirectoryError")
        assert len(ran.json["curves"]) == 1
    else:
        assert "test, measured:" in ran.out


def test_a_step_that_waits_for_real_is_named_and_can_be_made_up(simulate, definition, tmp_path):
    (tmp_path / "sleepy_steps.py").write_text("import time\n\ndef nap() -> dict:\n    time.sleep(0)\n    return {}\n")
    file = definition({"a": ("python", {"function": "sleepy_steps:nap"})})
    ran = simulate(file, "max_at_once=1", "--python-module", "sleepy_steps")
    assert (ran.status, "node 'a' used time.sleep()" in ran.err) == (1, True)
    assert simulate(file, "max_at_once=1", "--python-module", "sleepy_steps", "--simulate", "a=0.1").status == 0


def test_what_was_measured_is_kept_when_the_simulation_fails(bench, definition, tmp_path):
    (tmp_path / "timing_steps.py").write_text("import time\n\ndef now() -> dict:\n    return {'at': time.time()}\n")
    file = definition({"a": ("python", {"function": "timing_steps:now"}), "b": ("start", {})}, ["a>b"])
    ran = bench(file, "max_at_once=1,2", "--python-module", "timing_steps", "--simulate", "b=0.1", "--json")
    assert (ran.status, ran.json["status"], ran.json["error"]["type"]) == (1, "failed", "RealWaitError")
    assert [len(curve["points"]) for curve in ran.json["curves"]] == [2]
    assert "error: node 'a' used time.time()" in ran.err


def test_the_command_itself_loads_nothing_of_a_bench():
    code = "import sys; from flowrt.cli.app import make_app; make_app(); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = {name for name in ran.stdout.split() if name.startswith(("flowrt.bench", "flowrt.testing"))}
    assert loaded == {"flowrt.bench", "flowrt.bench.errors"}


def test_a_bench_without_a_simulation_loads_neither_the_test_kit_nor_trio(upper, inputs):
    code = "import sys; from flowrt.cli.app import make_app; make_app()(standalone_mode=False); print(*sys.modules)"
    command = (sys.executable, "-c", code, "bench", upper, "--inputs", inputs, "--sweep", "max_at_once=1")
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    loaded = ran.stdout.splitlines()[-1].split()
    assert [name for name in loaded if name == "trio" or name.startswith("flowrt.testing")] == []


def test_inputs_can_be_piped(flowrt, definition, inputs, monkeypatch):
    with inputs.open(encoding="utf-8") as standard_input:
        monkeypatch.setattr("sys.stdin", standard_input)
        ran = flowrt(
            "bench", definition(SLOW), "--inputs", "-", "--sweep", "max_at_once=1", "--only-simulate", "--json"
        )
    assert ran.json["curves"][0]["points"][0]["executions"] == 2


INTERRUPTED = """
calls = []

def press_ctrl_c(x: str) -> dict:
    calls.append(x)
    if len(calls) > 4:
        raise KeyboardInterrupt
    return {}
"""


# trio raises it in the step that runs; asyncio cancels the main task, which tests/cli/test_process.py has
@pytest.mark.parametrize("options", [("--backend", "trio", "--warm-up", 0), ("--only-simulate",)])
def test_ctrl_c_keeps_and_prints_what_was_measured(bench, definition, tmp_path, monkeypatch, options):
    (tmp_path / "interrupted_steps.py").write_text(INTERRUPTED, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "interrupted_steps", raising=False)
    file = definition({"a": ("python", {"function": "interrupted_steps:press_ctrl_c"})})
    common = ("--python-module", "interrupted_steps", "--json", *options)
    ran = bench(file, "max_at_once=1,2,3,4", *common)
    assert (ran.status, ran.json["status"]) == (3, "cancelled")
    assert [point["value"] for point in ran.json["curves"][0]["points"]] == [1, 2]
    assert "cancelled after 2 of 4 values" in ran.err
