"""The command `flowrt`: running workflows, and looking at what ran.

Exit status: 0 completed, 1 an execution failed, 2 bad usage, definition or input, 3 cancelled, 4 the database can't be
used.
"""

import os
import sys


def main() -> None:
    """Run the command with the arguments of the process; the console script's entry."""
    from flowrt.cli.app import make_app  # noqa: PLC0415 - typer is loaded only for the command

    try:
        make_app()()
    except BrokenPipeError:
        # the reader went away, as `head` does; what Python would flush at its end has no reader either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        sys.exit(f"error: {error}")  # standard output, most likely
    except KeyboardInterrupt:
        sys.exit(3)  # before anything ran


__all__ = ["main"]
