"""`flowrt show`: one execution, node by node."""

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import anyio
import msgspec
import typer

from flowrt.cli.console import make_console, markup, print_lines
from flowrt.cli.ending import echo, ending, print_json
from flowrt.cli.history import COLOURS, describe_execution
from flowrt.cli.lookup import find_execution, reading
from flowrt.cli.options import Database, Execution, Json
from flowrt.cli.times import duration, moment, seconds, timestamp
from flowrt.events import ErrorDetails
from flowrt.storage import ExecutionRow, NodeRow, Store
from flowrt.storage.defaults import DEFAULT_URL

if TYPE_CHECKING:
    from flowrt.definition import Definition


class Found(NamedTuple):
    """What the log knows of one execution."""

    execution: ExecutionRow
    nodes: list[NodeRow]
    definition: "Definition | None"


def show(
    execution: Execution,
    db: Database = DEFAULT_URL,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks and payloads.")] = False,
    json: Json = False,
) -> None:
    """Show one execution: its nodes with times, attempts and errors."""
    from flowrt.explain import stored_definition  # noqa: PLC0415 - loaded by the command that needs it

    async def read(store: Store) -> Found:
        row = await find_execution(store, execution)
        return Found(row, await store.log.nodes(row.id), await stored_definition(store, row))

    with ending(as_json=json):
        found = anyio.run(reading, db, read)
    if json:
        print_json(_document(found))
    else:
        _print(found, verbose=verbose)


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
    from flowrt.cli.tree import workflow_tree  # noqa: PLC0415

    row = found.execution
    console = make_console()
    took = f", took {duration(row.duration_ns)}" if row.duration_ns is not None else ""
    console.print(f"[bold]{markup(row.workflow)}[/bold] {row.id}", soft_wrap=True)
    why = row.reason or (_error_text(row.error) if row.error is not None else "")
    why = f": {markup(why)}" if why else ""
    console.print(
        f"[{COLOURS[row.status]}]{row.status}[/]{why}; began {moment(row.started_at_ns)}{took}\n", soft_wrap=True
    )
    attempts: dict[str, list[NodeRow]] = {}
    for node in found.nodes:
        attempts.setdefault(node.node, []).append(node)

    def label(node_id: str) -> str:
        lines = [_attempt(node) for node in attempts.get(node_id, [])] or ["[dim]did not run[/dim]"]
        return f"[bold]{markup(node_id)}[/bold] " + "\n  ".join(lines)

    lines = map(label, attempts) if found.definition is None else workflow_tree(found.definition, label)
    print_lines(console, iter(lines), "`--json` has all of them")
    if verbose:
        _print_details(found)


def _attempt(row: NodeRow) -> str:
    text = f"[{COLOURS[row.status]}]{row.status}[/] {duration(row.duration_ns) if row.attempt else ''}"
    if row.attempt > 1 or row.retry_delay_seconds is not None:
        text = f"attempt {row.attempt} {text}"
    if row.error is not None:
        text += f" [red]{markup(_error_text(row.error))}[/red]"
    if row.retry_delay_seconds is not None:
        text += f", again after {row.retry_delay_seconds:.3g} s"
    return text + (f" ({markup(row.note)})" if row.note else "")


def _error_text(error: ErrorDetails) -> str:
    from flowrt.actors.snapshots import cut  # noqa: PLC0415 - the help needs none

    return cut(f"{error.type.rpartition('.')[2]}: {error.message}")


def _print_details(found: Found) -> None:
    echo(f"\ninput: {found.execution.input.decode()}")
    for row in found.nodes:
        if row.output is not None:
            echo(f"{row.node} produced: {row.output.decode()}")
        if row.error is not None:
            echo(f"{row.node}, attempt {row.attempt}:\n{row.error.traceback}")
    if found.execution.output is not None:
        echo(f"output: {found.execution.output.decode()}")
