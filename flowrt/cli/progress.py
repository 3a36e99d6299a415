"""Live progress on a terminal, nothing in a pipe."""

import time
from collections import Counter
from types import TracebackType
from typing import Self, TextIO

from flowrt.cli.ending import printable

INTERVAL_SECONDS = 0.1


class Progress:
    """A line that is drawn over; for terminals only.

    Args:
        stream: Where it is drawn, if that is a terminal.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away, so that something else may be written; the next `show` draws it again."""
        if self._stream is not None:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def show(self, counts: Counter[str]) -> None:
        """Draw the counts, but not more often than a reader can see."""
        parts = ", ".join(f"{count} {status}" for status, count in counts.items())
        self.show_text(f"{counts.total()} done: {parts}")

    def show_text(self, text: str) -> None:
        """Draw a line, but not more often than a reader can see."""
        now = time.monotonic()
        if self._stream is None or now - self._last < INTERVAL_SECONDS:
            return
        self._last = now
        self._stream.write(f"\r\033[K{printable(text)}")
        self._stream.flush()
