"""The commands, put together."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from flowrt import __version__
from flowrt.cli.bench import bench
from flowrt.cli.db import upgrade
from flowrt.cli.ending import printable
from flowrt.cli.graph import graph
from flowrt.cli.history import history
from flowrt.cli.run import run
from flowrt.cli.schema import schema
from flowrt.cli.show import show
from flowrt.cli.validate import validate
from flowrt.cli.why import why

HELP = """Run workflows, and look at what ran.

\b
Exit status:
  0  completed
  1  an execution failed, or something could not be printed
  2  bad usage, definition or input; nothing ran
  3  cancelled, by Ctrl-C or SIGTERM
  4  the database can't be used
"""


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer calls it so
    if value:
        typer.echo(f"flowrt {__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Run workflows, and look at what ran."""


class Commands(TyperGroup):
    """The commands; what is wrong in their use is told so that it does not steer a terminal."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read what stands before the command."""
        with _printable():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Read what stands behind the command, and run it."""
        with _printable():
            return super().invoke(ctx)


@contextmanager
def _printable() -> Generator[None, None, None]:
    try:
        yield
    except TyperException as error:
        error.message = printable(error.message)
        raise


def make_app() -> typer.Typer:
    """Return the command-line application."""
    app = typer.Typer(
        name="flowrt",
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in (run, bench, validate, graph, history, show, why, schema):
        app.command()(command)
    app.callback(help=HELP)(options)
    database = typer.Typer(help="Look after the database.", no_args_is_help=True)
    database.command()(upgrade)
    app.add_typer(database, name="db")
    return app
