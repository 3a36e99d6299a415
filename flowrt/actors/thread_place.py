"""Threads for steps that block. A thread can't be killed: one that is not waited for any more is left alone."""

import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import anyio.to_thread

from flowrt.actors.drive import settle
from flowrt.actors.raised import OF_COROUTINES, Raised
from flowrt.typing import Limiter, PlacedCall

if TYPE_CHECKING:
    from collections.abc import Collection

    from flowrt.actors.places import Caller

logger = logging.getLogger("flowrt")

CallSoon: TypeAlias = Callable[[Callable[[], None]], object]
"""Calls something on the event loop, soon, for any thread; raises `RuntimeError` if the loop is over."""


class ThreadPlace:
    """Makes calls in threads of anyio's pool.

    A slot is taken until its thread has ended, whoever still waits for it; so there are never more threads than slots.

    Args:
        slots: How many threads there may be at once.
        call_soon: Calls something on the event loop.
    """

    def __init__(self, slots: Limiter, call_soon: CallSoon) -> None:
        self.slots = slots
        self._call_soon = call_soon
        self._limiter = anyio.CapacityLimiter(math.inf)  # the slots are the limit
        self._left: dict[ThreadCall, Caller] = {}
        self._none_left = anyio.Event()

    @property
    def left_alone(self) -> "Collection[Caller]":
        """Whose threads go on, although nobody waits for them."""
        return self._left.values()

    async def run(self, caller: "Caller", call: PlacedCall) -> Any:
        """Make a call in a thread. A cancel leaves the thread alone at once, with its slot."""
        thread = ThreadCall(call, self._tell_ended)
        try:
            (result,) = await anyio.to_thread.run_sync(thread, abandon_on_cancel=True, limiter=self._limiter)
        finally:
            if thread.leave():
                self._left[thread] = caller
                logger.warning(
                    "the step of node %r of workflow %r goes on in its thread, which nobody waits for any more; its "
                    "slot is taken until it ends: let it ask anyio.from_thread.check_cancelled()",
                    *caller,
                )
            else:
                self.slots.release()
        return await settle(result)

    def _tell_ended(self, thread: "ThreadCall") -> None:
        with suppress(RuntimeError):  # the event loop is over, and nobody counts slots any more
            self._call_soon(partial(self._ended, thread))

    def _ended(self, thread: "ThreadCall") -> None:
        del self._left[thread]
        self.slots.release()
        if not self._left:
            self._none_left.set()

    async def close(self, grace_seconds: float) -> None:
        """Wait for threads that were left alone, and name those that go on."""
        if not self._left:
            return
        self._none_left = anyio.Event()
        with anyio.move_on_after(grace_seconds, shield=True):
            await self._none_left.wait()
        for node, workflow in self._left.values():
            logger.warning("the step of node %r of workflow %r still runs in its thread", node, workflow)


class ThreadCall:
    """One call in a thread, which the event loop may stop to wait for at any time."""

    def __init__(self, call: PlacedCall, when_ended: Callable[["ThreadCall"], None]) -> None:
        self._call = call
        self._when_ended = when_ended
        self._lock = threading.Lock()
        self._is_left = self._is_running = False

    def __call__(self) -> tuple[Any]:
        """Make the call, in the thread; what it gives is packed up, as it may be a coroutine, or be raised by one."""
        with self._lock:
            if self._is_left:
                return (None,)
            self._is_running = True
        try:
            return (self._call.call(*self._call.arguments, **self._call.options),)
        except OF_COROUTINES as error:
            return (Raised(error),)
        finally:
            if self._end():
                self._when_ended(self)

    def _end(self) -> bool:
        with self._lock:
            self._is_running = False
            return self._is_left

    def leave(self) -> bool:
        """Wait no more; say whether the call goes on. Its end is told then; one that has not begun never begins."""
        with self._lock:
            self._is_left = True
            return self._is_running
