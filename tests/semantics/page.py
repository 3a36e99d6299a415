"""The tables of docs/semantics.md."""

import re
from itertools import groupby
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "docs" / "semantics.md"

if not PAGE.exists():
    pytest.skip("the documentation is not installed with the package", allow_module_level=True)


def tables():
    """The rows of each table, as tuples of their cells, by the heading of its first column."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found = {}
    for is_table, block in groupby(lines, key=lambda line: line.startswith("|")):
        if is_table:
            heading, _, *rows = [tuple(re.split(r" \| ", line.strip("| "))) for line in block]
            assert heading[0] not in found, f"two tables begin with the column {heading[0]!r}"
            found[heading[0]] = rows
    return found


def rows_of(heading):
    """The rows of the table that has this heading over its first column."""
    rows = tables()[heading]
    assert len(set(rows)) == len(rows), "two rows say the same"
    return set(rows)


class Cases(dict):
    """What shows each row of a table, by the row's cells."""

    def shows(self, *cells):
        """Say that a function shows this row."""

        def keep(case):
            assert cells not in self, f"two cases show {cells}"
            self[cells] = case
            return case

        return keep


def name_of(parameter):
    """What a parameter is called in the name of a test: a row by its beginning."""
    return " ".join(parameter)[:60] if isinstance(parameter, tuple) else None
