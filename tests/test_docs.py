"""The examples of the reference pages run, and the pages list every field, option, limit and error that there is."""

import inspect
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import msgspec
import pytest

import flowrt
from flowrt import errors
from flowrt.definition import keys, limits, model
from flowrt.events import Event, LogEvent
from flowrt.explain import Explanation, State
from flowrt.policies import NodePolicy, Retry, Timeout

DOCS = Path(__file__).parent.parent / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the documentation is not installed with the package")


def page(name):
    return (DOCS / name).read_text(encoding="utf-8") if DOCS.exists() else ""


DEFINITIONS, RUNTIME, EXPLAIN = page("definitions.md"), page("runtime.md"), page("explain.md")
GIVEN = r"^Given `(.+?)` it (?:returns `(.+?)`|returns:\n\n```json\n(.+?)```)"
"""An input, and the output in the line or in a block."""


def section(text, heading):
    """The part of a page under a heading, up to the next one of the same or a higher level."""
    level = heading.partition(" ")[0]
    start = re.search(rf"^{re.escape(heading)}$", text, re.MULTILINE)
    assert start, f"there is no heading {heading!r}"
    rest = text[start.end() :]
    end = re.search(rf"^#{{2,{len(level)}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text):
    """The cells of each row of the tables in a text."""
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def listed(text, column=0):
    """What the cells in a column of the tables in a text name."""
    return {name for row in rows(text) for name in re.findall(r"`(\w+)`", row[column])}


def fields(struct):
    """The JSON names of what a part of a definition holds."""
    camel = {"source_handle": "sourceHandle"} if struct is model.Edge else {}
    found = (field.encode_name for field in msgspec.structs.fields(struct))
    return {camel.get(name, name) for name in found if name != "extra"}


# --- the examples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["definitions.md", "runtime.md", "explain.md"])
def test_the_python_blocks_of_a_page_are_a_module_that_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parts = re.split(r"(?<=^```python\n)|(?=^```\n)", page(name), flags=re.MULTILINE)
    # blocks keep their lines, so that a failure names the line of the page
    is_code = [False] + [before.endswith("```python\n") for before in parts[:-1]]
    kept = [part if code else "\n" * part.count("\n") for part, code in zip(parts, is_code, strict=True)]
    module = ModuleType("documented")
    monkeypatch.setitem(sys.modules, "documented", module)
    exec(compile("".join(kept), str(DOCS / name), "exec"), vars(module))  # noqa: S102 - our own documentation


def definitions():
    """Each definition of the page, with its line and the text up to the next one."""
    blocks = [*re.finditer(r"^```json\n(.*?)^```\n", DEFINITIONS, re.DOTALL | re.MULTILINE)]
    found = [block for block in blocks if "nodes" in json.loads(block[1])]
    ends = [*(block.start() for block in found[1:]), len(DEFINITIONS)]
    return [
        pytest.param(block[1], DEFINITIONS[block.end() : end], id=f"line{DEFINITIONS.count(chr(10), 0, block.start())}")
        for block, end in zip(found, ends, strict=True)
    ]


@pytest.mark.parametrize(("text", "following"), definitions())
def test_a_definition_does_what_the_page_shows(text, following):
    registry = flowrt.StepRegistry.with_builtins(entry_points=False)
    refusal = re.match(r"\n```text\n(.*?)\n```\n", following, re.DOTALL)
    if refusal:
        with pytest.raises(flowrt.DefinitionError) as caught:
            flowrt.load_definition(text, registry)
        assert str(caught.value) == refusal[1]
        return
    loaded = flowrt.load_definition(text, registry)
    assert loaded.warnings == ()
    shown = re.findall(GIVEN, following, re.DOTALL | re.MULTILINE)
    raised = re.findall(r"^Given `(.+?)` it raises `(\w+)`", following, re.MULTILINE)
    assert shown, "the page shows no input and output"
    for given, inline, block in shown:
        assert flowrt.run(loaded, json.loads(given)) == json.loads(inline or block)
    for given, name in raised:
        with pytest.raises(getattr(flowrt, name)):
            flowrt.run(loaded, json.loads(given))


# --- what the pages list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "struct"),
    [
        ("## The workflow", model.Definition),
        ("### Parameters", model.Parameter),
        ("## Nodes", model.Node),
        ("## Edges", model.Edge),
        ("## Policies", NodePolicy),
        ("### `retry`", Retry),
        ("### `timeout`", Timeout),
    ],
)
def test_every_field_of_a_part_of_a_definition_is_listed(heading, struct):
    assert fields(struct) - listed(section(DEFINITIONS, heading)) == set()


