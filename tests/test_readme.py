"""What the README says is true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_example_prints_what_the_readme_shows(tmp_path):
    script = tmp_path / "example.py"
    script.write_text(blocks("python")[0], encoding="utf-8")
    ran = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.stdout, ran.stderr) == (blocks("console")[0].split("\n", 1)[1], "")


def test_the_example_is_the_one_in_examples():
    quickstart = (ROOT / "examples" / "quickstart.py").read_text(encoding="utf-8")
    assert quickstart.split("\n\n", 1)[1] == blocks("python")[0]


@pytest.mark.skipif(sys.platform == "win32", reason="the README speaks to a Unix shell")
def test_the_commands_for_workflows_as_data_work_in_the_checkout(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (block,) = [block for block in blocks("console") if "$ flowrt validate" in block]
    (shown_id,) = set(re.findall(r"[0-9a-f-]{36}", block))
    listed = f"$({sys.executable} -m flowrt history --limit 1 --json | grep execution_id | cut -d'\"' -f4)"
    lines = [line.removeprefix("$ ") for line in block.replace(shown_id, listed).splitlines()]
    script = "\n".join(["set -e", f'flowrt() {{ "{sys.executable}" -m flowrt "$@"; }}', *lines])
    environment = {key: value for key, value in os.environ.items() if key != "FLOWRT_DB"}
    ran = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: S603, PLW1510
    assert (ran.returncode, "error" in ran.stderr) == (0, False), ran.stderr
    for told in ("orders.json: sound", '"status": "rejected"', "1000 completed", "'price'"):
        assert told in ran.stdout
    assert len((tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 1000


def test_every_page_that_the_readme_links_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
