"""What tests ask of processes that they did not start themselves."""

import os
from pathlib import Path

import anyio


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").exists() else True


async def read_pid(file):
    while not (file.exists() and (text := file.read_text()).endswith("\n")):  # noqa: ASYNC110 - another process writes it
        await anyio.sleep(0.001)
    return int(text)
