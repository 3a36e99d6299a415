"""Where commands print what people read."""

from typing import TYPE_CHECKING

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
