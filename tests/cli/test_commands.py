"""What each command prints, and its exit status."""

import json

import pytest


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_run_prints_the_result(flowrt, upper, backend):
    ran = flowrt("run", upper, "--input", '{"x": "a"}', "--no-db", "--backend", backend)
    assert (ran.status, json.loads(ran.out)) == (0, {"x": "A"})


def test_run_prints_one_json_document(flowrt, upper):
    ran = flowrt("run", upper, "--input", '{"x": "a"}', "--json")
    assert ran.status == 0
    document = ran.json
    assert list(document) == ["execution_id", "workflow", "status", "output", "error", "duration_seconds"]
    assert (document["workflow"], document["status"], document["output"]) == ("upper", "completed", {"x": "A"})


def test_an_input_comes_from_a_file_or_from_standard_input(flowrt, upper, tmp_path, monkeypatch):
    (tmp_path / "in.json").write_text('{"x": "file"}', encoding="utf-8")
    assert json.loads(flowrt("run", upper, "--no-db", "--input", "@in.json").out) == {"x": "FILE"}
    with (tmp_path / "in.json").open(encoding="utf-8") as standard_input:
        monkeypatch.setattr("sys.stdin", standard_input)
        assert json.loads(flowrt("run", upper, "--no-db", "--input", "-").out) == {"x": "FILE"}


@pytest.mark.parametrize("given", ["[1]", "{", "@missing.json", "5", "null"])
def test_a_bad_input_is_refused_before_anything_runs(flowrt, upper, given):
    ran = flowrt("run", upper, "--input", given)
    assert ran.status == 2
    assert "bad input for workflow 'upper'" in ran.err
    assert flowrt("history").status == 4


def test_a_failed_execution_names_node_attempt_and_error(flowrt, failing):
    ran = flowrt("run", failing, "--input", "{}", "--json")
    assert ran.status == 1
    assert (ran.json["status"], ran.json["error"]["type"]) == ("failed", "ExecutionFailedError")
    assert "node 'check' failed in attempt 1" in ran.err
    assert "Traceback" not in ran.out + ran.err


def test_a_bad_definition_lists_every_problem(flowrt, definition):
    bad = definition({"a": ("startt", {}), "b": ("process", {"operation": "shout"})}, ["a>c"])
    for command in ("run", "validate"):
        ran = flowrt(command, bad)
        assert ran.status == 2
        assert "did you mean 'start'" in ran.out + ran.err
        assert "shout" in ran.out + ran.err
    document = flowrt("run", bad, "--json").json
    assert [problem["pointer"] for problem in document["error"]["problems"]] == [
        "/nodes/0/type",
        "/nodes/1/data/operation",
        "/edges/0/target",
    ]


def test_unknown_steps_can_be_passed(flowrt, definition):
    file = definition({"a": ("ai_process", {"prompt": "x"})})
    assert flowrt("run", file, "--no-db").status == 2
    assert json.loads(flowrt("run", file, "--no-db", "--unknown-steps", "pass", "--input", '{"y": 1}').out) == {"y": 1}


def test_many_inputs_run_and_every_line_has_a_result(flowrt, failing, tmp_path):
    lines = ['{"name": "Ann"}', "", "{}", "not json", '{"name": "Bob"}', "[]"]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = flowrt("run", failing, "--inputs", "in.jsonl", "--results", "out.jsonl", "--json", "--max-at-once", 2)
    assert ran.status == 1
    document = ran.json
    assert list(document) == ["workflow", "total", "completed", "failed", "cancelled", "duration_seconds"]
    assert (document["total"], document["completed"], document["failed"]) == (5, 2, 3)
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [result["status"] for result in results] == ["completed", "failed", "failed", "completed", "failed"]
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
    assert "line 4 is no JSON" in results[2]["error"]["message"]


def test_inputs_may_be_in_any_state(flowrt, upper, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b'\xef\xbb\xbf{"x": "a"}\r\n\xff\xfe\x00\n\n{"x": "\xc3\xa9"}\n{"x": "\xe9"}')
    ran = flowrt("run", upper, "--inputs", "in.jsonl", "--results", "out.jsonl", "--no-db")
    assert ran.status == 1
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [result["output"] for result in results] == [{"x": "A"}, None, {"x": "É"}, None]
    assert "line 2 is no JSON" in results[1]["error"]["message"]
    assert "line 5 is not UTF-8" in results[3]["error"]["message"]
    assert "input 3: " in ran.err


def test_options_that_would_do_nothing_are_refused(flowrt, upper, monkeypatch):
    for options in (["--max-at-once", 5], ["--max-per-second", 5], ["--results", "x"], ["--no-db", "--db", "x.db"]):
        ran = flowrt("run", upper, *options)
        assert (ran.status, "not both" in ran.err or "go with --inputs" in ran.err) == (2, True)
    monkeypatch.setenv("FLOWRT_DB", "x.db")
    assert flowrt("run", upper, "--no-db").status == 0


