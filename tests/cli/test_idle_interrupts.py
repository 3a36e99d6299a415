"""Signals while nothing runs that would have to be cancelled: before the executions, and after them."""

import contextlib
import json
import os
import signal
import subprocess

import pytest
from cli.processes import COMMAND, finished

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@SIGNALS
def test_a_signal_is_heard_while_the_command_is_loading(tmp_path, number):
    """A module that the command imports sends it."""
    text = f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(0)\n"
    (tmp_path / "typer.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run([*COMMAND, "schema"], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", "cancelled\n")


@SIGNALS
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "never"],
        ["run", "small.json", "--no-db", "--input", "@never"],
        ["run", "small.json", "--no-db", "--inputs", "never"],
        ["bench", "small.json", "--inputs", "never", "--sweep", "max_at_once=1"],
    ],
)
def test_a_signal_is_heard_while_a_file_is_waited_for(start, definition, tmp_path, number, arguments):
    definition({"a": ("start", {})}, name="small")
    os.mkfifo(tmp_path / "never")
    process = start(*arguments)
    writer = os.open(tmp_path / "never", os.O_WRONLY)  # returns when the command has opened the file to read it
    process.send_signal(number)
    status, out, err = finished(process)
    os.close(writer)
    assert (status, "cancelled" in err, "Traceback" in err) == (3, True, False), out


LATE = """
import os, signal, sys, threading

def late():
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)

class Late:
    def __del__(self):
        late()

def sign() -> dict:
    import atexit
    atexit.register(late)
    threading._register_atexit(late)
    sys.late = Late()
    class Loud(type(sys.stdout)):
        def flush(self):
            super().flush()
            late()
    sys.stdout = Loud(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
    return {}
"""


@pytest.mark.parametrize("option", ["--input", "--inputs"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_signals_that_come_after_the_outcome_was_printed_change_nothing(start, definition, tmp_path, option, backend):
    (tmp_path / "late_steps.py").write_text(LATE, encoding="utf-8")
    (tmp_path / "in.jsonl").write_text("{}\n", encoding="utf-8")
    file = definition({"a": ("python", {"function": "late_steps:sign"})}, name="late")
    given = (option, "in.jsonl" if option == "--inputs" else "{}", "--python-module", "late_steps")
    status, out, err = finished(start("run", file, "--no-db", "--json", "--backend", backend, *given))
    assert (status, json.loads(out)["workflow"], err) == (0, "late", "")


HELD = """
import threading

def hold() -> dict:
    threading.Thread(target=threading.Event().wait).start()
    return {}
"""


@SIGNALS
def test_a_second_late_signal_ends_a_command_that_a_thread_holds(start, definition, tmp_path, number):
    (tmp_path / "held_steps.py").write_text(HELD, encoding="utf-8")
    file = definition({"a": ("python", {"function": "held_steps:hold"})}, name="held")
    process = start("run", file, "--no-db", "--python-module", "held_steps")
    assert process.stdout.readline() == "{}\n"
    for _ in range(30):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.6)
            break
    status, _, err = finished(process)
    assert (status, err) == (3, "cancelled\n")
