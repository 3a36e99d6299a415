"""An asyncio loop in a thread of its own, for drivers that need asyncio under any event loop."""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar, TypeVarTuple, cast

import anyio
from anyio.lowlevel import current_token

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class LoopThreadClosedError(Exception):
    """The thread was stopped, before the call or during it."""


class LoopThread:
    """Runs coroutines on an asyncio loop of its own thread, for callers on asyncio and trio alike.

    The thread is a daemon: it never keeps the process alive. One that nobody stopped ends with its owner.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_stopping = False
        self._thread = Thread(target=_run_loop, args=(self._loop,), name=name, daemon=True)
        self._thread.start()
        weakref.finalize(self, _call_soon, self._loop, self._loop.stop)

    async def run(self, function: Callable[[*Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
        """Call an async function on the thread's loop and return its result, or raise what it raised.

        A cancel leaves the call to go on to its end in the thread; its result is thrown away.

        Raises:
            LoopThreadClosedError: The thread was stopped, before the call or during it.
        """
        if self._is_stopping:
            raise LoopThreadClosedError
        return await self._call(function, *args)

    async def stop(self, at_last: Callable[[], Coroutine[Any, Any, None]], *, patience_seconds: float) -> None:
        """Wait for the calls under way, call `at_last`, and end the thread.

        Calls that take longer than `patience_seconds` are cancelled, and so is `at_last` after as long again. A cancel
        leaves all of that to go on in the thread. Stopping twice does nothing.
        """
        if self._is_stopping:
            return
        self._is_stopping = True
        await self._call(self._wind_up, at_last, patience_seconds)

    async def _call(self, function: Callable[[*Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
        done = anyio.Event()
        post = poster()
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            task = self._loop.create_task(function(*args))
            tasks.append(task)
            self._tasks.add(task)
            task.add_done_callback(finish)

        def finish(task: asyncio.Task[T]) -> None:
            self._tasks.discard(task)
            if not task.cancelled():
                task.exception()  # the caller may be gone, and asyncio would complain that nobody looked
            post(done.set)

        if not _call_soon(self._loop, start):
            raise LoopThreadClosedError
        await done.wait()
        if tasks[0].cancelled():
            raise LoopThreadClosedError
        return tasks[0].result()

    async def _wind_up(self, at_last: Callable[[], Coroutine[Any, Any, None]], patience_seconds: float) -> None:
        try:
            if others := self._tasks - {asyncio.current_task()}:
                _, late = await asyncio.wait(others, timeout=patience_seconds)
                for task in late:
                    task.cancel()
            async with asyncio.timeout(patience_seconds):
                await at_last()
        except TimeoutError:
            return  # a daemon thread and what it holds end with the process
        finally:
            self._loop.call_soon(self._loop.stop)  # not at once: this task's end must still be told


def poster() -> Callable[[Callable[[], object]], None]:
    """Return a function for other threads: it calls a function on the event loop that runs here, soon.

    If that loop has ended by then, nothing is called.
    """
    token = cast("Any", current_token().native_token)
    call_soon = token.run_sync_soon if hasattr(token, "run_sync_soon") else token.call_soon_threadsafe

    def post(function: Callable[[], object]) -> None:
        try:
            call_soon(function)
        except RuntimeError:  # asyncio's "loop is closed" and trio's RunFinishedError: the caller's loop has ended
            return

    return post


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> bool:
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:  # the loop is closed
        return False
    return True


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()