def test_history_and_show_tell_what_ran(flowrt, upper, failing):
    flowrt("run", upper, "--input", '{"x": "a"}')
    flowrt("run", failing, "--input", "{}")
    rows = flowrt("history", "--json").json["executions"]
    assert [(row["workflow"], row["status"]) for row in rows] == [("failing", "failed"), ("upper", "completed")]
    assert [row["workflow"] for row in flowrt("history", "--json", "--status", "failed").json["executions"]] == [
        "failing"
    ]
    shown = flowrt("show", rows[1]["execution_id"], "--json").json
    assert [(node["node"], node["status"]) for node in shown["nodes"]] == [("a", "completed"), ("b", "completed")]
    assert shown["output"] == {"x": "A"}
    text = flowrt("show", rows[0]["execution_id"]).out
    assert "check" in text
    assert "DataValidationError" in text
    assert rows[0]["execution_id"] in flowrt("history").out


def test_the_beginning_of_an_id_is_enough(flowrt, upper):
    flowrt("run", upper)
    (row,) = flowrt("history", "--json").json["executions"]
    assert flowrt("show", row["execution_id"][:20], "--json").json["execution_id"] == row["execution_id"]
    assert flowrt("show", "ffff").status == 2


def test_a_database_that_is_not_there_is_not_made_by_looking(flowrt, tmp_path):
    for command in (["history"], ["show", "01"], ["why", "01", "a"]):
        ran = flowrt(*command)
        assert ran.status == 4
        assert "flowrt.db" in ran.err
    assert not list(tmp_path.glob("flowrt.db*"))


def test_a_database_that_cannot_be_opened_is_named_without_its_password(flowrt, upper, tmp_path):
    (tmp_path / "folder").mkdir()
    ran = flowrt("run", upper, "--db", "sqlite+aiosqlite:///folder")
    assert ran.status == 4
    assert "folder" in ran.err
    ran = flowrt("run", upper, "--db", "postgresql://ann:secret@localhost/x")
    assert ran.status == 4
    assert "secret" not in ran.err


def test_a_database_is_made_and_checked_by_upgrade(flowrt):
    assert flowrt("db", "upgrade", "--json").json["before"] is None
    again = flowrt("db", "upgrade", "--json").json
    assert again["before"] == again["after"]


def test_graph_draws_steps_that_stand_in_with_any_value(flowrt, tmp_path):
    guess = {"id": "guess", "type": "python", "data": {"function": "nowhere:guess", "arguments": {}}}
    guess["policy"] = {"on_error": {"default": 0.5}}
    (tmp_path / "g.json").write_text(json.dumps({"name": "g", "nodes": [guess]}))
    assert "guess python" in flowrt("graph", "g.json").out


def test_graph_draws_branches_and_conditions(flowrt, tmp_path):
    document = {
        "name": "branches",
        "nodes": [
            {"id": "route", "type": "decision", "data": {"condition": "score > 7"}},
            {"id": "good", "type": "end"},
            {"id": 'bad "one"', "type": "end"},
            {"id": "excuse", "type": "end"},
        ],
        "edges": [
            {"source": "route", "target": "good", "sourceHandle": "true"},
            {"source": "route", "target": 'bad "one"', "sourceHandle": "false", "condition": "score < 3"},
            {"source": "good", "target": "excuse", "on": "failure"},
        ],
    }
    (tmp_path / "b.json").write_text(json.dumps(document), encoding="utf-8")
    drawn = flowrt("graph", "b.json").out
    assert "[true] good end" in drawn
    assert "[false, score < 3] bad" in drawn
    assert "[failure] excuse end" in drawn
    text = flowrt("graph", "b.json", "--format", "mermaid").out
    assert 'n0 -->|"true"| n1' in text
    assert 'n1 -->|"failure"| n3' in text
    assert '"bad' not in text.replace('["bad', "")


def test_schema_prints_the_schema_of_the_language(flowrt):
    assert flowrt("schema").json["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "x.json", "--backend", "curio"],
        ["run", "x.json", "--max-at-once", "0", "--inputs", "y"],
        ["nothing"],
        ["run", "x.json", "--results", "y"],
        ["run", "x.json", "--python-module", "../x"],
        ["validate", "x.json", "--python-module", "../x"],
        ["schema", "--python-module", ""],
    ],
)
def test_bad_usage_ends_with_2(flowrt, arguments):
    assert flowrt(*arguments).status == 2


def test_why_answers_from_the_log(flowrt, failing):
    flowrt("run", failing, "--input", "{}")
    (row,) = flowrt("history", "--json").json["executions"]
    ran = flowrt("why", row["execution_id"][:20], "check")
    assert ran.status == 0
    assert ran.out.startswith("'check' failed: DataValidationError: ")
    document = flowrt("why", row["execution_id"], "check", "--json").json
    assert list(document)[:5] == ["execution_id", "workflow", "status", "node", "state"]
    assert (document["execution_id"], document["state"]) == (row["execution_id"], "failed")


def test_why_refuses_what_is_not_there_with_the_nearest(flowrt, failing):
    flowrt("run", failing, "--input", "{}")
    ran = flowrt("why", "01", "chek")
    assert (ran.status, ran.err) == (2, "error: workflow 'failing' has no node 'chek'; did you mean 'check'?\n")
    ran = flowrt("why", "ffff", "check")
    assert (ran.status, ran.out) == (2, "")
    assert "`flowrt history` lists the newest" in ran.err
    assert flowrt("why", "ffff", "check", "--json").json["error"]["type"] == "UnknownExecutionError"
