"""Time that passes only when a simulation says so, in integer nanoseconds."""

import anyio
import trio

from flowrt.actors.timers import Timers
from flowrt.actors.turn import Turn
from flowrt.clock import NANOSECONDS

BEGINNING_NS = 946_684_800 * NANOSECONDS
"""2000-01-01 UTC: the wall time at which every simulation begins."""
FOR_EVER_SECONDS = 1e9


class VirtualClock(trio.abc.Clock):
    """A clock for a runtime and, at once, for trio: both show the same time, and `anyio.sleep` in steps follows it.

    It begins at 0 and stands still until the simulation sets `now_ns`.
    """

    def __init__(self) -> None:
        self.now_ns = 0
        self.sleepers = Timers(self, Turn(self.monotonic_ns))
        """Things that the simulation lets happen at their time."""
        self.failure: Exception | None = None
        """What ends the event loop, whatever its tasks do: it is raised where the loop asks for the time."""

    @property
    def now_seconds(self) -> float:
        """The time since the beginning of the simulation."""
        return self.now_ns / NANOSECONDS

    # --- for the runtime --------------------------------------------------------------------------------------------

    def time_ns(self) -> int:
        """Return the wall time; a simulation begins on 2000-01-01."""
        return BEGINNING_NS + self.now_ns

    def monotonic_ns(self) -> int:
        """Return the time since the beginning of the simulation."""
        return self.now_ns

    async def sleep_until(self, monotonic_ns: int) -> None:
        """Wait until `monotonic_ns() >= monotonic_ns`. A cancel leaves nothing that acts."""
        woken = anyio.Event()
        sleeper = self.sleepers.set_at(monotonic_ns, woken.set)
        try:
            await woken.wait()
        finally:
            sleeper.cancel()

    # --- for trio ---------------------------------------------------------------------------------------------------

    def start_clock(self) -> None:
        """Do nothing: virtual time does not run."""

    def current_time(self) -> float:
        """Return the time since the beginning of the simulation, in seconds.

        Raises:
            Exception: The `failure` that is to end the event loop.
        """
        if self.failure is not None:
            raise self.failure
        return self.now_seconds

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """Return how long trio shall really wait: not at all if the time has come, else until it is woken."""
        return 0.0 if deadline <= self.current_time() else FOR_EVER_SECONDS
