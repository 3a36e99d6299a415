"""What somebody reads who watches executions: a stream of events for one reader, with a bound if it asks for one."""

import math
import weakref
from collections import deque
from types import TracebackType
from typing import Generic, Literal, Protocol, Self, TypeAlias, TypeVar, cast, get_args

import anyio
import anyio.lowlevel

from flowrt.errors import EventOverflowError
from flowrt.events import Event, EventsLost

E_co = TypeVar("E_co", covariant=True)

OnOverflow: TypeAlias = Literal["drop_oldest", "fail"]


class Listener(Protocol):
    """Somebody who is told of events at once, while they happen."""

    def hear(self, event: Event) -> None:
        """Take an event; must not raise."""
        ...

    def end(self) -> None:
        """Take note that no more events come."""
        ...


class EventSource(Protocol):
    """Whose events they are: one execution's, or those of all executions of a runtime."""

    def listen(self, listener: Listener) -> None:
        """Tell a listener of all events from now on."""
        ...

    def unlisten(self, listener: Listener) -> None:
        """Tell a listener no more; nothing happens if it is told no more already."""
        ...


class EventStream(Generic[E_co]):
    """Events from the making of the stream on, in their order, until there are no more.

    For one reader; any number of streams may be open. Reading never holds an execution up. Without a bound nothing is
    lost: what is not read yet is kept in memory, until the stream is closed. `async with` closes it; so does its end as
    an object: that of a loop which was left, `async for event in handle.events()`, keeps nothing.

    Args:
        source: Whose events they are.
        max_kept: How many events that were not read yet are kept, at least 1; `None` is no limit.
        on_overflow: What happens when there are more: `drop_oldest` drops the oldest, and the reader gets an
            `EventsLost` in their place; `fail` takes no more, and the reader gets an `EventOverflowError` after what
            was kept.

    Raises:
        ValueError: `max_kept` is no positive integer, or `on_overflow` is unknown.
    """

    def __init__(
        self, source: EventSource, *, max_kept: int | None = None, on_overflow: OnOverflow = "drop_oldest"
    ) -> None:
        if max_kept is not None and (type(max_kept) is not int or max_kept < 1):
            raise ValueError(f"max_kept was {max_kept!r}; it must be an integer of 1 or more, or None for no limit")
        if on_overflow not in get_args(OnOverflow):
            raise ValueError(f"on_overflow was {on_overflow!r}; expected 'drop_oldest' or 'fail'")
        self._unread = _Unread(max_kept, on_overflow)
        self._unlisten = weakref.finalize(self, source.unlisten, self._unread)
        self._unlisten.atexit = False
        source.listen(self._unread)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> E_co:
        """Return the next event; a checkpoint. A cancel loses none.

        Raises:
            EventOverflowError: More events came than were to be kept, and the stream was to fail then.
        """
        await anyio.lowlevel.checkpoint()
        while (event := self._unread.take()) is None:
            if self._unread.overflow is not None:
                self._unlisten()
                raise self._unread.overflow
            if self._unread.is_over:
                raise StopAsyncIteration
            await self._unread.wait_changed()
        return cast("E_co", event)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more events and forget those that were not read; whoever reads gets no more."""
        self._unlisten()
        self._unread.forget()


class _Unread:
    """The events that came and were not read yet: what the source knows of a stream."""

    def __init__(self, max_kept: int | None, on_overflow: OnOverflow) -> None:
        self._max_kept = math.inf if max_kept is None else max_kept
        self._drops = on_overflow == "drop_oldest"
        self._kept: deque[Event] = deque()
        self._lost = 0
        self._changed = anyio.Event()
        self.is_over = False
        """No more events come."""
        self.overflow: EventOverflowError | None = None
        """Why no more are taken."""

    def hear(self, event: Event) -> None:
        """Keep an event for the reader."""
        if self.is_over:
            return
        if len(self._kept) < self._max_kept:
            self._kept.append(event)
        elif self._drops:
            self._kept.popleft()
            self._kept.append(event)
            self._lost += 1
        else:
            self.overflow = EventOverflowError(len(self._kept))
            self.is_over = True
        self._changed.set()

    def end(self) -> None:
        """Take no more events; what was kept can still be read."""
        self.is_over = True
        self._changed.set()

    def forget(self) -> None:
        """Take no more events, and keep none."""
        self._kept.clear()
        self._lost, self.overflow = 0, None
        self.end()

    def take(self) -> Event | EventsLost | None:
        """Return the oldest event, or what tells of those that were lost before it."""
        if self._lost:
            lost, self._lost = EventsLost(count=self._lost), 0
            return lost
        return self._kept.popleft() if self._kept else None

    async def wait_changed(self) -> None:
        """Wait until there is something to read, or nothing any more; only where there is nothing."""
        if self._changed.is_set():
            self._changed = anyio.Event()
        await self._changed.wait()
