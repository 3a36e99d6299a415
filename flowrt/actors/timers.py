"""The timer actor: a heap of things to do later. What waits here holds no task."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush

import anyio

from flowrt.actors.turn import Turn
from flowrt.clock import NANOSECONDS
from flowrt.typing import Clock

FEW = 1024
"""So many timers are kept, forgotten ones too."""


class Timer(ABC):
    """One thing to do later."""

    __slots__ = ("due_ns", "is_cancelled")

    def __init__(self, due_ns: int) -> None:
        self.due_ns = due_ns
        self.is_cancelled = False

    def cancel(self) -> None:
        """Forget it; a timer that is due already does nothing."""
        self.is_cancelled = True

    @abstractmethod
    def act(self) -> None:
        """Do it, on the event loop; must not raise."""


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

    Timers that are due at one instant act in the order in which they were set. The heap holds instants, and not an
    entry for each timer: of those there may be millions.
    """

    def __init__(self, clock: Clock, turn: Turn) -> None:
        self._clock = clock
        self._turn = turn
        self._instants: list[int] = []
        """A heap."""
        self._due: dict[int, Timer | deque[Timer]] = {}
        """What is due at each instant: mostly one timer."""
        self._kept = 0
        """How many timers there are, with those that were forgotten."""
        self._most = FEW
        """From how many on they are swept."""
        self._changed = anyio.Event()

    def __iter__(self) -> Iterator[Timer]:
        for due in self._due.values():
            yield from (due,) if isinstance(due, Timer) else due

    def __len__(self) -> int:
        return sum(not timer.is_cancelled for timer in self)

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
        if self._kept >= self._most:
            self._sweep()
        self._put(timer)
        if self._instants[0] == timer.due_ns:
            self._changed.set()

    def _put(self, timer: Timer) -> None:
        self._kept += 1
        due = self._due.get(timer.due_ns)
        if due is None:
            self._due[timer.due_ns] = timer
            heappush(self._instants, timer.due_ns)
        elif isinstance(due, Timer):
            self._due[timer.due_ns] = deque((due, timer))
        else:
            due.append(timer)

    def _sweep(self) -> None:
        """Drop what was forgotten: limits are often far away, and most are never reached."""
        kept = [timer for timer in self if not timer.is_cancelled]
        self._due, self._instants, self._kept = {}, [], 0
        for timer in kept:
            self._put(timer)
        self._most = max(FEW, 2 * self._kept)

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
                await turn.wait_out_of_line()
        turn.seen_ns = now_ns()

    def next_ns(self) -> int | None:
        """Return when the next timer is due."""
        while self._instants:
            due = self._due[self._instants[0]]
            if not (due if isinstance(due, Timer) else due[0]).is_cancelled:
                return self._instants[0]
            self._take(0)
        return None

    def act_next(self, choose: Callable[[int], int] | None = None) -> None:
        """Let the next timer act; `choose` tells which, from 0, of those that are due at that instant."""
        place, due = 0, self._due[self._instants[0]]
        if choose is not None and not isinstance(due, Timer):
            places = [place for place, timer in enumerate(due) if not timer.is_cancelled]
            place = places[choose(len(places))]
        timer = self._take(place)
        if not timer.is_cancelled:
            timer.act()

    def _take(self, place: int) -> Timer:
        """Take one of the timers that are due next away."""
        self._kept -= 1
        due = self._due[self._instants[0]]
        if isinstance(due, Timer):
            del self._due[heappop(self._instants)]
            return due
        timer = due[place]
        del due[place]
        if not due:
            del self._due[heappop(self._instants)]
        return timer

    async def _wait_until(self, due: int) -> None:
        async with anyio.create_task_group() as group:

            async def wake() -> None:
                await self._changed.wait()
                group.cancel_scope.cancel()

            group.start_soon(wake)
            await self._clock.sleep_until(due)
            group.cancel_scope.cancel()
