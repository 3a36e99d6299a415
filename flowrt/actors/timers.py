"""The timer actor: a heap of things to do later. What waits here holds no task."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count

import anyio

from flowrt.actors.turn import Turn
from flowrt.clock import NANOSECONDS
from flowrt.typing import Clock

FEW = 1024
"""So many timers are kept, forgotten ones too."""


class Timer:
    """One thing to do later."""

    __slots__ = ("due_ns", "is_cancelled")

    def __init__(self, due_ns: int) -> None:
        self.due_ns = due_ns
        self.is_cancelled = False

    def cancel(self) -> None:
        """Forget it; a timer that is due already does nothing."""
        self.is_cancelled = True

    def act(self) -> None:
        """Do it, on the event loop; must not raise."""
        raise NotImplementedError


class Alarm(Timer):
    """A timer that calls a function."""

    __slots__ = ("_action",)

    def __init__(self, due_ns: int, action: Callable[[], None]) -> None:
        super().__init__(due_ns)
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Forget it, and what its function holds on to."""
        self.is_cancelled = True
        self._action = None

    def act(self) -> None:
        """Call the function."""
        if self._action is not None:
            self._action()


class Timers:
    """One task that sleeps until the next timer is due, for all executions of a runtime.

    Timers that are due at one instant act in the order in which they were set.
    """

    def __init__(self, clock: Clock, turn: Turn) -> None:
        self._clock = clock
        self._turn = turn
        self._heap: list[tuple[int, int, Timer]] = []
        self._order = count()
        self._most = FEW
        """From how many on the heap is swept."""
        self._changed = anyio.Event()

    def __len__(self) -> int:
        return sum(not timer.is_cancelled for _, _, timer in self._heap)

    def set(self, delay_seconds: float, action: Callable[[], None]) -> Timer:
        """Do something after that time, on the event loop; `action` must not raise."""
        return self.set_at(self._clock.monotonic_ns() + round(delay_seconds * NANOSECONDS), action)

    def set_at(self, due_ns: int, action: Callable[[], None]) -> Timer:
        """Do something at that time of the clock; `action` must not raise."""
        alarm = Alarm(due_ns, action)
        self.add(alarm)
        return alarm

    def add(self, timer: Timer) -> None:
        """Let a timer act when it is due."""
        if len(self._heap) >= self._most:
            self._sweep()
        heappush(self._heap, (timer.due_ns, next(self._order), timer))
        if self._heap[0][2] is timer:
            self._changed.set()

    def _sweep(self) -> None:
        """Drop what was forgotten: limits are often far away, and most are never reached."""
        self._heap = [entry for entry in self._heap if not entry[2].is_cancelled]
        heapify(self._heap)
        self._most = max(FEW, 2 * len(self._heap))

    async def run(self) -> None:
        """Act until cancelled, in each turn of the event loop for a share; what still waits then is never done."""
        while True:
            self._changed = anyio.Event()
            noted = self._turn.number
            if (due_ns := self.next_ns()) is None:
                await self._changed.wait()
            else:
                await self._wait_until(due_ns)
            self._turn.resumed(noted)
            await self._act_all()

    async def _act_all(self) -> None:
        now_ns, turn = self._clock.monotonic_ns, self._turn
        while (due_ns := self.next_ns()) is not None and due_ns <= now_ns():
            self.act_next()
            if now_ns() >= turn.ends_ns:
                await turn.wait_share()

    def next_ns(self) -> int | None:
        """Return when the next timer is due."""
        heap = self._heap
        while heap and heap[0][2].is_cancelled:
            heappop(heap)
        return heap[0][0] if heap else None

    def act_next(self, choose: Callable[[int], int] | None = None) -> None:
        """Let the next timer act; `choose` tells which, from 0, of those that are due at that instant."""
        entry = heappop(self._heap)
        if choose is not None:
            alike = [entry]
            while self.next_ns() == entry[0]:
                alike.append(heappop(self._heap))
            entry = alike.pop(choose(len(alike)))
            for other in alike:
                heappush(self._heap, other)
        if not entry[2].is_cancelled:
            entry[2].act()

    async def _wait_until(self, due: int) -> None:
        async with anyio.create_task_group() as group:

            async def wake() -> None:
                await self._changed.wait()
                group.cancel_scope.cancel()

            group.start_soon(wake)
            await self._clock.sleep_until(due)
            group.cancel_scope.cancel()
