"""A bounded mailbox with one receiver, which takes what came as batches."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio
import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.typing import Clock

T = TypeVar("T")

SETTLE_EVERY = 64
"""How many items may lie unmeasured: what is looked at once for so many costs next to nothing per item."""


class BatchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """When a batch is complete: as soon as one of these is reached."""

    max_items: int
    max_bytes: int
    """A batch never holds more, unless its only item is larger."""
    max_wait_seconds: float
    """How long an item waits for others in a mailbox that is not full; 0: a batch is what is there."""


class Mailbox(Generic[T]):
    """A first-in-first-out queue from any number of tasks of one event loop to one receiver.

    Ordered and lossless: what was sent is received in the order of the calls, until the mailbox is closed and after.
    `send_nowait` never refuses for want of space: it may exceed the bounds, and `is_full` tells producers to
    `wait_space` before they send more. No method may be called from another thread.

    Args:
        clock: What `max_wait_seconds` is measured with.
        capacity: The number of items from which on the mailbox is full.
        capacity_bytes: The size from which on it is full, by `size_of`; measured once for 64 items.
        size_of: The size of an item in bytes.
    """

    def __init__(self, *, clock: Clock, capacity: int, capacity_bytes: int, size_of: Callable[[T], int]) -> None:
        self._clock = clock
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._size_of = size_of
        self._fresh: list[T] = []  # sent, not yet measured
        self._items: deque[T] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._wanted = BatchLimits(max_items=1, max_bytes=1, max_wait_seconds=0)
        self._arrival: anyio.Event | None = None
        self._pause: anyio.CancelScope | None = None
        self._space: anyio.Event | None = None
        self._in_hurry = False
        self._is_closed = False
        self._is_bounded = True
        self._last_taken_ns = clock.monotonic_ns()
        self._settle_at = self._next_settlement()
        self.is_full = False
        """Whether producers must slow down. To be read only."""

    def __len__(self) -> int:
        return len(self._items) + len(self._fresh)

    def send_nowait(self, item: T) -> None:
        """Add an item.

        Raises:
            anyio.ClosedResourceError: The mailbox is closed.
        """
        fresh = self._fresh
        fresh.append(item)
        if len(fresh) >= self._settle_at:
            self._settle()

    async def wait_space(self) -> None:
        """Wait until the mailbox is not full or is closed; returns at once, without a checkpoint, if it is so already.

        A cancel leaves nothing behind.
        """
        while self.is_full and not self._is_closed:
            if self._space is None:
                self._space = anyio.Event()
            await self._space.wait()

    async def receive_batch(self, limits: BatchLimits) -> list[T]:
        """Wait for items and return the oldest ones, at least one; an empty list says: closed, and all was received.

        Only one task may receive. On a cancel the mailbox is unchanged.

        Args:
            limits: When the batch is complete.
        """
        was_idle = not self
        await self._wait_arrival()
        if limits.max_wait_seconds and not self._in_hurry:
            since = self._clock.monotonic_ns() if was_idle else self._last_taken_ns
            await self._wait_more(limits, since + round(limits.max_wait_seconds * NANOSECONDS))
        self._measure()
        batch = self._take(limits)
        self._in_hurry = self._in_hurry and bool(self._items)
        self._note_space()
        self._last_taken_ns = self._clock.monotonic_ns()
        self._settle_at = self._next_settlement()
        return batch

    def hurry(self) -> None:
        """Let nothing that was sent so far wait for `max_wait_seconds`."""
        self._in_hurry = bool(self)
        if self._pause is not None:
            self._pause.cancel()

    def lift_bounds(self) -> None:
        """Be not full, whatever comes, until `restore_bounds`: who waits for space goes on."""
        self._is_bounded = False
        self._note_space()

    def restore_bounds(self) -> None:
        """Undo `lift_bounds`."""
        self._is_bounded = True
        self._note_space()

    def close(self) -> None:
        """Refuse further items; what was sent before can still be received. Closing twice does nothing."""
        self._is_closed = True
        self._measure()
        self._settle_at = 0
        if self._arrival is not None:
            self._arrival.set()
        if self._space is not None:
            self._space.set()
        self.hurry()

    def clear(self) -> None:
        """Throw away what was not received."""
        for items in (self._fresh, self._items, self._sizes):
            items.clear()
        self._bytes = 0
        self._note_space()

    async def _wait_arrival(self) -> None:
        if self or self._is_closed:
            return
        self._arrival = anyio.Event()
        self._settle_at = 1
        try:
            await self._arrival.wait()
        finally:
            self._arrival = None
            self._settle_at = self._next_settlement()

    async def _wait_more(self, limits: BatchLimits, deadline_ns: int) -> None:
        self._measure()
        if self._is_closed or self._has(limits):
            return
        self._wanted = limits
        try:
            with anyio.CancelScope() as self._pause:
                self._settle_at = self._next_settlement()
                await self._clock.sleep_until(deadline_ns)
        finally:
            self._pause = None
            self._settle_at = self._next_settlement()

    def _has(self, limits: BatchLimits) -> bool:
        return self.is_full or len(self._items) >= limits.max_items or self._bytes >= limits.max_bytes

    def _settle(self) -> None:
        """Look at what the cheap path did not: sizes, bounds, and whether the receiver waits for this."""
        if self._is_closed:
            self._fresh.clear()
            raise anyio.ClosedResourceError
        self._measure()
        if self._arrival is not None:
            self._arrival.set()
            self._settle_at = self._next_settlement()
        elif self._pause is not None and self._has(self._wanted):
            self._pause.cancel()

    def _measure(self) -> None:
        fresh = self._fresh
        sizes = [self._size_of(item) for item in fresh]
        self._items.extend(fresh)
        self._sizes.extend(sizes)
        self._bytes += sum(sizes)
        fresh.clear()
        self._note_space()
        self._settle_at = self._next_settlement()

    def _note_space(self) -> None:
        has_space = len(self._items) < self._capacity and self._bytes < self._capacity_bytes
        self.is_full = self._is_bounded and not has_space
        if self._space is not None and not self.is_full:
            self._space.set()
            self._space = None

    def _next_settlement(self) -> int:
        """Return the number of unmeasured items at which a bound may be reached that somebody waits for."""
        if self._is_closed:
            return 0
        left = self._capacity - len(self._items)
        if self._pause is not None:
            left = min(left, self._wanted.max_items - len(self._items))
        return left if 0 < left < SETTLE_EVERY else SETTLE_EVERY

    def _take(self, limits: BatchLimits) -> list[T]:
        items, sizes = self._items, self._sizes
        if len(items) <= limits.max_items and self._bytes <= limits.max_bytes:
            whole = list(items)
            items.clear()
            sizes.clear()
            self._bytes = 0
            return whole
        batch: list[T] = []
        size = 0
        while items and len(batch) < limits.max_items and (not batch or size + sizes[0] <= limits.max_bytes):
            batch.append(items.popleft())
            size += sizes.popleft()
        self._bytes -= size
        return batch
