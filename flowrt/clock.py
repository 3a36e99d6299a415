"""The real clock, and ids made from a clock."""

import time
from random import Random

import anyio

from flowrt.errors import LoopTimeError
from flowrt.typing import Clock

NEVER_NS = 1 << 62
NANOSECONDS = 1_000_000_000
LONG_NS = 100_000_000
"""No event loop ends a sleep of a tenth of a second when half of it is over."""


class SystemClock:
    """The machine's clock."""

    time_ns = staticmethod(time.time_ns)
    monotonic_ns = staticmethod(time.monotonic_ns)

    async def sleep_until(self, monotonic_ns: int) -> None:
        """Wait until `monotonic_ns() >= monotonic_ns`. A cancel leaves nothing behind.

        Raises:
            LoopTimeError: The event loop runs in virtual time: it would be waited for in a busy loop.
        """
        while (left := monotonic_ns - time.monotonic_ns()) > 0:
            await anyio.sleep(left / NANOSECONDS)
            if left > LONG_NS and monotonic_ns - time.monotonic_ns() > left // 2:
                raise LoopTimeError(left / NANOSECONDS)


class UuidV7Ids:
    """Ids that sort by time: UUID version 7 (RFC 9562, method 1: a counter in the bits below the millisecond).

    Args:
        clock: Where the time comes from.
        random: Where the random bits come from.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._last = 0

    def new_id(self) -> str:
        """Return a new UUID as text; it sorts after all that this object returned before."""
        milliseconds = self._clock.time_ns() // 1_000_000
        ordered = max(milliseconds << 12, self._last + 1)
        self._last = ordered
        tail = self._random.getrandbits(62) | 0x8000_0000_0000_0000
        return "%08x-%04x-7%03x-%04x-%012x" % (  # noqa: UP031 - a third quicker than an f-string
            ordered >> 28,
            ordered >> 12 & 0xFFFF,
            ordered & 0xFFF,
            tail >> 48,
            tail & 0xFFFF_FFFF_FFFF,
        )
