"""The examples in the documentation of how to check a part of one's own run."""

import re
from pathlib import Path

import pytest

from flowrt.testing.conformance import STORE_CHECKS

DOCS = Path(__file__).parents[2] / "docs"


def code_of(page, heading):
    """The Python blocks of a section that have to do with conformance, as one module."""
    section = (DOCS / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names = {}
    exec("\n".join(block for block in blocks if "conformance" in block), names)  # noqa: S102 - our own documentation
    return names


@pytest.mark.anyio
async def test_the_examples_of_checking_a_store_run(tmp_path):
    names = code_of("storage.md", "A store of your own")
    await names["test_my_store_keeps_its_promises"](tmp_path)
    await names["test_my_store_keeps_a_promise"](STORE_CHECKS[0])


def test_the_example_of_checking_a_step_type_runs():
    code_of("steps.md", "Types of your own")["test_the_type_keeps_its_promises"]()
