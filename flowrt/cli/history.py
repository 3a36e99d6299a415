"""`flowrt history`: what ran."""

from typing import Annotated, Any

import anyio
import msgspec
import typer

from flowrt.cli.console import make_console
from flowrt.cli.ending import ending, print_json, printable
from flowrt.cli.lookup import reading
from flowrt.cli.options import Database, Json, check_text
from flowrt.cli.times import duration, moment, seconds, timestamp
from flowrt.events import ExecutionStatus
from flowrt.storage import ExecutionRow, Store
from flowrt.storage.defaults import DEFAULT_URL

PAGE = 500
"""How many executions are read at once, with their payloads."""


def history(
    workflow: Annotated[
        str | None, typer.Option(callback=check_text, help="Only executions of the workflow of this name.")
    ] = None,
    status: Annotated[ExecutionStatus | None, typer.Option(help="Only executions in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many of the newest.")] = 20,
    db: Database = DEFAULT_URL,
    json: Json = False,
) -> None:
    """List the newest executions."""

    async def read(store: Store) -> list[ExecutionRow]:
        found: list[ExecutionRow] = []
        while len(found) < limit:
            count, before = min(PAGE, limit - len(found)), found[-1].id if found else None
            page = await store.log.executions(limit=count, workflow=workflow, status=status, before=before)
            found += [msgspec.structs.replace(row, input=b"", output=None) for row in page]  # nobody sees the payloads
            if len(page) < count:
                break
        return found

    with ending(as_json=json):
        rows = anyio.run(reading, db, read)
    if json:
        print_json({"executions": [describe_execution(row) for row in rows]})
    else:
        _print_table(rows)


def describe_execution(row: ExecutionRow) -> dict[str, Any]:
    """Return an execution as data, without its payloads."""
    return {
        "execution_id": row.id,
        "workflow": row.workflow,
        "version": row.workflow_version,
        "status": row.status,
        "started_at": timestamp(row.started_at_ns),
        "duration_seconds": seconds(row.duration_ns),
        "failed_node": row.failed_node,
        "error": None if row.error is None else f"{row.error.type}: {row.error.message}",
        "reason": row.reason,
        "parent_id": row.parent_id,
        "failures_absorbed": row.failures_absorbed,
    }


COLOURS = {"completed": "green", "failed": "red", "cancelled": "yellow", "running": "blue", "skipped": "dim"}


def _print_table(rows: list[ExecutionRow]) -> None:
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(
        Column("execution", no_wrap=True, min_width=36),
        Column("workflow", overflow="fold"),
        Column("status", no_wrap=True, min_width=9),
        Column("started", min_width=10),
        Column("took", no_wrap=True, min_width=6),
        Column("what", overflow="fold"),
        box=None,
        pad_edge=False,
    )
    for row in rows:
        what = row.reason or ("" if row.failed_node is None else f"node {row.failed_node!r} failed")
        cells = [row.id, row.workflow, row.status, moment(row.started_at_ns), duration(row.duration_ns), what]
        table.add_row(*[Text(printable(cell), style=COLOURS.get(cell, "")) for cell in cells])
    console = make_console()
    if rows:
        console.print(table)
    else:
        console.print("no executions")
