"""Ctrl-C and SIGTERM while nothing runs that would have to be cancelled: the command loads, reads, prints or leaves."""

import atexit
import os
import signal
import time
from contextlib import suppress

SAME_SECONDS = 0.5
"""A signal in this time after the first is the same one: a terminal and a parent process may both send it."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def install() -> None:
    """Let a signal end the process at once, without a traceback of what it came in, until `hand_over`."""
    for number, usual in zip(SIGNALS, (signal.default_int_handler, signal.SIG_DFL), strict=True):
        if signal.getsignal(number) == usual:
            with suppress(ValueError):  # this is not the main thread, which alone hears of it
                signal.signal(number, _leave)
                atexit.register(signal.signal, number, signal.SIG_IGN)  # the exit status stays what it is


def hand_over() -> None:
    """Let signals raise `KeyboardInterrupt` from now on, as event loops expect it: executions are about to run."""
    for number in SIGNALS:
        if signal.getsignal(number) is _leave:
            signal.signal(number, signal.default_int_handler)


def come_too_late() -> None:
    """Let signals change nothing any more: the executions are over, and how they ended is about to be printed.

    A second one ends the process all the same: nobody may read what it prints, and a thread may hold it.
    """
    late = _Late()
    for number in SIGNALS:
        if signal.getsignal(number) in {_leave, signal.default_int_handler}:
            signal.signal(number, late)


class _Late:
    def __init__(self) -> None:
        self._first: float | None = None

    def __call__(self, *_: object) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now
        elif now - self._first >= SAME_SECONDS:
            _leave()


def _leave(*_: object) -> None:
    os.write(2, b"cancelled\n")
    os._exit(3)
