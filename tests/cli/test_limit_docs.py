"""The page on finding a limit: simulations print what it shows, and what is measured has the form that it shows."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from flowrt.bench.measurement import Point
from flowrt.bench.verdict import Verdict

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "limits"
PAGE = (ROOT / "docs" / "finding_a_limit.md").read_text(encoding="utf-8")
COMMANDS = [
    (block.group(1).replace("\\\n", " "), block.group(2))
    for block in re.finditer(r"^```console\n\$ flowrt (.*?[^\\])\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
]


@pytest.fixture
def bench(flowrt, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "limits")
    return lambda command, *options: flowrt(*shlex.split(command), *options)


@pytest.mark.parametrize(("command", "shown"), [it for it in COMMANDS if "--only-simulate" in it[0]])
def test_a_simulation_prints_what_the_page_shows(bench, command, shown):
    ran = bench(command)
    assert ran.out + ran.err == shown


@pytest.mark.parametrize(("command", "shown"), [it for it in COMMANDS if "--only-simulate" not in it[0]])
def test_a_real_run_has_the_rows_that_the_page_shows(bench, command, shown):
    ran = bench(command, "--executions", 2)
    assert ran.status == 0
    table = re.compile(r"^(quotes, \w+:|max_\w+  .*| +\d+  )", re.MULTILINE)
    assert [row.split() for row in table.findall(ran.out)] == [row.split() for row in table.findall(shown)]


def test_the_page_has_commands_of_both_kinds():
    assert len(COMMANDS) == 6


def test_the_page_shows_the_example_as_it_is():
    for language, name in (("python", "steps.py"), ("json", "quotes.json")):
        assert f"```{language}\n{(EXAMPLE / name).read_text(encoding='utf-8')}```\n" in PAGE


def test_every_field_of_the_document_is_listed():
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page[page.index("## `bench`") : page.index("## `validate`")]
    told = set(re.findall(r"`(\w+)`", section))
    assert {*Point.__struct_fields__, *Verdict.__struct_fields__} - told == set()
