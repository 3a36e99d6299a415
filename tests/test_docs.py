"""The pages on definitions and the runtime: their examples run, and no key or option is missing."""

import inspect
import json
import re
from pathlib import Path

import pytest

import flowrt
from flowrt import Retry, Runtime
from flowrt.definition import Definition, Edge, Node, Parameter
from flowrt.policies import NodePolicy, Timeout

DOCS = Path(__file__).parent.parent / "docs"
DEFINITIONS = (DOCS / "definitions.md").read_text(encoding="utf-8")
RUNTIME = (DOCS / "runtime.md").read_text(encoding="utf-8")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)


def test_the_example_of_a_definition_runs():
    (block,) = blocks(DEFINITIONS, "json")
    document = json.loads(block)
    assert flowrt.run(document, {"item": " desk "}) == {"text": "desk: 38.0"}
    assert flowrt.run(document, {"item": "lamp", "limit": 5}) == {"text": "lamp: 38.0"}


def test_the_examples_of_the_runtime_run():
    code = "\n".join(blocks(RUNTIME, "python"))
    exec(compile(code, "docs/runtime.md", "exec"), {"__name__": "docs"})  # noqa: S102 - it is ours


@pytest.mark.parametrize("kind", [Definition, Node, Edge, Parameter, NodePolicy, Timeout, Retry])
def test_every_key_of_a_definition_is_explained(kind):
    written = {"source_handle": "sourceHandle"}
    for name in kind.__struct_fields__:
        if name != "extra":
            assert re.search(rf"\b{written.get(name, name)}\b", DEFINITIONS), name


def test_every_option_of_the_runtime_is_explained():
    for name in inspect.signature(Runtime).parameters:
        assert f"`{name}`" in RUNTIME, name


def test_every_page_is_linked_from_the_readme():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        assert f"docs/{page.name}" in readme, page.name


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link
