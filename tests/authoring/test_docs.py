"""The code in the documentation runs."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "python_workflows.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not installed with the package")
def test_the_blocks_of_the_page_are_a_module_that_runs(monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    # blocks keep their lines, so that a failure names the line of the page
    kept = ["\n" * part.count("\n") if place % 2 == 0 else part for place, part in enumerate(_split(text))]
    module = ModuleType("orders")
    monkeypatch.setitem(sys.modules, "orders", module)
    exec(compile("".join(kept), str(PAGE), "exec"), vars(module))  # noqa: S102
    assert module.both.version == 2


def _split(text):
    """Split a page into prose and code, in turns."""
    return re.split(r"(?<=^```python\n)|(?=^```\n)", text, flags=re.MULTILINE)
