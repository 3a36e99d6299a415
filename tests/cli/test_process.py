"""The command as a process of its own: signals, pipes, and how it is started."""

import contextlib
import json
import signal
import subprocess

import pytest
from cli.processes import COMMAND, finished, wait_for_an_execution


@pytest.fixture
def waiting(definition):
    return definition({"wait": ("delay", {"delay_seconds": 3600})}, name="waiting")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_ctrl_c_and_sigterm_cancel_and_the_history_says_so(start, waiting, backend, number):
    process = start("run", waiting, "--backend", backend, "--json")
    wait_for_an_execution(start)
    process.send_signal(number)
    status, out, err = finished(process)
    assert status == 3
    assert json.loads(out)["status"] == "cancelled"
    assert "Traceback" not in err
    _, out, _ = finished(start("history", "--json"))
    assert [row["status"] for row in json.loads(out)["executions"]] == ["cancelled"]


@pytest.mark.parametrize("option", ["--input", "--inputs"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_sigterm_cancels_in_the_background_where_ctrl_c_is_ignored(start, waiting, tmp_path, backend, option):
    (tmp_path / "in.jsonl").write_text("{}\n", encoding="utf-8")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which processes inherit
    try:
        given = "in.jsonl" if option == "--inputs" else "{}"
        process = start("run", waiting, "--backend", backend, "--json", option, given)
    finally:
        signal.signal(signal.SIGINT, before)
    wait_for_an_execution(start)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    status, _, err = finished(process)
    assert (status, "Traceback" in err) == (3, False)
    _, out, _ = finished(start("history", "--json"))
    assert [row["status"] for row in json.loads(out)["executions"]] == ["cancelled"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_ctrl_c_and_sigterm_cancel_many_and_count_them(start, waiting, tmp_path, backend, number):
    (tmp_path / "in.jsonl").write_text("{}\n" * 500, encoding="utf-8")
    process = start("run", waiting, "--inputs", "in.jsonl", "--backend", backend, "--json", "--max-at-once", 20)
    wait_for_an_execution(start)
    process.send_signal(number)
    status, out, err = finished(process)
    assert (status, "Traceback" in err) == (3, False)
    _, listed, _ = finished(start("history", "--json", "--limit", 1000))
    rows = json.loads(listed)["executions"]
    assert {row["status"] for row in rows} == {"cancelled"}
    assert json.loads(out)["cancelled"] == json.loads(out)["total"] == len(rows) == 20


STEPS = """
import anyio

async def is_shielded() -> None:
    with anyio.CancelScope(shield=True):
        await anyio.sleep(3600)

async def swallows() -> None:
    while True:
        try:
            await anyio.sleep(3600)
        except BaseException:
            pass
"""


@pytest.mark.parametrize("function", ["is_shielded", "swallows"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_step_that_does_not_end_holds_nobody_who_presses_ctrl_c_again(start, definition, tmp_path, backend, function):
    (tmp_path / "stubborn_steps.py").write_text(STEPS, encoding="utf-8")
    file = definition({"a": ("python", {"function": f"stubborn_steps:{function}"})}, name="stubborn")
    process = start("run", file, "--backend", backend, "--python-module", "stubborn_steps")
    wait_for_an_execution(start)
    for _ in range(30):  # on a busy machine presses may arrive together, and then count as one
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.6)
            break
    status, _, err = finished(process)
    assert (status, "Traceback" in err) == (3, False)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_ctrl_c_that_comes_several_times_at_once_is_one(start, waiting, backend):
    process = start("run", waiting, "--backend", backend)
    wait_for_an_execution(start)
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
    assert finished(process)[0] == 3
    _, out, _ = finished(start("history", "--json"))
    assert [row["status"] for row in json.loads(out)["executions"]] == ["cancelled"]


def test_inputs_can_be_piped(start, definition):
    file = definition({"a": ("start", {})}, name="small")
    command = f"yes '{{}}' | head -1000 | {' '.join(COMMAND)} run {file} --no-db --inputs - --json"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, json.loads(ran.stdout)["completed"]) == (0, 1000)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_input_runs_at_once_and_ctrl_c_is_heard_while_the_next_one_has_not_come(start, definition, backend):
    file = definition({"a": ("start", {})}, name="small")
    process = start("run", file, "--inputs", "-", "--json", "--backend", backend, stdin=subprocess.PIPE)
    process.stdin.write("{}\n")
    process.stdin.flush()
    wait_for_an_execution(start, "completed")
    process.send_signal(signal.SIGINT)
    status, err, out = process.wait(timeout=60), process.stderr.read(), process.stdout.read()
    assert (status, json.loads(out)["completed"], "Traceback" in err) == (3, 1, False)


def test_a_reader_that_goes_away_ends_the_command_quietly(start):
    process = start("schema")
    process.stdout.close()
    process.stdout = None
    status, _, err = finished(process)
    assert (status, err) == (1, "")


def test_a_closed_standard_input_is_told(start, definition):
    file = definition({"a": ("start", {})}, name="small")
    for option in ("--input", "--inputs"):
        command = f"{' '.join(COMMAND)} run {file} --no-db {option} - <&-"
        ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603
        assert (ran.returncode, "standard input is closed" in ran.stderr) == (2, True)


def test_nothing_but_the_document_is_on_standard_output(start, definition):
    file = definition({"a": ("start", {})}, name="small")
    status, out, err = finished(start("run", file, "--no-db", "--json"))
    assert (status, json.loads(out)["status"], err) == (0, "completed", "")


def test_a_database_that_goes_away_is_told(start, definition, tmp_path):
    file = definition({"a": ("start", {})}, name="small")
    (tmp_path / "flowrt.db").write_bytes(b"no database, but long enough to be read as the header of one" * 100)
    status, out, err = finished(start("run", file))
    assert (status, out, "Traceback" in err) == (4, "", False)
    assert "flowrt.db" in err


RETRIED = """
def refuse() -> dict:
    raise ConnectionError("nobody is there")
"""


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_ctrl_c_in_a_bench_prints_the_values_that_were_measured(start, tmp_path, backend):
    (tmp_path / "refusing_steps.py").write_text(RETRIED, encoding="utf-8")
    (tmp_path / "in.jsonl").write_text("{}\n", encoding="utf-8")
    node = {"id": "ask", "type": "python", "data": {"function": "refusing_steps:refuse"}}
    retry = {"max_attempts": 1, "delay_seconds": 3600}
    (tmp_path / "asking.json").write_text(json.dumps({"nodes": [{**node, "policy": {"retry": retry}}]}))
    common = ("--python-module", "refusing_steps", "--backend", backend, "--db", "flowrt.db", "--warm-up", 0)
    process = start(
        "bench", "asking.json", "--inputs", "in.jsonl", "--sweep", "ask.retry.max_attempts=1,2,3", *common, "--json"
    )
    wait_for_an_execution(start)  # that of the second value: it waits for an hour
    process.send_signal(signal.SIGINT)
    status, out, err = finished(process)
    assert (status, "Traceback" in err) == (3, False)
    (curve,) = json.loads(out)["curves"]
    assert [(point["value"], point["failed"]) for point in curve["points"]] == [(1, 1)]
    assert "cancelled after 1 of 3 values" in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_an_encoding_lacks_is_told_otherwise(start, tmp_path, encoding):
    nodes = [{"id": name, "type": "start"} for name in ("a", "b€", "c")]
    edges = [{"source": "a", "target": "b€"}, {"source": "a", "target": "c"}]
    document = {"name": "café", "nodes": nodes, "edges": edges}
    (tmp_path / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    status, out, err = finished(start("graph", "odd.json", environment={"PYTHONIOENCODING": encoding}))
    assert (status, out.splitlines()[1:], err) == (0, ["a start", "|-- b\\u20ac start", "`-- c start"], "")
    status, out, _ = finished(start("graph", "odd.json", "--json", environment={"PYTHONIOENCODING": encoding}))
    assert (status, out.isascii(), json.loads(out)["name"]) == (0, True, "café")
