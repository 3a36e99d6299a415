"""Where commands print what people read."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from flowrt.cli.ending import printable

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_IN_A_PIPE = 200
MAX_LINES = 20_000
"""The longest picture: nobody reads so many lines, and to draw them takes a second."""
_LINES_AT_ONCE = 500


def make_console() -> "Console":
    """Return a console for standard output; wide in a pipe, where nothing has to fit a screen."""
    from rich.console import Console  # noqa: PLC0415 - loaded only when something is drawn

    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH_IN_A_PIPE
    return console


def markup(text: str) -> str:
    """Return a text of others' words as rich markup that shows it as it is, and sends a terminal nothing."""
    from rich.markup import escape  # noqa: PLC0415

    return escape(printable(text))


def print_lines(console: "Console", lines: Iterator[str], instead: str) -> None:
    """Print lines of rich markup, and of more than `MAX_LINES` how many more there are.

    Args:
        console: Where they are printed.
        lines: The lines.
        instead: What shows all of it.
    """
    shown = islice(lines, MAX_LINES)
    while some := list(islice(shown, _LINES_AT_ONCE)):  # to print them one by one takes four times as long
        console.print("\n".join(some), soft_wrap=True)
    more = sum(1 for _ in lines)
    if more:
        console.print(f"... and {more:,} more lines; {instead}", markup=False)
