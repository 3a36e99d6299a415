"""Finding tasks that go on and on while virtual time stands still."""

from collections.abc import Callable

import trio

MAX_TURNS = 100_000
"""How often the event loop may turn in one instant while something can always go on; it takes some seconds."""
MAX_TURNS_TO_END = 10_000
"""The same for what was cancelled."""


class SpinWatch(trio.abc.Instrument):
    """Counts the turns of the event loop, which a task that polls without waiting makes without end.

    Args:
        spins: Called when there were too many, which is to cancel all tasks; and again if they do not end then.
    """

    def __init__(self, spins: Callable[[], None]) -> None:
        self._spins = spins
        self._turns = 0
        self._most = MAX_TURNS

    def rest(self) -> None:
        """Begin to count anew: every task is blocked."""
        self._turns = 0

    def before_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - trio's
        """Count a turn of the event loop."""
        self._turns += 1
        if self._turns >= self._most:
            self._turns, self._most = 0, MAX_TURNS_TO_END
            self._spins()
