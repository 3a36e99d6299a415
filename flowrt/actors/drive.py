"""Driving a step's coroutine by hand: the first send is the worker's, the later ones come from the event loop."""

import inspect
from collections.abc import Coroutine, Generator
from contextvars import Context
from types import NoneType, coroutine
from typing import Any, cast

from flowrt.actors.turn import Turn

PLAIN_TYPES = frozenset({dict, list, tuple, str, int, float, bool, bytes, NoneType})
"""What steps usually return: surely no awaitable."""


def as_coroutine(awaitable: Any, *, is_coroutine: bool) -> Coroutine[Any, Any, Any]:
    """Return a coroutine that waits for any awaitable; quick where it is known to be one."""
    if is_coroutine or inspect.iscoroutine(awaitable):
        return cast("Coroutine[Any, Any, Any]", awaitable)

    async def wait() -> Any:
        return await awaitable

    return wait()


class WorkerClosedError(BaseException):
    """The worker's own coroutine is closed; a `GeneratorExit` that a step raises is the step's."""


@coroutine
def resume(step: Coroutine[Any, Any, Any], trap: object, context: Context, turn: Turn) -> Generator[object, Any, Any]:
    """Go on with a coroutine that yielded `trap`, until it returns; every send runs in `context`.

    Traps are passed on to the event loop, and what it sends or throws is passed to the step, so tasks, scopes, shields,
    events and threads inside the step work as in a task of its own.
    """
    send, throw, run = step.send, step.throw, context.run
    while True:
        noted = turn.number
        try:
            value = yield trap
        except GeneratorExit:
            step.close()  # the event loop has ended, and throws the worker away
            raise WorkerClosedError from None
        except BaseException as error:  # noqa: BLE001 - it is the step's to handle
            turn.resumed(noted)
            try:
                trap = run(throw, error)
            except StopIteration as stop:
                return stop.value
        else:
            turn.resumed(noted)
            try:
                trap = run(send, value)
            except StopIteration as stop:
                return stop.value
