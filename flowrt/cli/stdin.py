"""What is piped into a command."""

import sys
from typing import BinaryIO

from flowrt.errors import InputError


def standard_input(workflow: str) -> BinaryIO:
    """Return standard input as bytes.

    Raises:
        InputError: It is closed.
    """
    if sys.stdin is None:
        raise InputError(workflow, "standard input is closed")  # pyright: ignore[reportUnreachable]
    return sys.stdin.buffer
