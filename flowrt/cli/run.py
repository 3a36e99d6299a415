"""`flowrt run`: run a workflow, once or over many inputs."""

from pathlib import Path
from typing import Annotated

import typer

from flowrt.cli.ending import ending
from flowrt.cli.options import (
    Backend,
    Database,
    File,
    Json,
    PythonModules,
    Unknown,
    load,
    make_registry,
)
from flowrt.cli.overwriting import refuse_overwriting
from flowrt.storage.defaults import DEFAULT_URL

MAX_AT_ONCE = 100


def run(
    context: typer.Context,
    file: File,
    input: Annotated[str | None, typer.Option(help="The input: JSON, @file, or - for standard input.")] = None,
    inputs: Annotated[
        Path | None, typer.Option(help="Many inputs: a file with a JSON object per line, or - for standard input.")
    ] = None,
    max_at_once: Annotated[
        int | None, typer.Option(min=1, help="How many executions may be under way; 100 unless told.")
    ] = None,
    max_per_second: Annotated[float | None, typer.Option(min=0.001, help="How many may start in a second.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where to write a JSON line per input.")] = None,
    backend: Annotated[Backend, typer.Option(help="The event loop.")] = "asyncio",
    unknown_steps: Unknown = "refuse",
    python_module: PythonModules = None,
    db: Database = DEFAULT_URL,
    no_db: Annotated[bool, typer.Option("--no-db", help="Keep no log.")] = False,
    json: Json = False,
) -> None:
    """Run a workflow, once or over many inputs."""
    from flowrt.cli.batch import Batch  # noqa: PLC0415 - loaded by the command that needs it
    from flowrt.cli.inputs import STDIN  # noqa: PLC0415
    from flowrt.cli.single import Single, read_input  # noqa: PLC0415
    from flowrt.runtime import Runtime  # noqa: PLC0415
    from flowrt.storage import SqlStore  # noqa: PLC0415

    if inputs is None and any(option is not None for option in (results, max_at_once, max_per_second)):
        raise typer.BadParameter("--results, --max-at-once and --max-per-second go with --inputs")
    if no_db and _is_given(context, "db"):
        raise typer.BadParameter("give --db or --no-db, not both")
    if inputs is not None and input is not None:
        raise typer.BadParameter("give --input or --inputs, not both")
    if results == STDIN:
        raise typer.BadParameter("`-` is no file, and standard output gets the summary: name a file for --results")
    with ending(as_json=json):
        if results is not None and inputs is not None:
            refuse_overwriting("--results", results, (file, inputs), None if no_db else db)
        workflow = load(file, make_registry(unknown_steps, python_module))
        store = None if no_db else SqlStore(db)
        if inputs is None:
            given = read_input(input, workflow.definition.name)
            status = Single(workflow, given).run(Runtime(store=store), backend, as_json=json)
        else:
            batch = Batch(
                workflow, inputs, results, max_at_once=max_at_once or MAX_AT_ONCE, max_per_second=max_per_second
            )
            status = batch.run(Runtime(store=store), backend, as_json=json)
    raise typer.Exit(status)


def _is_given(context: typer.Context, option: str) -> bool:
    """Say whether an option stands in the command itself, rather than in the environment."""
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"
