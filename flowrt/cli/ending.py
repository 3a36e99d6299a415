"""How commands end: errors become messages and exit statuses, never tracebacks."""

import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import msgspec
import typer

from flowrt.actors.plain import Plainer
from flowrt.bench.errors import BenchError
from flowrt.cli.streams import has_every_character
from flowrt.errors import (
    DefinitionError,
    ExecutionCancelledError,
    FlowrtError,
    InputError,
    StoreError,
    UnknownExecutionError,
    UnknownNodeError,
)

COMPLETED, FAILED, BAD_USAGE, CANCELLED, NO_DATABASE = range(5)
STANDARD_OUTPUT = "standard output"
_NOT_PLAIN = re.compile(r"[^\n\x20-\x7e]")


def print_json(document: Any) -> None:
    """Print one JSON document; what JSON has no form for is there by its `repr`."""
    import json  # noqa: PLC0415 - the help needs none

    takes_all = has_every_character(sys.stdout)

    def told(found: re.Match[str]) -> str:  # JSON may hold what steers a terminal as it is
        return found[0] if takes_all and found[0].isprintable() else json.dumps(found[0])[1:-1]

    text = _NOT_PLAIN.sub(told, msgspec.json.format(encode(document), indent=2).decode())
    with naming(STANDARD_OUTPUT):
        typer.echo(text)


def encode(document: Any) -> bytes:
    """Return a document as JSON; parts that JSON has no form for are told as text."""
    try:
        return msgspec.json.encode(document, enc_hook=repr)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return msgspec.json.encode(Plainer().plain(document), enc_hook=repr)


def printable(text: str) -> str:
    r"""Return a text of others' words as it may be printed: what would steer a terminal is shown, not sent.

    >>> printable("\033[31mred")
    '\\x1b[31mred'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def echo(text: str, *, is_error: bool = False) -> None:
    """Print a text of others' words."""
    with naming("standard error" if is_error else STANDARD_OUTPUT):
        typer.echo(printable(text), err=is_error)


def echo_error(text: str) -> None:
    """Print a message on standard error, as `echo` does."""
    echo(text, is_error=True)


@contextmanager
def naming(what: str) -> Generator[None, None, None]:
    """Let an `OSError` that names no file say what could not be read or written."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or what
        raise


def exit_status(error: FlowrtError | OSError) -> int:
    """Return the exit status that an error stands for."""
    match error:
        case DefinitionError() | InputError() | UnknownExecutionError() | UnknownNodeError() | BenchError():
            return BAD_USAGE
        case ExecutionCancelledError():
            return CANCELLED
        case StoreError():
            return NO_DATABASE
        case _:
            return FAILED


def describe(error: FlowrtError | OSError) -> dict[str, Any]:
    """Return an error as data."""
    described: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, DefinitionError):
        described["problems"] = [problem._asdict() for problem in error.problems]
    return described


@contextmanager
def ending(*, as_json: bool) -> Generator[None, None, None]:
    """Turn what flowrt and the machine raise into a message and an exit status; Ctrl-C, too."""
    try:
        yield
    except FlowrtError as error:
        if as_json:
            print_json({"error": describe(error)})
        else:
            echo_error(f"error: {error}")
        raise typer.Exit(exit_status(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:  # such as a full disk
        if as_json:
            print_json({"error": describe(error)})
        else:
            echo_error(f"error: {error}")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        typer.echo("cancelled", err=True)
        raise typer.Exit(CANCELLED) from None
