"""Driving the coroutines of steps by hand: they begin in a worker, and the event loop goes on with them."""

import inspect
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import NoneType, coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from flowrt.actors.turn import Turn

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.watchdog import Watchdog
    from flowrt.actors.worker import Worker
    from flowrt.graph.plan import PlanNode

PLAIN_TYPES = frozenset({dict, list, tuple, str, int, float, bool, bytes, NoneType})
"""What steps usually return: surely no awaitable."""


def as_coroutine(awaitable: Any) -> Coroutine[Any, Any, Any]:
    """Return a coroutine that waits for any awaitable."""
    if inspect.iscoroutine(awaitable):
        return cast("Coroutine[Any, Any, Any]", awaitable)

    async def wait() -> Any:
        return await awaitable

    return wait()


async def settle(result: Any) -> Any:
    """Return what a `def` step gives in the end: what it returned, or what that gives if it is awaitable."""
    return await result if type(result) not in PLAIN_TYPES and inspect.isawaitable(result) else result


Driver: TypeAlias = Generator[object, Any, None]
DONE = object()
"""What a driver yields when a step has returned: what the event loop is told otherwise is never this."""


@coroutine
def _drive(worker: "Worker") -> Driver:
    while True:
        worker.result = yield from worker.invoke(worker.flow)
        yield DONE


new_driver = cast("Callable[[Worker], Driver]", _drive)
"""Calls one step after another, as its worker says; yields what they yield, and `DONE` when one has returned.

Nothing is raised where a step returns, so this costs half of sending each coroutine its first value by hand. What a
step raises ends it.
"""


NO_DRIVER = cast("Driver", None)
"""In place of a new one where no step is async."""


class WorkerClosedError(BaseException):
    """The worker's own coroutine is closed; a `GeneratorExit` that a step raises is the step's."""


@coroutine
def resume(  # noqa: PLR0917 - once per suspended firing: by position costs least
    driver: Driver,
    trap: object,
    context: Context,
    turn: Turn,
    watchdog: "Watchdog",
    execution: "Execution",
    node: "PlanNode",
) -> Driver:
    """Go on with a driver that yielded `trap`, until its step returns; every send runs in `context`.

    Traps are passed on to the event loop, and what it sends or throws is passed to the step, so tasks, scopes, shields,
    events and threads inside the step work as in a task of its own.
    """
    send, throw, run, now_ns = driver.send, driver.throw, context.run, turn.now_ns
    go_on: Callable[[Any], Any]
    while trap is not DONE:
        noted = turn.number
        try:
            sent: Any = yield trap
            go_on = send
        except GeneratorExit:
            driver.close()  # the event loop has ended, and throws the worker away
            raise WorkerClosedError from None
        except BaseException as error:  # noqa: BLE001 - it is the step's to handle
            sent, go_on = error, throw
        began_ns = turn.resumed(noted)
        try:
            trap = run(go_on, sent)
        finally:
            turn.seen_ns = now_ns()
            if turn.seen_ns >= turn.ends_ns:
                watchdog.look(execution, node, turn.seen_ns - began_ns)