@pytest.mark.parametrize("struct", [Retry, Timeout])
def test_the_defaults_of_policies_are_those_of_the_code(struct):
    told = {row[0].strip("`"): row[-1] for row in rows(section(DEFINITIONS, f"### `{struct.__name__.lower()}`"))}
    defaults = {field.encode_name: field.default for field in msgspec.structs.fields(struct)}
    assert {name: told[name] for name in defaults} == {
        name: f"`{json.dumps(value)}`" for name, value in defaults.items()
    }


def test_every_join_and_on_error_is_listed():
    joins, ends = section(DEFINITIONS, "## Joins"), section(DEFINITIONS, "### `on_error`")
    assert all(f'| `"{join}"` |' in joins for join in ("all", "any", "all_settled"))
    assert '| `{"quorum": k}` |' in joins
    assert all(f'| `"{end}"` |' in ends for end in ("fail", "skip", "continue"))


def test_every_key_of_a_later_version_is_listed():
    later = set[str]().union(*keys.LATER_FIELDS.values())
    told = listed(section(DEFINITIONS, "### Not part of this version"), column=1)
    assert later - told == set()


def test_the_limits_are_those_of_the_code():
    told = section(DEFINITIONS, "### Limits")
    numbers = "NODES EDGES PARAMETERS NAME_LENGTH NESTING CONTAINERS VALUES CONDITIONS_LENGTH PROBLEMS"
    assert [name for name in numbers.split() if f"| {getattr(limits, f'MAX_{name}'):,} " not in told] == []
    assert f"| {limits.MAX_BYTES // 1024**2} MiB |" in told
    assert f"0 to {limits.MAX_VERSION:,}" in DEFINITIONS


def test_every_option_of_a_runtime_is_listed_with_its_default():
    told = {row[0].strip("`"): row[-1].strip("`") for row in rows(section(RUNTIME, "## Opening a runtime"))}
    parameters = inspect.signature(flowrt.Runtime).parameters
    assert set(parameters) - set(told) == set()
    for name in ("max_payload_bytes", "grace_seconds", "flush_seconds"):
        assert float(told[name].replace(",", "")) == parameters[name].default
    assert told["durability"] == f'"{parameters["durability"].default}"'


def test_every_option_of_map_is_listed():
    options = set(inspect.signature(flowrt.Runtime.map).parameters) - {"self", "workflow", "source"}
    assert options - listed(section(RUNTIME, "### `map`")) == set()


def test_every_member_of_a_handle_is_listed():
    members = {name for name in vars(flowrt.ExecutionHandle) if not name.startswith("_")}
    told = {name for row in rows(section(RUNTIME, "### Handles")) for name in re.findall(r"\w+", row[0])}
    assert members - told == set()


def test_every_event_is_told_with_its_fields():
    told = {cells[0].strip("`"): cells[1:] for cells in rows(section(RUNTIME, "### All events"))[1:]}
    assert set(told) == {kind.__name__ for kind in Event.__args__}
    for kind in Event.__args__:
        stored, _, names = told[kind.__name__]
        assert (stored == "yes") == (kind in LogEvent.__args__), kind
        own = set(kind.__struct_fields__) - {"execution_id", "at_ns"}
        assert set(re.findall(r"`(\w+)`", names)) == own, kind


def test_every_state_of_a_node_and_every_field_of_an_explanation_is_listed():
    told = {name for row in rows(section(EXPLAIN, "## States")) for name in re.findall(r"`([^`]+)`", row[0])}
    assert told == set(get_args(State))
    assert fields(Explanation) - listed(section(EXPLAIN, "## Explanations")) == set()


def test_every_error_is_told():
    names = {name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)}
    told = section(RUNTIME, "## Errors")
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", told)] == []


# --- links -----------------------------------------------------------------------------------------------------------


def test_every_page_is_linked_from_the_readme():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert [found.name for found in DOCS.glob("*.md") if f"docs/{found.name}" not in readme] == []


def anchors(text):
    """The fragments by which the headings of a page are linked."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("found", sorted(DOCS.glob("*.md")), ids=lambda found: found.stem)
def test_links_between_pages_lead_somewhere(found):
    for link, fragment in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", found.read_text(encoding="utf-8")):
        target = found.parent / link if link else found
        assert target.exists(), link
        assert not fragment or fragment in anchors(target.read_text(encoding="utf-8")), f"{link}#{fragment}"
