"""Running the command in this process, and as one of its own."""

import json
import os
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest
from cli.processes import COMMAND

from flowrt.cli import main


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def _handlers_of_signals():
    """Give the test process its own back: those of a command are set for the rest of its life."""
    numbers = signal.SIGINT, signal.SIGTERM
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def flowrt(_handlers_of_signals, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLOWRT_DB", raising=False)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["flowrt", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ran(ended.value.code or 0, printed.out, printed.err)

    return run


@pytest.fixture
def start(tmp_path):
    """Return a function that starts the command in an empty folder."""
    started = []
    inherited = {key: value for key, value in os.environ.items() if key != "FLOWRT_DB"}

    def begin(*arguments, stdout=subprocess.PIPE, stdin=None, environment=None):
        process = subprocess.Popen(  # noqa: S603
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            env=inherited | (environment or {}),
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate(timeout=30)


@pytest.fixture
def definition(tmp_path):
    def write(nodes, edges=(), name="test"):
        file = tmp_path / f"{name}.json"
        document = {
            "name": name,
            "nodes": [{"id": key, "type": kind, "data": data} for key, (kind, data) in nodes.items()],
            "edges": [dict(zip(("source", "target"), edge.split(">"), strict=True)) for edge in edges],
        }
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    return write


@pytest.fixture
def upper(definition):
    return definition({"a": ("process", {"operation": "uppercase"}), "b": ("end", {})}, ["a>b"], "upper")


@pytest.fixture
def failing(definition):
    return definition({"check": ("data_validation", {"required_fields": ["name"]})}, name="failing")
