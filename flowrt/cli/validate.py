"""`flowrt validate`: is a definition sound?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from flowrt.cli.ending import BAD_USAGE, echo, print_json
from flowrt.cli.options import Json, PythonModules, Unknown, make_registry
from flowrt.errors import DefinitionError


def validate(
    files: Annotated[list[Path], typer.Argument(help="Workflow definitions, JSON.", show_default=False)],
    unknown_steps: Unknown = "refuse",
    python_module: PythonModules = None,
    json: Json = False,
) -> None:
    """Check definitions, and list every problem with its place."""
    from flowrt.definition import load_definition  # noqa: PLC0415

    registry = make_registry(unknown_steps, python_module)
    found: list[dict[str, Any]] = []
    for file in files:
        try:
            loaded = load_definition(file, registry)
        except DefinitionError as error:
            found.append({"file": str(file), "valid": False, "problems": [p._asdict() for p in error.problems]})
        else:
            warnings = [warning._asdict() for warning in loaded.warnings]
            facts = {"name": loaded.definition.name, "nodes": len(loaded.definition.nodes), "warnings": warnings}
            found.append({"file": str(file), "valid": True, **facts})
    if json:
        print_json({"files": found})
    else:
        for facts in found:
            _tell(facts)
    raise typer.Exit(0 if all(facts["valid"] for facts in found) else BAD_USAGE)


def _tell(facts: dict[str, Any]) -> None:
    if facts["valid"]:
        echo(f"{facts['file']}: sound, {facts['nodes']} nodes")
    else:
        count = len(facts["problems"])
        echo(f"{facts['file']}: {count} problem{'s' * (count > 1)}")
    for kind in ("problems", "warnings"):
        for found in facts.get(kind, ()):
            echo(f"  {kind[:-1]} {found['pointer'] or '/'}: {found['message']}")
