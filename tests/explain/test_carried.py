"""What the end of a node puts on its edges is what docs/semantics.md says."""

import re
from pathlib import Path

import pytest

from flowrt.definition import Edge
from flowrt.explain.carried import carried
from flowrt.policies import Default

PAGE = Path(__file__).parents[2] / "docs" / "semantics.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not installed with the package")
STATES = {
    "completed": ("completed", "finished anyway"),
    "failed": ("failed", "failed without running"),
    "was skipped": ("skipped",),
    "was cancelled after it had begun": ("cancelled", "abandoned"),
    "was cancelled before it began": ("never began",),
}
ON_ERROR = {"`fail`": "fail", "`skip`": "skip", '`{"default": ...}`': Default({}), "`continue`": "continue"}


def table():
    """The rows of the table: how a node ended, its `on_error`, and what each kind of edge carries."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    lines = re.findall(r"^\| (.*) \|$", text.partition("## Joins")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize(("end", "on_error", "success", "failure", "always"), table())
def test_every_row_of_the_table_holds(end, on_error, success, failure, always):
    answers = [ON_ERROR[on_error]] if on_error != "any" else list(ON_ERROR.values())
    for state in STATES[end]:
        for answer in answers:
            edges = {kind: Edge(source="a", target="b", on=kind) for kind in ("success", "failure", "always")}
            found = {kind: carried(edge, state, answer).value for kind, edge in edges.items()}
            assert found == {"success": success, "failure": failure, "always": always}


def test_a_condition_or_a_branch_may_keep_a_value_back_and_nothing_else():
    held = Edge(source="a", target="b", condition="x > 1")
    chosen = Edge(source="a", target="b", source_handle="left")
    assert [carried(edge, "completed", "fail") for edge in (held, chosen)] == [None, None]
    assert carried(held, "skipped", "fail").value == "skipped"
    assert carried(held, "running", "fail") is None
