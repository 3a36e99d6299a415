"""What can't be written is named, and what was done before is told."""

import json
import subprocess
from pathlib import Path

import pytest
from cli.processes import COMMAND, finished

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_what_results_on_a_full_disk_end_has_that_reason(start, definition, tmp_path):
    slow = {"a": ("decision", {"condition": "slow"}), "b": ("delay", {"delay_seconds": 3600})}
    file = definition(slow, name="slow")
    document = json.loads(file.read_text(encoding="utf-8"))
    document["edges"] = [{"source": "a", "target": "b", "sourceHandle": "true"}]
    file.write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "in.jsonl").write_text('{"slow": false}\n' * 300 + '{"slow": true}\n', encoding="utf-8")
    status, _, _ = finished(start("run", file, "--inputs", "in.jsonl", "--results", FULL, "--max-at-once", 1000))
    assert status == 1
    _, out, _ = finished(start("history", "--json", "--status", "cancelled"))
    assert {"No space left" in row["reason"] for row in json.loads(out)["executions"]} == {True}


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told(start, definition, tmp_path):
    file = definition({"a": ("start", {})}, name="small")
    (tmp_path / "in.jsonl").write_text("{}\n", encoding="utf-8")
    status, out, err = finished(start("run", file, "--inputs", "in.jsonl", "--results", FULL, "--no-db"))
    assert (status, "1 completed" in out, "Traceback" in err) == (1, True, False)
    assert "No space left on device: '--results /dev/full'" in err
    status, out, _ = finished(start("run", file, "--inputs", "in.jsonl", "--results", FULL, "--no-db", "--json"))
    document = json.loads(out)
    assert (status, document["error"]["type"], document["completed"]) == (1, "OSError", 1)


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [["run", "small.json", "--no-db"], ["schema"], ["graph", "small.json"]])
def test_a_full_standard_output_is_told(start, definition, arguments):
    definition({"a": ("start", {})}, name="small")
    with FULL.open("w") as full:
        status, _, err = finished(start(*arguments, stdout=full))
    assert (status, err) == (1, "error: [Errno 28] No space left on device: 'standard output'\n")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_plot_on_a_full_disk_is_told(start, definition, tmp_path):
    definition({"a": ("start", {})}, name="small")
    (tmp_path / "in.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "full.svg").symlink_to(FULL)
    given = ("--inputs", "in.jsonl", "--sweep", "max_at_once=1", "--plot", "full.svg")
    status, _, err = finished(start("bench", "small.json", *given))
    assert (status, err) == (1, "error: [Errno 28] No space left on device: '--plot full.svg'\n")


@pytest.mark.parametrize("arguments", ["schema", "run small.json --no-db", "run small.json --no-db --json"])
def test_a_closed_standard_output_is_told(definition, tmp_path, arguments):
    definition({"a": ("start", {})}, name="small")
    command = f"{' '.join(COMMAND)} {arguments} >&-"
    ran = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr) == (1, "error: standard output is closed, so nothing could be printed\n")


LOSE = """
from pathlib import Path

def lose(record) -> dict:
    if record.get("lose"):
        Path("flowrt.db").unlink()
    return {}
"""


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_what_had_completed_before_the_database_was_lost_is_counted(start, definition, tmp_path, backend):
    (tmp_path / "losing_steps.py").write_text(LOSE, encoding="utf-8")
    lines = "{}\n" * 5 + '{"lose": true}\n' + "{}\n" * 5
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    file = definition({"a": ("python", {"function": "losing_steps:lose"})}, name="losing")
    given = ("--inputs", "in.jsonl", "--python-module", "losing_steps", "--max-at-once", 1, "--backend", backend)
    status, out, err = finished(start("run", file, *given))
    assert (status, "5 completed" in out, "start again" in err) == (4, True, True)
    (tmp_path / "flowrt.db-wal").unlink(missing_ok=True)
    status, out, _ = finished(start("run", file, *given, "--json"))
    document = json.loads(out)
    assert (status, document["completed"], document["error"]["type"]) == (4, 5, "StoreError")
