"""Measurements in a process of their own, whose memory is that of one measurement and no other."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


class FailedAloneError(Exception):
    """A measurement's process ended with an error, so there is nothing to show."""


def run_alone(module: str, *arguments: str | int) -> bytes:
    """Run a module in a new process and return what it printed.

    Raises:
        FailedAloneError: It ended with another status than 0.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603 - our own modules
    if done.returncode:
        raise FailedAloneError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return done.stdout


def resident_bytes() -> int:
    """Return how much of this process is in memory now; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
