"""Every table of the page is held to."""

import re
from pathlib import Path

from semantics.page import tables


def test_each_table_of_the_page_has_its_tests():
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert sorted(re.findall(r'rows_of\("(.*)"\)', tests)) == sorted(tables())
