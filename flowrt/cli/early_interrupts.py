"""Ctrl-C while nothing runs that would have to be cancelled: the command is loading, reading, or leaving."""

import atexit
import os
import signal
from contextlib import suppress


def install() -> None:
    """Let Ctrl-C end the process at once, without a traceback of what it came in, until `hand_over`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with suppress(ValueError):  # this is not the main thread, which alone hears of it
            signal.signal(signal.SIGINT, _leave)
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the exit status stays what it is


def hand_over() -> None:
    """Let Ctrl-C raise `KeyboardInterrupt` from now on, as event loops expect it: executions are about to run."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(*_: object) -> None:
    os.write(2, b"cancelled\n")
    os._exit(3)
