"""docs/expressions.md and the code say the same."""

import re
from pathlib import Path

from flowrt.definition import expressions, templates
from flowrt.definition.expression_functions import ALIASES, FUNCTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text()


def test_every_function_is_listed_and_no_other():
    table = TEXT.partition("## Functions")[2].partition("Other spellings")[0]
    listed = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)\(", row)
    }
    assert listed == set(FUNCTIONS)


def test_every_other_spelling_is_listed():
    line = TEXT.partition("Other spellings that are understood:")[2].partition("\n")[0]
    assert set(re.findall(r"`(\w+)`", line)) == set(ALIASES)


def test_the_limits_are_those_of_the_code():
    assert f"{expressions.MAX_TEXT_BYTES:,} bytes" in TEXT
    assert f"| {expressions.MAX_LEVELS} |" in TEXT
    assert f"{expressions.MAX_STEPS:,} steps" in TEXT
    assert f"{templates.MAX_TEMPLATE_BYTES // 1024} KB of template" in TEXT
    assert f"{templates.MAX_OUTPUT_CHARACTERS:,} characters of output" in TEXT
