"""The timer actor: a heap of things to do later. What waits here holds no task."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import anyio

from flowrt.clock import NANOSECONDS
from flowrt.typing import Clock


class Timer:
    """One thing to do later."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Forget it; a timer that is due already does nothing."""
        self.action = None


class Timers:
    """One task that sleeps until the next timer is due, for all executions of a runtime.

    Timers that are due at one instant act in the order in which they were set.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[int, int, Timer]] = []
        self._order = count()
        self._changed = anyio.Event()

    def __len__(self) -> int:
        return sum(timer.action is not None for _, _, timer in self._heap)

    def set(self, delay_seconds: float, action: Callable[[], None]) -> Timer:
        """Do something after that time, on the event loop; `action` must not raise."""
        due = self._clock.monotonic_ns() + round(delay_seconds * NANOSECONDS)
        timer = Timer(action)
        heappush(self._heap, (due, next(self._order), timer))
        if self._heap[0][2] is timer:
            self._changed.set()
        return timer

    async def run(self) -> None:
        """Act until cancelled; what is still waiting then is never done."""
        while True:
            self._changed = anyio.Event()
            self._act()
            if not self._heap:
                await self._changed.wait()
            else:
                await self._wait_until(self._heap[0][0])

    def _act(self) -> None:
        now = self._clock.monotonic_ns()
        while self._heap and self._heap[0][0] <= now:
            timer = heappop(self._heap)[2]
            if timer.action is not None:
                timer.action()

    async def _wait_until(self, due: int) -> None:
        async with anyio.create_task_group() as group:

            async def wake() -> None:
                await self._changed.wait()
                group.cancel_scope.cancel()

            group.start_soon(wake)
            await self._clock.sleep_until(due)
            group.cancel_scope.cancel()
