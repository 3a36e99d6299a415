"""Ctrl-C and SIGTERM while executions run: the first cancels, and a later one leaves where that did not help."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from flowrt.cli.ending import CANCELLED
from flowrt.cli.idle_interrupts import SAME_SECONDS, SIGNALS

GRACE_SECONDS = 5
"""How long Ctrl-C waits for the results of what it cancels."""
LAST_WORDS = b"left at once: what had not ended stays `running` in the history\n"


@contextmanager
def leaving_on_second_interrupt() -> Generator[None, None, None]:
    """Never let a step that does not end hold the command; to be entered on the event loop.

    The event loop's own handler hears of the first Ctrl-C. It hears of the second, too, and raises `KeyboardInterrupt`
    if it can; where it can't, on the third, and when the executions are over, the process ends. A SIGTERM is as good as
    a Ctrl-C, also where a shell in the background lets the process ignore that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import anyio  # noqa: PLC0415 - no event loop is needed to show the help

    from flowrt.storage.loop_thread import poster  # noqa: PLC0415

    scope, post = anyio.CancelScope(), poster()
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    of_loop = handlers[signal.SIGINT]

    def cancel(*_: object) -> None:
        post(scope.cancel)

    interrupts = _Interrupts(of_loop if callable(of_loop) else cancel)
    heard = {number: handler for number, handler in handlers.items() if handler not in {None, signal.SIG_IGN}}
    for number in heard:
        signal.signal(number, interrupts)
    try:
        with scope:
            yield
        if scope.cancelled_caught:
            raise KeyboardInterrupt
    finally:
        interrupts.is_over = True
        if not interrupts.count:
            for number, handler in heard.items():
                signal.signal(number, handler)


def leave_if_interrupted(status: str | int | None) -> None:
    """End the process here if Ctrl-C was heard: a step that swallows everything holds even the interpreter's end.

    Args:
        status: The exit status; nothing happens where it is a message.
    """
    handlers = [signal.getsignal(number) for number in SIGNALS]
    if any(isinstance(handler, _Interrupts) for handler in handlers) and not isinstance(status, str):
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # the exit status stays what it is
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status or 0)


class _Interrupts:
    def __init__(self, before: Callable[[int, FrameType | None], object]) -> None:
        self.count = 0
        self.is_over = False
        self._before = before
        self._first = 0.0

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a SIGTERM is heard as a Ctrl-C
        now = time.monotonic()
        if self.count == 0:
            self._first = now
        elif now - self._first < SAME_SECONDS:
            return
        self.count += 1
        if self.count <= 2 and not self.is_over:  # noqa: PLR2004 - see above
            self._before(signal.SIGINT, frame)
        if self.count > 1:
            _leave()


def _leave() -> NoReturn:
    os.write(2, LAST_WORDS)
    os._exit(CANCELLED)
