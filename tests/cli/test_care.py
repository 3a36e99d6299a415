"""What the command takes care of: files, terminals, and results that are odd."""

import io
import json
import subprocess
import sys
from itertools import pairwise

import pytest

LINES = '{"x": "a"}\n{"x": "b"}\n'


@pytest.fixture
def inputs(tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_text(LINES, encoding="utf-8")
    return file


@pytest.mark.parametrize("target", ["in.jsonl", "upper.json", "./in.jsonl"])
def test_results_never_overwrite_what_is_read(flowrt, upper, inputs, target):
    before = upper.read_text(encoding="utf-8")
    ran = flowrt("run", upper, "--inputs", inputs, "--results", target, "--no-db")
    assert (ran.status, "would overwrite" in ran.err) == (2, True)
    assert (inputs.read_text(encoding="utf-8"), upper.read_text(encoding="utf-8")) == (LINES, before)


PARTS = ["flowrt.db", "flowrt.db-wal", "flowrt.db-shm", "flowrt.db-journal", "soft"]


@pytest.mark.parametrize("target", [*PARTS, "hard"])
def test_results_never_overwrite_the_database(flowrt, upper, inputs, tmp_path, target):
    database = tmp_path / "flowrt.db"
    assert flowrt("run", upper, "--inputs", inputs).status == 0
    (tmp_path / "soft").symlink_to(database)
    (tmp_path / "hard").hardlink_to(database)
    before = database.read_bytes()
    ran = flowrt("run", upper, "--inputs", inputs, "--results", target)
    assert (ran.status, "would overwrite" in ran.err) == (2, True)
    assert database.read_bytes() == before


@pytest.mark.parametrize("target", PARTS)
def test_results_never_overwrite_a_database_that_is_yet_to_be_made(flowrt, upper, inputs, tmp_path, target):
    (tmp_path / "soft").symlink_to("flowrt.db")
    ran = flowrt("run", upper, "--inputs", inputs, "--results", target)
    assert (ran.status, "would overwrite" in ran.err) == (2, True)
    assert not (tmp_path / "flowrt.db").exists()
    assert flowrt("run", upper, "--inputs", inputs, "--results", target, "--no-db").status == 0


def test_results_never_overwrite_what_belongs_to_a_database_behind_a_link(flowrt, upper, inputs, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    for target in ("real.db-wal", "link.db-wal", "real.db"):
        ran = flowrt("run", upper, "--inputs", inputs, "--results", target, "--db", "link.db")
        assert (ran.status, "would overwrite" in ran.err) == (2, True)


@pytest.mark.parametrize("target", ["log.svg", "in.svg"])
def test_a_plot_never_overwrites_the_database_or_the_inputs(flowrt, upper, inputs, target):
    read = inputs.rename(inputs.with_suffix(".svg"))
    given = ("--inputs", read, "--sweep", "max_at_once=1", "--db", "log.svg", "--plot", target)
    ran = flowrt("bench", upper, *given)
    assert (ran.status, "would overwrite" in ran.err) == (2, True)
    assert read.read_text(encoding="utf-8") == LINES


@pytest.mark.parametrize("target", ["/dev/stdout", "/proc/self/fd/1"])
@pytest.mark.parametrize("is_file", [True, False])
def test_results_never_go_where_the_summary_goes(upper, inputs, tmp_path, target, is_file):
    command = [sys.executable, "-m", "flowrt", "run", upper, "--no-db", "--inputs", inputs, "--results", target]
    with (tmp_path / "out").open("w") as out:
        stdout = out if is_file else subprocess.PIPE
        ran = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    assert (ran.returncode, "standard output gets the summary" in ran.stderr) == (2, True)


def test_a_database_that_can_not_be_used_leaves_earlier_results_alone(flowrt, upper, inputs, tmp_path):
    earlier = tmp_path / "out.jsonl"
    earlier.write_text("earlier", encoding="utf-8")
    assert flowrt("run", upper, "--inputs", inputs, "--results", earlier, "--db", "/nowhere/x.db").status == 4
    assert earlier.read_text(encoding="utf-8") == "earlier"


def test_a_result_that_is_no_text_is_told_all_the_same(flowrt, definition, inputs, tmp_path):
    odd = definition({"a": ("transform", {"mappings": {"y": "'\\ud800' + x"}})}, name="odd")
    ran = flowrt("run", odd, "--input", '{"x": "a"}', "--json")
    assert (ran.status, ran.json["output"]) == (0, {"x": "a", "y": "\\ud800a"})
    assert flowrt("run", odd, "--inputs", inputs, "--results", "out.jsonl").status == 0
    results = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(results[1])["output"]["y"] == "\\ud800b"


def test_null_is_no_input(flowrt, upper, inputs, tmp_path):
    inputs.write_text("null\n" + LINES, encoding="utf-8")
    ran = flowrt("run", upper, "--inputs", inputs, "--no-db", "--json")
    assert (ran.json["completed"], ran.json["failed"]) == (2, 1)


def test_a_message_does_not_steer_the_terminal(flowrt, definition):
    file = definition({"a": ("transform", {"mappings": {"y": "zz"}})}, name="missing")
    ran = flowrt("run", file, "--input", '{"\\u001b[31mo\\u001b]0;pwned\\u0007": 1}', "--no-db")
    assert ran.status == 1
    assert "\x1b" not in ran.err
    assert "\\x1b[31mo" in ran.err


HOSTILE = "\x1b]0;pwned\x07\x9b31m\u202e"
STEERING = {"\x1b", "\x07", "\x9b", "\u202e"}


def test_nothing_that_a_log_or_a_definition_holds_steers_the_terminal(flowrt, tmp_path):
    steps = tmp_path / "hostile_steps.py"
    steps.write_text(f"def shout(record):\n    raise ValueError({HOSTILE!r} + str(record))\n", encoding="utf-8")
    retry = {"retry": {"max_attempts": 2, "delay_seconds": 0.001}}
    node = {"id": "a", "type": "python", "data": {"function": "hostile_steps:shout"}, "policy": retry}
    edge = {"source": "a", "target": "b", "condition": f"'{HOSTILE}' == 'x'"}
    document = {"nodes": [node, {"id": "b", "type": "end"}], "edges": [edge], HOSTILE: 1}
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    given = ("--python-module", "hostile_steps")
    assert flowrt("run", file, *given, "--input", json.dumps({"x": HOSTILE})).status == 1
    commands = [("show", "0"), ("show", "0", "--verbose"), ("show", "0", "--json"), ("history",), ("graph", file)]
    commands += [("history", "--json"), ("validate", file, *given), ("why", "0", "a"), ("why", "0", "b")]
    for command in commands:
        ran = flowrt(*command)
        assert ran.status == 0, ran.err
        assert not set(ran.out + ran.err) & STEERING, command


@pytest.mark.parametrize(
    "arguments",
    [
        [f"--{HOSTILE}"],
        [HOSTILE],
        ["history", f"--{HOSTILE}"],
        ["db", HOSTILE],
        ["db", "upgrade", f"--{HOSTILE}"],
        ["history", "--status", HOSTILE],
        ["bench", "upper.json", "--inputs", "in.jsonl", "--sweep", "max_at_once=1", "--plot", f"{HOSTILE}.bmp"],
        ["bench", "upper.json", "--inputs", "in.jsonl", "--sweep", "max_at_once=1", "--plot", f"/{HOSTILE}/x.svg"],
    ],
)
def test_no_mistake_in_the_usage_steers_the_terminal(flowrt, upper, inputs, arguments):
    ran = flowrt(*arguments)
    assert (ran.status, "pwned" in ran.err) == (2, True)
    assert not set(ran.out + ran.err) & STEERING


def test_the_name_of_a_plot_does_not_steer_the_terminal(flowrt, upper, inputs):
    ran = flowrt("bench", upper, "--inputs", inputs, "--sweep", "max_at_once=1", "--plot", f"{HOSTILE[1:]}.svg")
    assert (ran.status, "pwned" in ran.err, set(ran.err) & STEERING) == (0, True, set())


@pytest.mark.parametrize(
    "command",
    [
        ("run", "upper.json", "--db", "\udce9.db"),
        ("history", "--workflow", "\udce9"),
        ("show", "\udce9"),
        ("why", "0", "\udce9"),
    ],
)
def test_an_argument_that_is_not_utf_8_is_refused(flowrt, upper, command):
    ran = flowrt(*command)
    assert (ran.status, "is not UTF-8" in " ".join(ran.err.split())) == (2, True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_status_of_an_execution_is_whole_on_a_narrow_terminal(flowrt, definition, monkeypatch):
    flowrt("run", definition({"a": ("start", {})}, name="a_workflow_with_a_long_name"))
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    flowrt("history")
    assert "completed" in terminal.getvalue()


def test_a_very_long_message_is_cut_but_in_json(flowrt, definition, tmp_path):
    (tmp_path / "wordy_steps.py").write_text("def speak() -> dict:\n    raise ValueError('x' * 100_000)\n")
    file = definition({"a": ("python", {"function": "wordy_steps:speak"})}, name="wordy")
    flowrt("run", file, "--python-module", "wordy_steps")
    assert len(flowrt("show", "0").out) < 5000
    assert len(flowrt("show", "0", "--json").json["nodes"][0]["error"]["message"]) == 100_000


def test_results_on_standard_output_are_refused(flowrt, upper, inputs, tmp_path):
    ran = flowrt("run", upper, "--inputs", inputs, "--results", "-", "--no-db")
    assert (ran.status, "name a file for --results" in " ".join(ran.err.split())) == (2, True)
    assert not (tmp_path / "-").exists()


def test_help_says_what_the_exit_status_means(flowrt):
    assert "4  the database can't be used" in flowrt("--help").out


def test_a_message_stands_on_a_line_of_its_own_and_not_behind_the_progress(flowrt, failing, tmp_path, monkeypatch):
    (tmp_path / "in.jsonl").write_text('{"name": "a"}\n{}\n', encoding="utf-8")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    flowrt("run", failing, "--inputs", "in.jsonl", "--no-db")
    assert "1 done: 1 completed\r\033[Kinput 1: " in terminal.getvalue()


def test_every_node_of_a_long_chain_is_drawn_below_the_one_before(flowrt, definition):
    ids = [f"n{index}" for index in range(5000)]
    chain = definition(dict.fromkeys(ids, ("start", {})), [f"{a}>{b}" for a, b in pairwise(ids)], "chain")
    lines = flowrt("graph", chain).out.splitlines()
    assert lines[1:] == [f"{node} start" for node in ids]


def test_a_picture_that_nobody_can_read_is_cut_and_says_what_has_all_of_it(flowrt, definition):
    ids = [f"n{index}" for index in range(20_010)]
    file = definition(dict.fromkeys(ids, ("start", {})), (), "large")
    lines = flowrt("graph", file).out.splitlines()
    assert lines[0] == "large: 20010 nodes, 0 edges"
    assert lines[-2:] == ["n19999 start", "... and 10 more lines; `--format mermaid` and `--json` have all of them"]
    assert len(flowrt("graph", file, "--format", "mermaid").out.splitlines()) == 20_011
    (execution,) = [flowrt("run", file), flowrt("history", "--json").json["executions"]][1]
    shown = flowrt("show", execution["execution_id"]).out.splitlines()
    assert shown[-1] == "... and 10 more lines; `--json` has all of them"


def test_many_edges_between_layers_are_not_all_named(flowrt, definition):
    layers = [[f"n{layer}_{place}" for place in range(20)] for layer in range(10)]
    edges = [f"{a}>{b}" for above, below in pairwise(layers) for a in above for b in below]
    wide = definition({node: ("start", {}) for layer in layers for node in layer}, edges, "wide")
    lines = flowrt("graph", wide).out.splitlines()
    assert len(lines) < 2000
    drawn = {line.split()[-2] for line in lines[1:] if line.endswith(" start")}
    assert drawn == {node for layer in layers for node in layer}


def test_times_in_json_have_a_zone(flowrt, upper):
    flowrt("run", upper)
    (row,) = flowrt("history", "--json").json["executions"]
    assert row["started_at"].endswith("+00:00")
    assert flowrt("show", row["execution_id"], "--json").json["nodes"][0]["started_at"].endswith("+00:00")


def test_a_closed_standard_error_is_no_reason_to_fail(upper, inputs):
    command = f"{sys.executable} -m flowrt run {upper} --inputs {inputs} --no-db --json 2>&-"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, json.loads(ran.stdout)["completed"]) == (0, 2)


def test_results_that_can_not_be_written_are_bad_usage_and_nothing_runs(flowrt, upper, inputs):
    ran = flowrt("run", upper, "--inputs", inputs, "--results", "/nowhere/out.jsonl")
    assert (ran.status, "can't be written" in ran.err) == (2, True)
    assert flowrt("history", "--json").json == {"executions": []}


def test_an_empty_database_url_is_refused(flowrt, upper):
    ran = flowrt("run", upper, "--input", '{"x": "a"}', "--db", "")
    assert (ran.status, ran.out, "the URL is empty" in ran.err) == (4, "", True)


def test_show_says_whether_none_or_many_begin_like_that(flowrt, upper):
    for _ in range(2):
        flowrt("run", upper, "--input", '{"x": "a"}')
    assert "execution 'zz': no execution's id begins so" in flowrt("show", "zz").err
    assert "execution '0': several executions' ids begin so" in flowrt("show", "0").err


def test_the_beginning_of_an_old_id_is_found_and_a_long_history_is_whole(flowrt, upper, inputs):
    inputs.write_text('{"x": "a"}\n' * 1200, encoding="utf-8")
    flowrt("run", upper, "--inputs", inputs)
    ids = [row["execution_id"] for row in flowrt("history", "--limit", 10_000, "--json").json["executions"]]
    assert len(ids) == 1200
    assert ids == sorted(set(ids), reverse=True)
    assert [row["execution_id"] for row in flowrt("history", "--limit", 501, "--json").json["executions"]] == ids[:501]
    assert flowrt("show", ids[-1][:-1], "--json").json["execution_id"] == ids[-1]
