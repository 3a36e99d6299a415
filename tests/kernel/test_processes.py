"""Services that are stopped from outside."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import anyio
import pytest

from flowrt import SqlStore

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture
def stopped(anyio_backend, tmp_path):
    """Return a function that sends a signal to a child that is ready; what it told and wrote, and its exit code."""

    def stop(scene, number):
        env = os.environ | {"PYTHONPATH": str(CHILD.parents[1])}
        command = [sys.executable, CHILD, scene, anyio_backend, tmp_path / "log.db"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as child:  # noqa: S603 - our script
            try:
                assert json.loads(child.stdout.readline()) == {"ready": True}
                child.send_signal(number)
                out, err = child.communicate(timeout=60)
            finally:
                child.kill()
        return json.loads(out), err, child.returncode

    return stop


async def logged(database):
    """The rows of executions, and the statuses of all nodes."""
    store = SqlStore(database, create=False)
    await store.open()
    try:
        rows = await store.log.executions(limit=1000)
        return rows, {row.workflow: Counter(n.status for n in await store.log.nodes(row.id)) for row in rows}
    finally:
        await store.close()


def test_ctrl_c_in_the_middle_of_1000_suspended_steps_leaves_no_orphan(stopped, tmp_path):
    told, err, code = stopped("interrupted", signal.SIGINT)
    assert told == {"ended": 1000, "left": 0}
    assert "KeyboardInterrupt" in err
    assert code in {1, -signal.SIGINT}
    [row], nodes = anyio.run(logged, tmp_path / "log.db")
    assert (row.status, nodes) == ("cancelled", {"small": {"cancelled": 1000}})


def test_sigterm_lets_what_runs_end_and_takes_nothing_new(stopped, tmp_path):
    told, err, code = stopped("drained", signal.SIGTERM)
    assert (told["cancelled"], err, code) == (0, "", 0)
    assert told["ended"] >= 1
    rows, _ = anyio.run(logged, tmp_path / "log.db")
    assert {(row.workflow, row.status) for row in rows} == {("under way", "completed"), ("taken", "completed")}
