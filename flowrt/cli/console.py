"""Where commands print what people read."""

from typing import TYPE_CHECKING

from flowrt.cli.ending import printable

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_IN_A_PIPE = 200


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
