"""`flowrt show`: one execution, node by node."""

from typing import Annotated, Any, NamedTuple

import anyio
import msgspec
import typer

from flowrt.cli.console import make_console
from flowrt.cli.ending import BAD_USAGE, echo_error, ending, print_json
from flowrt.cli.history import COLOURS, describe_execution
from flowrt.cli.options import DEFAULT_DATABASE, Database, Json
from flowrt.cli.times import duration, moment, seconds, timestamp
from flowrt.definition import Definition, load_definition
from flowrt.events import ErrorDetails
from flowrt.steps.pass_through import PassThroughType
from flowrt.steps.registry import StepRegistry
from flowrt.storage import ExecutionRow, NodeRow, Store

SEARCHED = 10_000
"""How many of the newest executions are looked through for the beginning of an id."""


class Found(NamedTuple):
    """What the log knows of one execution."""

    execution: ExecutionRow
    nodes: list[NodeRow]
    definition: Definition | None


def show(
    execution: Annotated[str, typer.Argument(help="An execution's id, or its beginning.", show_default=False)],
    db: Database = DEFAULT_DATABASE,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks and payloads.")] = False,
    json: Json = False,
) -> None:
    """Show one execution: its nodes with times, attempts and errors."""

    async def read() -> Found | str:
        from flowrt.storage import SqlStore  # noqa: PLC0415 - it loads SQLAlchemy

        store = SqlStore(db, create=False)
        await store.open()
        try:
            return await _find(store, execution)
        finally:
            await store.close()

    with ending(as_json=json):
        found = anyio.run(read)
    if isinstance(found, str):
        if json:
            print_json({"error": {"type": "NotFound", "message": found}})
        else:
            echo_error(f"error: {found}")
        raise typer.Exit(BAD_USAGE)
    if json:
        print_json(_document(found))
    else:
        _print(found, verbose=verbose)


async def _find(store: Store, execution_id: str) -> Found | str:
    """Return an execution by its id or its beginning, or why there is not exactly one."""
    row = await store.log.execution(execution_id)
    if row is None:
        rows = await store.log.executions(limit=SEARCHED)
        matching = [row for row in rows if row.id.startswith(execution_id)]
        if not matching:
            return f"no execution's id begins with {execution_id!r}; `flowrt history` lists the newest"
        if len(matching) > 1:
            return (
                f"{len(matching)} executions' ids begin with {execution_id!r}, {matching[0].id} last; give more of it"
            )
        row = matching[0]
    definition = None
    if row.workflow_version is not None:
        stored = await store.workflows.find(row.workflow, row.workflow_version)
        if stored is not None:
            catalog = StepRegistry(default=PassThroughType())
            definition = load_definition(stored.definition, catalog).definition
    return Found(row, await store.log.nodes(row.id), definition)


def _document(found: Found) -> dict[str, Any]:
    row = found.execution
    payloads = {"input": msgspec.Raw(row.input), "output": None if row.output is None else msgspec.Raw(row.output)}
    return {**describe_execution(row), **payloads, "nodes": [_describe(node) for node in found.nodes]}


def _describe(row: NodeRow) -> dict[str, Any]:
    return {
        "node": row.node,
        "attempt": row.attempt,
        "status": row.status,
        "started_at": timestamp(row.started_at_ns),
        "duration_seconds": seconds(row.duration_ns),
        "output": None if row.output is None else msgspec.Raw(row.output),
        "error": None if row.error is None else {"type": row.error.type, "message": row.error.message},
        "retry_delay_seconds": row.retry_delay_seconds,
        "note": row.note,
    }


def _print(found: Found, *, verbose: bool) -> None:
    from rich.markup import escape  # noqa: PLC0415

    from flowrt.cli.tree import workflow_tree  # noqa: PLC0415

    row = found.execution
    console = make_console()
    took = f", took {duration(row.duration_ns)}" if row.duration_ns is not None else ""
    console.print(f"[bold]{escape(row.workflow)}[/bold] {row.id}", soft_wrap=True)
    why = row.reason or (_error_text(row.error) if row.error is not None else "")
    why = f": {escape(why)}" if why else ""
    console.print(
        f"[{COLOURS[row.status]}]{row.status}[/]{why}; began {moment(row.started_at_ns)}{took}\n", soft_wrap=True
    )
    attempts: dict[str, list[NodeRow]] = {}
    for node in found.nodes:
        attempts.setdefault(node.node, []).append(node)

    def label(node_id: str) -> str:
        lines = [_attempt(node) for node in attempts.get(node_id, [])] or ["[dim]did not run[/dim]"]
        return f"[bold]{escape(node_id)}[/bold] " + "\n  ".join(lines)

    if found.definition is not None:
        for line in workflow_tree(found.definition, label):
            console.print(line, soft_wrap=True)
    else:
        for node_id in attempts:
            console.print(label(node_id), soft_wrap=True)
    if verbose:
        _print_details(found)


def _attempt(row: NodeRow) -> str:
    from rich.markup import escape  # noqa: PLC0415

    text = f"[{COLOURS[row.status]}]{row.status}[/] {duration(row.duration_ns) if row.attempt else ''}"
    if row.attempt > 1 or row.retry_delay_seconds is not None:
        text = f"attempt {row.attempt} {text}"
    if row.error is not None:
        text += f" [red]{escape(_error_text(row.error))}[/red]"
    if row.retry_delay_seconds is not None:
        text += f", again after {row.retry_delay_seconds:.3g} s"
    return text + (f" ({escape(row.note)})" if row.note else "")


def _error_text(error: ErrorDetails) -> str:
    return f"{error.type.rpartition('.')[2]}: {error.message}"


def _print_details(found: Found) -> None:
    typer.echo(f"\ninput: {found.execution.input.decode()}")
    for row in found.nodes:
        if row.output is not None:
            typer.echo(f"{row.node} produced: {row.output.decode()}")
        if row.error is not None:
            typer.echo(f"{row.node}, attempt {row.attempt}:\n{row.error.traceback}")
    if found.execution.output is not None:
        typer.echo(f"output: {found.execution.output.decode()}")
