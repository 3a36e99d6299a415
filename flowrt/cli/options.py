"""Options that several commands have."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from flowrt.cli.ending import echo_error, printable

if TYPE_CHECKING:
    from flowrt.definition import LoadedDefinition
    from flowrt.steps.registry import StepRegistry


def check_text(given: str | None) -> str | None:
    """Refuse an argument that a shell gave as bytes of another encoding: no name in a database is like that."""
    if given is not None and any("\ud800" <= c <= "\udfff" for c in given):
        raise typer.BadParameter(f"{printable(given)} is not UTF-8")
    return given


Backend: TypeAlias = Literal["asyncio", "trio"]
UnknownSteps: TypeAlias = Literal["refuse", "pass"]
File = Annotated[Path, typer.Argument(help="A workflow definition, JSON.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Database = Annotated[
    str, typer.Option("--db", envvar="FLOWRT_DB", callback=check_text, help="The database with the log.")
]
Execution = Annotated[
    str, typer.Argument(callback=check_text, help="An execution's id, or its beginning.", show_default=False)
]
Unknown = Annotated[
    UnknownSteps,
    typer.Option("--unknown-steps", help="Nodes of unknown types: refuse the definition, or pass their record on."),
]
PythonModules = Annotated[
    list[str] | None,
    typer.Option("--python-module", help="A module whose functions `python` nodes may call. Repeatable."),
]


def make_registry(unknown: UnknownSteps, python_modules: list[str] | None) -> "StepRegistry":
    """Return the step types that definitions may use; trusted modules are found from the current folder, too."""
    from flowrt.steps.pass_through import PassThroughType  # noqa: PLC0415 - loaded by the commands that need it
    from flowrt.steps.registry import StepRegistry  # noqa: PLC0415

    if python_modules:
        sys.path.insert(0, os.getcwd())  # noqa: PTH109 - a plain string, as Python itself puts there
    default = PassThroughType() if unknown == "pass" else None
    try:
        return StepRegistry.with_builtins(python_modules=python_modules or (), default=default)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--python-module") from None


def load(file: Path, registry: "StepRegistry") -> "LoadedDefinition":
    """Load a definition, and tell its warnings.

    Raises:
        DefinitionError: It is wrong.
    """
    from flowrt.definition import load_definition  # noqa: PLC0415

    loaded = load_definition(file, registry)
    for warning in loaded.warnings:
        echo_error(f"warning: {file}{warning.pointer}: {warning.message}")
    return loaded
