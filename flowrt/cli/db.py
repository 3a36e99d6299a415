"""`flowrt db`: looking after the database."""

from functools import partial

import anyio
import typer

from flowrt.cli.ending import ending, print_json
from flowrt.cli.options import Database, Json
from flowrt.storage.defaults import DEFAULT_URL


def upgrade(db: Database = DEFAULT_URL, json: Json = False) -> None:
    """Bring a database to this version's schema; a new one is made."""
    from flowrt.storage import upgrade_database  # noqa: PLC0415 - it loads SQLAlchemy

    with ending(as_json=json):
        before, after = anyio.run(partial(upgrade_database, db))
        if json:
            print_json({"before": before, "after": after})
        elif before == after:
            typer.echo(f"the schema is {after} already")
        else:
            typer.echo(f"the schema was {before or 'none'}, and is {after} now")
