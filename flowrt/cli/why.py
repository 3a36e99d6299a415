"""`flowrt why`: why a node ran, or did not."""

from typing import TYPE_CHECKING, Annotated

import anyio
import msgspec
import typer

from flowrt.cli.ending import echo, ending, print_json
from flowrt.cli.lookup import find_execution, reading
from flowrt.cli.options import Database, Execution, Json, check_text
from flowrt.storage import ExecutionRow, Store
from flowrt.storage.defaults import DEFAULT_URL

if TYPE_CHECKING:
    from flowrt.explain import Explanation


def why(
    execution: Execution,
    node: Annotated[str, typer.Argument(callback=check_text, help="A node's id.", show_default=False)],
    db: Database = DEFAULT_URL,
    json: Json = False,
) -> None:
    """Say why a node was skipped, failed, was cancelled, is retried or has not run."""
    from flowrt.explain import explain  # noqa: PLC0415 - loaded by the command that needs it

    async def read(store: Store) -> tuple[ExecutionRow, "Explanation"]:
        row = await find_execution(store, execution)
        return row, await explain(store, row.id, node)

    with ending(as_json=json):
        row, explanation = anyio.run(reading, db, read)
    if json:
        head = {"execution_id": row.id, "workflow": row.workflow, "status": row.status}
        print_json(head | msgspec.structs.asdict(explanation))
    else:
        echo(str(explanation))
