"""Scripts whose steps run in processes: how they are found there, and that no process outlives the script."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAD = """
import os
import subprocess
import sys
import time
import threading
import flowrt

class Lead:
    def __init__(self, name):
        self.name = name

@flowrt.step(placement="process")
def make(name: str) -> Lead:
    return Lead(name.upper())

@flowrt.step(placement="process")
def length(lead: Lead) -> int:
    return len(lead.name)

@flowrt.workflow
def flow(name: str) -> int:
    return length(make(name))

@flowrt.step(placement="process")
def hang(file: str) -> None:
    child = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(file, "a") as out:
        print(os.getpid(), child.pid, file=out)
    while True:  # busy: it never looks up
        pass

@flowrt.workflow
def hanging(file: str) -> None:
    hang(file)
    hang(file)
"""
MAIN = """
if __name__ == "__main__":
    print(flowrt.run(flow, {"name": "Ada"}, backend=sys.argv[1]))
"""
UNGUARDED = """
print("begins")
print(flowrt.run(flow, {"name": "Ada"}, backend=sys.argv[1]))
"""
HANGING = """
if __name__ == "__main__":
    flowrt.run(hanging, {"file": sys.argv[2]}, backend=sys.argv[1], limits={"process": 2}, grace_seconds=5)
"""


@pytest.fixture(params=["asyncio", "trio"])
def backend(request):
    return request.param


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a script of that text."""
    started = []

    def begin(text, *arguments):
        script = tmp_path / "script.py"
        script.write_text(HEAD + text, encoding="utf-8")
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(script), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate(timeout=30)


def wait_until(condition):
    """Wait for what another process does."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def is_gone(pid):
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "zombie" in status.read_text(encoding="utf-8")


def test_steps_and_classes_of_the_script_itself_are_found_in_processes(start, backend):
    out, err = start(MAIN, backend).communicate(timeout=60)
    assert (out, err) == ("3\n", "")


def test_a_script_that_runs_workflows_whenever_it_is_imported_is_told_so(start, backend):
    process = start(UNGUARDED, backend)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == "begins\n"  # what the process that imports it prints goes to standard error
    assert "if __name__ == '__main__':" in err


@pytest.mark.skipif(not Path("/proc").exists(), reason="this system does not show its processes as files")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_and_nothing_that_its_step_started_outlives_the_script(start, backend, tmp_path, number):
    file = tmp_path / "pids"
    process = start(HANGING, backend, file)
    wait_until(lambda: file.exists() and file.read_text().count("\n") == 2)
    pids = [int(pid) for pid in file.read_text().split()]
    os.kill(process.pid, number)
    process.communicate(timeout=60)
    wait_until(lambda: all(is_gone(pid) for pid in pids))
    assert process.returncode != 0
