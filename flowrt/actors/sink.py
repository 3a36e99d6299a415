"""The actor that writes the log: events go in one by one, transactions come out."""

import logging
import math
from collections.abc import Callable, Sequence
from copy import copy
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, Protocol, TypeAlias

import anyio
import msgspec

from flowrt.channels.mailbox import BatchLimits, Mailbox
from flowrt.clock import NANOSECONDS
from flowrt.errors import StoreError, StoreUnavailableError
from flowrt.events import ExecutionStarted, LogEvent
from flowrt.typing import Clock

logger = logging.getLogger("flowrt")

OnCommitted: TypeAlias = Callable[[StoreError | None], None]

RECORD_BYTES = 200
"""What an event weighs without its payload."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 2.0
THE_LOG = "(execution log)"


class EventWriter(Protocol):
    """What the sink needs of an execution log."""

    async def write(self, batch: Sequence[LogEvent]) -> None:
        """Write events in their order, in one transaction: all of them or none.

        Raises:
            StoreUnavailableError: Nothing of the batch was written; the same batch will come again.
            StoreError: Nothing of it was written, nor ever can be.
        """
        ...


class SinkStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """What a sink has done so far."""

    sent: int
    """Events that `send_nowait` took."""
    committed: int
    """Events that are in the store for good."""
    lost: int
    """Events that were given up, because the store refused for good or the time to write them was over."""
    retries: int
    """Times that a refused batch was written again."""


class Sink:
    """Writes events to a log in the order in which they were sent, many to a transaction.

    Since the order is kept and each batch is written whole, the stored log is at any time a prefix of what was sent.
    While a batch is being written the next one gathers, so that many executions share one commit. An event waits for
    others for `max_wait_seconds` at most, and not at all if somebody waits for its commit.

    A batch that the store can't take is written again after growing pauses. From `patience_seconds` on whoever waits
    gets the `StoreError`, and producers are held up no longer; but nothing is given up until the sink is closed: the
    batch is still tried, and when the store takes it all goes on. What the store refuses for good ends the log: what is
    sent from then on is counted as lost. All methods belong to one event loop, none may be called from another thread.

    Args:
        log: Where the events are written.
        clock: What waits and pauses are measured with.
        max_batch_events: The greatest number of events in a transaction.
        max_batch_bytes: The greatest size of a transaction's payloads, unless one event alone is larger.
        max_wait_seconds: How long an event may wait for others when nobody waits for its commit.
        capacity_events: The number of events from which on `is_full` holds.
        capacity_bytes: The size of their payloads from which on `is_full` holds.
        patience_seconds: For how long whoever waits is kept waiting while the store refuses, from the first refusal on.
    """

    def __init__(
        self,
        log: EventWriter,
        clock: Clock,
        *,
        max_batch_events: int = 2000,
        max_batch_bytes: int = 2**20,
        max_wait_seconds: float = 0.05,
        capacity_events: int = 20_000,
        capacity_bytes: int = 2**25,
        patience_seconds: float = 30.0,
    ) -> None:
        self._log = log
        self._clock = clock
        self._patience_ns = round(patience_seconds * NANOSECONDS)
        self._patient = BatchLimits(
            max_items=max_batch_events, max_bytes=max_batch_bytes, max_wait_seconds=max_wait_seconds
        )
        self._urgent = msgspec.structs.replace(self._patient, max_wait_seconds=0)
        self._mailbox: Mailbox[LogEvent] = Mailbox(
            clock=clock, capacity=capacity_events, capacity_bytes=capacity_bytes, size_of=size_of_event
        )
        self._waiters: list[tuple[int, int, OnCommitted]] = []  # a heap by position, then by call
        self._calls = count()
        self._sent = self._taken = self._committed = self._retries = 0
        self._failure: StoreError | None = None
        self._refused: StoreError | None = None
        self._is_closing = self._is_over = self._has_ended = False
        self._writing = anyio.CancelScope(shield=True)
        self._pause = anyio.CancelScope()

    def send_nowait(self, event: LogEvent) -> int:
        """Take an event, never waiting, and return its position, counted from 1.

        It never raises: an event that comes after the close is lost, which `failed` and `statistics` tell, and so is
        told whoever waits for its position.
        """
        try:
            self._mailbox.send_nowait(event)
        except anyio.ClosedResourceError:
            self._note_late_event()
        self._sent += 1
        return self._sent

    @property
    def is_full(self) -> bool:
        """Whether producers must `wait_space` before they send more."""
        return self._mailbox.is_full

    @property
    def failed(self) -> StoreError | None:
        """Why whoever waits is kept waiting no longer, or `None`; `None` again when the store is back."""
        return self._failure

    def raise_failure(self) -> None:
        """Raise what `failed` says; each time an error of its own, so that their tracebacks don't add up.

        Raises:
            StoreError: The sink has failed.
        """
        if self._failure is not None:
            raise copy(self._failure) from self._failure.__cause__

    def statistics(self) -> SinkStatistics:
        """Return what the sink has done so far."""
        return SinkStatistics(
            sent=self._sent,
            committed=self._committed,
            lost=self._sent - self._committed if self._failure is not None and self._is_over else 0,
            retries=self._retries,
        )

    async def wait_space(self) -> None:
        """Wait until the sink is not full; returns at once, without a checkpoint, if it is not.

        A sink that has failed is never full. A cancel leaves nothing behind.
        """
        await self._mailbox.wait_space()

    def when_committed(self, position: int, callback: OnCommitted) -> None:
        """Call back on this event loop when everything up to `position` is committed, or the sink has failed.

        Events up to `position` are then written without waiting for others.

        Args:
            position: What `send_nowait` returned.
            callback: Called once, with the error or with `None`; perhaps before this returns. It must not raise.
        """
        if position <= self._committed:
            callback(None)
        elif self._failure is not None:
            callback(self._failure)
        else:
            heappush(self._waiters, (position, next(self._calls), callback))
            if position > self._taken:
                self._mailbox.hurry()

    async def wait_committed(self, position: int) -> None:
        """Wait until everything up to `position` is committed.

        A cancel leaves the events on their way: they are written all the same.

        Raises:
            StoreError: The sink has failed: perhaps they never will be.
        """
        done = anyio.Event()
        outcome: list[StoreError | None] = []

        def call_back(error: StoreError | None) -> None:
            outcome.append(error)
            done.set()

        self.when_committed(position, call_back)
        await done.wait()
        if (error := outcome[0]) is not None:
            raise copy(error) from error.__cause__

    def close_nowait(self, within_seconds: float = math.inf) -> None:
        """Take no more events; `run` writes what it has and returns, after `within_seconds` at the latest.

        Closing twice changes the time only.
        """
        self._is_closing = True
        self._pause.cancel()
        self._writing.deadline = anyio.current_time() + within_seconds
        self._mailbox.close()

    async def run(self) -> None:
        """Write what is sent, until the sink is closed and everything is written. The body of the actor.

        A cancel does not end it, so that those who were cancelled too can have their last events written: it must be
        closed. What is not written in the time that it has then is lost, and whoever waits for it gets a `StoreError`;
        a write that is under way ends by itself. A sink that has failed tries once more.
        """
        try:
            with self._writing:
                await self._write_all()
        finally:
            self._end()

    async def _write_all(self) -> None:
        while batch := await self._mailbox.receive_batch(self._urgent if self._waiters else self._patient):
            self._taken += len(batch)
            if not self._is_over and await self._commit(batch):
                self._settle(self._taken)

    async def _commit(self, batch: list[LogEvent]) -> bool:
        """Write a batch, again and again if need be, and say whether it is in the store."""
        pause_seconds, deadline_ns = FIRST_PAUSE_SECONDS, None
        while (refusal := await self._write(batch)) is not None:
            now, self._refused = self._clock.monotonic_ns(), refusal.reason
            if deadline_ns is None:
                deadline_ns = now + self._patience_ns
                if refusal.is_passing:
                    logger.warning("the log can't be written, and is tried again: %s", refusal.reason)
            if now >= deadline_ns or not refusal.is_passing:
                self._fail(refusal.reason)
            if not refusal.is_passing or (self._failure is not None and self._is_closing):
                self._is_over = True
                return False
            wake_ns = now + round(pause_seconds * NANOSECONDS)
            await self._pause_until(min(wake_ns, deadline_ns) if now < deadline_ns else wake_ns)
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
            self._retries += 1
        if deadline_ns is not None:
            self._recover()
        return True

    async def _pause_until(self, monotonic_ns: int) -> None:
        with anyio.CancelScope() as self._pause:
            await self._clock.sleep_until(monotonic_ns)

    async def _write(self, batch: list[LogEvent]) -> "_Refusal | None":
        try:
            await self._log.write(batch)
        except StoreError as error:
            return _Refusal(error, is_passing=isinstance(error, StoreUnavailableError))
        except Exception as error:  # noqa: BLE001 - a store of somebody else may raise anything; nobody may wait for ever
            broken = StoreError(THE_LOG, f"the store raised {type(error).__name__}, not a StoreError: {error}")
            broken.__cause__ = error
            return _Refusal(broken, is_passing=False)
        return None

    def _settle(self, committed: int) -> None:
        self._committed = committed
        while self._waiters and self._waiters[0][0] <= committed:
            heappop(self._waiters)[-1](None)

    def _recover(self) -> None:
        logger.warning("the log is written again")
        self._failure = self._refused = None
        self._mailbox.restore_bounds()

    def _fail(self, error: StoreError) -> None:
        self._failure = error
        self._mailbox.lift_bounds()
        while self._waiters:
            heappop(self._waiters)[-1](error)

    def _end(self) -> None:
        self._mailbox.close()
        self._mailbox.clear()
        self._has_ended = self._is_over = True
        if self._committed < self._sent and self._failure is None:
            lost = self._sent - self._committed
            told = f"{lost} events were not written before the runtime's time to leave was over"
            self._fail(StoreError(THE_LOG, told if self._refused is None else f"{told}: {self._refused}"))

    def _note_late_event(self) -> None:
        if self._has_ended and self._failure is None:
            self._fail(StoreError(THE_LOG, "an event came after the log was closed"))


class _Refusal(NamedTuple):
    reason: StoreError
    is_passing: bool


def size_of_event(event: LogEvent) -> int:
    """Return about how many bytes an event takes, in memory as in the log."""
    payload = event.input if isinstance(event, ExecutionStarted) else event.output
    return RECORD_BYTES if payload is None else RECORD_BYTES + len(payload.text)
