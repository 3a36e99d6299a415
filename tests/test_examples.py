"""The examples run, and find what is known of their input."""

import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_demo_accepts_the_good_orders_and_rejects_the_others(tmp_path, backend):
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "examples.orders.demo", "--backend", backend, "--db", tmp_path / "demo.db"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    unexpected = [line for line in ran.stderr.splitlines() if "held the event loop" not in line]  # a busy machine
    assert (ran.returncode, unexpected) == (0, [])
    assert "948 accepted" in ran.stdout
    assert "52 rejected" in ran.stdout
    advised = re.findall(r"^  (\S*flowrt (?:history|show|graph).*?)(?:  #.*)?$", ran.stdout, flags=re.MULTILINE)
    assert len(advised) == 3
    for command in advised:
        subprocess.run(shlex.split(command), cwd=ROOT, capture_output=True, check=True)  # noqa: S603


def test_the_orders_are_those_that_the_generator_makes(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    generate = importlib.import_module("examples.orders.generate")
    lines = (ROOT / "examples" / "orders" / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == json.loads(json.dumps(generate.make_orders()))


@pytest.mark.parametrize("example", sorted((ROOT / "examples" / "testing").glob("*.py")), ids=lambda file: file.stem)
def test_the_page_on_testing_has_the_examples_as_they_are(example):
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    assert f"```python\n{example.read_text(encoding='utf-8')}```\n" in page
