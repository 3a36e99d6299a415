"""Imports point one way, and importing flowrt is light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flowrt

PACKAGE = Path(flowrt.__file__).parent
LAYERS = [
    {"errors", "events", "lazy", "option_checks"},
    {"typing"},
    {"clock", "outcomes", "policies"},
    {"definition", "storage"},
    {"graph", "channels"},
    {"steps", "actors"},
    {"explain", "plans"},
    {"engine"},
    {"control"},
    {"handle", "mapping", "threads"},
    {"runtime"},
    {"scripts"},
    {"flowrt"},
    {"testing"},
    {"bench"},
    {"cli"},
    {"__main__"},
]
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
SEES = {"storage": {"errors", "typing", "events", "clock", "option_checks"}}
"""Where less than all layers below may be seen."""
ONLY_IN = {
    "sqlalchemy": "storage",
    "aiosqlite": "storage",
    "alembic": "storage",
    "typer": "cli",
    "rich": "cli",
    "aiometer": "bench",
    "PIL": "bench",
}
HEAVY = [
    "trio",
    "sqlalchemy",
    "aiosqlite",
    "alembic",
    "rich",
    "typer",
    "jinja2",
    "httpx",
    "jsonschema",
    "structlog",
    "simpleeval",
    "aiometer",
    "PIL",
]


def part_of(file):
    path = file.relative_to(PACKAGE)
    return "flowrt" if path.name == "__init__.py" and len(path.parts) == 1 else path.parts[0].removesuffix(".py")


def imported(file):
    """Return the modules that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            yield node.module


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_file_has_its_place():
    assert {part_of(file) for file in FILES} == set(LEVEL)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file):
    part = part_of(file)
    for module in imported(file):
        top, _, rest = module.partition(".")
        assert part == ONLY_IN.get(top, part), f"{top} belongs into {ONLY_IN.get(top)}"
        target = rest.split(".")[0] or "flowrt"
        if top != "flowrt" or part in {target, "flowrt"}:
            continue  # the package itself names what is public, wherever it is
        assert LEVEL[target] < LEVEL[part], f"{part} imports {target}"
        assert target in SEES.get(part, {target}), f"{part} imports {target}"


def modules_loaded_by(statement):
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return set(ran.stdout.split())


def test_importing_flowrt_is_light():
    loaded = modules_loaded_by("import flowrt")
    ours = {name for name in loaded if name.startswith("flowrt") and not name.startswith("flowrt.errors.")}
    assert ours == {"flowrt", "flowrt.errors", "flowrt.lazy"}
    assert loaded.isdisjoint({*HEAVY, "anyio", "msgspec"})


def test_a_module_whose_names_are_public_can_be_named_without_importing_it():
    assert "flowrt.policies" in modules_loaded_by("import flowrt; flowrt.policies.Retry")


def test_running_a_workflow_on_asyncio_loads_only_what_it_uses():
    code = """
import flowrt
@flowrt.step
def add(n: int) -> int:
    return n + 1
@flowrt.workflow
def flow(n: int) -> int:
    return add(n)
assert flowrt.run(flow, {"n": 1}) == 2
"""
    assert modules_loaded_by(code).isdisjoint(HEAVY)


def test_the_command_loads_what_runs_workflows_only_where_a_command_needs_it():
    needed_to_run = {"flowrt.runtime", "flowrt.definition", "flowrt.explain", "flowrt.steps"}
    assert modules_loaded_by("import flowrt.cli.app").isdisjoint(needed_to_run | set(HEAVY) - {"typer"})


@pytest.mark.parametrize("name", flowrt.__all__)
def test_every_public_name_can_be_imported_alone(name):
    assert modules_loaded_by(f"from flowrt import {name}")
