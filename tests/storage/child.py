"""Python scripts in a process of their own."""

import subprocess
import sys


def run_python(script, *arguments):
    """What a script printed; an error of the script, or 30 seconds without an end, is an error here."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603 - a test's own script
