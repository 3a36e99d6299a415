"""The examples of docs/cli.md print what the page shows."""

import re
import shlex
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_every_example_prints_what_the_page_shows(flowrt, tmp_path):
    (tmp_path / "greet.json").write_text(blocks("json")[0], encoding="utf-8")
    (tmp_path / "visitors.jsonl").write_text(blocks("jsonl")[0], encoding="utf-8")
    for block in blocks("console"):
        command, shown = block.split("\n", 1)
        ran = flowrt(*shlex.split(command)[2:])
        printed = ran.err + ran.out
        assert OutputChecker().check_output(shown, printed, ELLIPSIS | NORMALIZE_WHITESPACE), printed
