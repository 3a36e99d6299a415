"""The inputs that a command is given: a file with a JSON document per line, or what is piped into it."""

import sys
from codecs import BOM_UTF8
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from flowrt.errors import InputError

STDIN = Path("-")


def standard_input(workflow: str) -> BinaryIO:
    """Return standard input as bytes.

    Raises:
        InputError: It is closed.
    """
    if sys.stdin is None:
        raise InputError(workflow, "standard input is closed")  # pyright: ignore[reportUnreachable]
    return sys.stdin.buffer


@contextmanager
def open_inputs(path: Path, workflow: str) -> Generator[BinaryIO, None, None]:
    """Open a file of inputs, or standard input for `-`.

    Raises:
        InputError: It can't be opened.
    """
    if path == STDIN:
        yield standard_input(workflow)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(workflow, f"the file of inputs can't be opened: {error}") from None
    with file:
        yield file


def text_of_line(line: bytes, number: int) -> bytes:
    """Return what a line of a file holds, nothing if it is blank; the first, number 1, may begin with a BOM."""
    text = line.removeprefix(BOM_UTF8) if number == 1 else line
    return text if text.strip() else b""


def decode_line(text: bytes, number: int, workflow: str) -> dict[str, Any]:
    """Return the input that a line holds.

    Raises:
        InputError: It is no JSON object.
    """
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except UnicodeDecodeError as error:
        raise InputError(workflow, f"line {number} is not UTF-8: {error}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(workflow, f"line {number} is no JSON object: {error}") from None


def read_records(path: Path, workflow: str) -> list[Any]:
    """Return the inputs of a file with a JSON object per line; empty lines are passed over.

    Args:
        path: The file, or `-`.
        workflow: The workflow's name, for the error.

    Raises:
        InputError: The file can't be opened, a line is no JSON object, or there is none.
    """
    records: list[dict[str, Any]] = []
    with open_inputs(path, workflow) as lines:
        for number, line in enumerate(lines, 1):
            if text := text_of_line(line, number):
                records.append(decode_line(text, number, workflow))
    if not records:
        raise InputError(workflow, "the file of inputs is empty: expected a JSON object per line")
    return records
