"""Driving a step's coroutine by hand: the first send is the worker's, the later ones come from the event loop."""

import inspect
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import NoneType, coroutine
from typing import TYPE_CHECKING, Any, cast

from flowrt.actors.turn import Turn

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.watchdog import Watchdog
    from flowrt.graph.plan import PlanNode

PLAIN_TYPES = frozenset({dict, list, tuple, str, int, float, bool, bytes, NoneType})
"""What steps usually return: surely no awaitable."""


def as_coroutine(awaitable: Any, *, is_coroutine: bool) -> Coroutine[Any, Any, Any]:
    """Return a coroutine that waits for any awaitable; quick where it is known to be one."""
    if is_coroutine or inspect.iscoroutine(awaitable):
        return cast("Coroutine[Any, Any, Any]", awaitable)

    async def wait() -> Any:
        return await awaitable

    return wait()


async def settle(result: Any) -> Any:
    """Return what a `def` step gives in the end: what it returned, or what that gives if it is awaitable."""
    return await result if type(result) not in PLAIN_TYPES and inspect.isawaitable(result) else result


class WorkerClosedError(BaseException):
    """The worker's own coroutine is closed; a `GeneratorExit` that a step raises is the step's."""


@coroutine
def resume(  # noqa: PLR0917 - once per suspended firing: by position costs least
    step: Coroutine[Any, Any, Any],
    trap: object,
    context: Context,
    turn: Turn,
    watchdog: "Watchdog",
    execution: "Execution",
    node: "PlanNode",
) -> Generator[object, Any, Any]:
    """Go on with a coroutine that yielded `trap`, until it returns; every send runs in `context`.

    Traps are passed on to the event loop, and what it sends or throws is passed to the step, so tasks, scopes, shields,
    events and threads inside the step work as in a task of its own.
    """
    send, throw, run, now_ns = step.send, step.throw, context.run, turn.now_ns
    go_on: Callable[[Any], Any]
    while True:
        noted = turn.number
        try:
            sent: Any = yield trap
            go_on = send
        except GeneratorExit:
            step.close()  # the event loop has ended, and throws the worker away
            raise WorkerClosedError from None
        except BaseException as error:  # noqa: BLE001 - it is the step's to handle
            sent, go_on = error, throw
        began_ns = turn.resumed(noted)
        try:
            trap = run(go_on, sent)
        except StopIteration as stop:
            return stop.value
        finally:
            turn.seen_ns = now_ns()
            if turn.seen_ns >= turn.ends_ns:
                watchdog.look(execution, node, turn.seen_ns - began_ns)
