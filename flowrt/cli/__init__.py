"""The command `flowrt`: running workflows, and looking at what ran.

Exit status: 0 completed, 1 an execution failed, or what it printed found no reader, 2 bad usage, definition or input,
3 cancelled, 4 the database can't be used.
"""

import sys

from flowrt.cli import idle_interrupts

TYPERS_CTRL_C = 130
"""The status with which typer ends at Ctrl-C."""


def main() -> None:
    """Run the command with the arguments of the process; the console script's entry."""
    idle_interrupts.install()
    from flowrt.cli.app import make_app  # noqa: PLC0415 - typer is loaded only for the command
    from flowrt.cli.interrupts import leave_if_interrupted  # noqa: PLC0415
    from flowrt.cli.streams import take_every_character  # noqa: PLC0415

    take_every_character()
    status: str | int | None = None
    try:
        make_app()()
    except SystemExit as end:
        status = 3 if end.code == TYPERS_CTRL_C else end.code
    except OSError as error:
        error.filename = error.filename or "standard output"  # nothing else is written without a name
        status = f"error: {error}"
    except KeyboardInterrupt:
        status = 3  # before typer heard of it
    finally:
        idle_interrupts.come_too_late()
    if not status and sys.stdout is None:
        status = "error: standard output is closed, so nothing could be printed"  # pyright: ignore[reportUnreachable]
    leave_if_interrupted(status)
    sys.exit(status)


__all__ = ["main"]
