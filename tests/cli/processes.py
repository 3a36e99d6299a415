"""The command as a process of its own."""

import json
import sys

import pytest

COMMAND = [sys.executable, "-m", "flowrt"]


def finished(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for_an_execution(start, wanted="running"):
    """Ask the history, until it tells of one."""
    for _ in range(100):
        status, out, _ = finished(start("history", "--json"))
        if status == 0 and any(row["status"] == wanted for row in json.loads(out)["executions"]):
            return
    pytest.fail("no execution began")
