"""Driving the coroutines of steps by hand: they begin in a worker, and the event loop goes on with them."""

import inspect
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import NoneType, coroutine
from typing import TYPE_CHECKING, Any, cast

from flowrt.actors.turn import Turn

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.watchdog import Watchdog
    from flowrt.graph.flow import Flow
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


class Call:
    """The async step that a worker calls now, and what the one before returned."""

    __slots__ = ("flow", "invoke", "result")

    def __init__(self, flow: "Flow") -> None:
        self.flow = flow
        self.invoke: Callable[[Flow], Coroutine[Any, Any, Any]]
        self.result: Any = None


DONE = object()
"""What `drive` yields when a step has returned: what the event loop is told otherwise is never this."""


@coroutine
def _drive(call: Call) -> Generator[object, Any, None]:
    while True:
        call.result = yield from call.invoke(call.flow)
        yield DONE


drive = cast("Callable[[Call], Generator[object, Any, None]]", _drive)
"""Calls one step after another, as its `Call` says each time; yields what they yield, and `DONE` when one has returned.

Nothing is raised where a step returns, so this costs half of sending each coroutine its first value by hand. What a
step raises ends it.
"""


def new_driver(flow: "Flow") -> tuple[Call, Generator[object, Any, None]]:
    """Return what drives the async steps of an execution, and the call that says which."""
    call = Call(flow)
    return call, drive(call)


NO_DRIVER = cast("tuple[Call, Generator[object, Any, None]]", (None, None))
"""In place of a new one where no step is async."""


class WorkerClosedError(BaseException):
    """The worker's own coroutine is closed; a `GeneratorExit` that a step raises is the step's."""


@coroutine
def resume(  # noqa: PLR0917 - once per suspended firing: by position costs least
    step: Generator[object, Any, None],
    trap: object,
    context: Context,
    turn: Turn,
    watchdog: "Watchdog",
    execution: "Execution",
    node: "PlanNode",
) -> Generator[object, Any, None]:
    """Go on with a driver that yielded `trap`, until its step returns; every send runs in `context`.

    Traps are passed on to the event loop, and what it sends or throws is passed to the step, so tasks, scopes, shields,
    events and threads inside the step work as in a task of its own.
    """
    send, throw, run, now_ns = step.send, step.throw, context.run, turn.now_ns
    go_on: Callable[[Any], Any]
    while trap is not DONE:
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
        finally:
            turn.seen_ns = now_ns()
            if turn.seen_ns >= turn.ends_ns:
                watchdog.look(execution, node, turn.seen_ns - began_ns)
