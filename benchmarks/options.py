"""Values of options, refused before anything is measured."""

from argparse import ArgumentTypeError
from pathlib import Path

from flowrt.cli.writable import why_not_writable

LEAST_REPETITIONS = 5


def repetitions(text: str) -> int:
    """Return how often something is timed.

    Raises:
        ArgumentTypeError: There would be too few for a median.
    """
    count = int(text)
    if count < LEAST_REPETITIONS:
        raise ArgumentTypeError(f"{count} is too few for a median: at least {LEAST_REPETITIONS}")
    return count


def new_file(text: str) -> Path:
    """Return a file that is to be written.

    Raises:
        ArgumentTypeError: It can't be.
    """
    file = Path(text)
    if (reason := why_not_writable(file)) is not None:
        raise ArgumentTypeError(reason)
    return file
