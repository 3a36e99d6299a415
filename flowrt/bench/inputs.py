"""The inputs of a bench."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from typing import Any

import msgspec

from flowrt.errors import InputError


def read_inputs(lines: Iterable[bytes], workflow: str) -> list[Any]:
    """Return the inputs of a file with a JSON object per line; empty lines are passed over.

    Args:
        lines: The file's lines.
        workflow: The workflow's name, for the error.

    Raises:
        InputError: A line is no JSON object, or there is none.
    """
    inputs: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(BOM_UTF8) if number == 1 else line
        if text.strip():
            try:
                inputs.append(msgspec.json.decode(text, type=dict[str, Any]))
            except (msgspec.DecodeError, RecursionError) as error:
                raise InputError(workflow, f"line {number} is no JSON object: {error}") from None
    if not inputs:
        raise InputError(workflow, "the file of inputs is empty: expected a JSON object per line")
    return inputs


def repeated(inputs: Sequence[Any], executions: int | None) -> list[Any]:
    """Return as many inputs as executions, again from the first where they are fewer; `None`: each once."""
    return list(inputs if executions is None else islice(cycle(inputs), executions))
