"""What the README says is true."""

import re
import subprocess
import sys
from pathlib import Path

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


def test_every_page_that_the_readme_links_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
