"""What the kernel must know of asyncio and of trio beyond anyio.

anyio and trio have no public way to ask for the innermost cancel scope of a task: the private names that this needs
are used here only, and a test fails if they change.
"""

import asyncio
import math
import sys
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from importlib import import_module
from operator import attrgetter
from types import FunctionType, ModuleType
from typing import Any, Protocol
from weakref import ref

import anyio

_GUARDED = "_flowrt_guarded"
_SCOPE_OF_STATE = attrgetter("cancel_scope")
_SCOPE_OF_TASK = attrgetter("_cancel_status")
_PARENT_OF_SCOPE = attrgetter("_parent_scope")
_PARENT_OF_STATUS = attrgetter("_parent")
_IS_CANCELLED = attrgetter("_effectively_cancelled")
_IS_CANCELLED_STATUS = attrgetter("effectively_cancelled")


class Event(Protocol):
    """What tasks wait for."""

    def set(self) -> object:
        """Let them go on."""
        ...

    def is_set(self) -> bool:
        """Say whether they were let go on."""
        ...

    async def wait(self) -> object:
        """Wait for that. A cancel changes nothing."""
        ...


class Backend(Protocol):
    """The event loop that a runtime runs on."""

    cancelled: type[BaseException]
    """What a cancelled await raises."""

    @property
    def new_scope(self) -> Callable[[], Any]:
        """What makes a cancel scope: the event loop's own kind, where it has one."""
        ...

    checkpoint: Callable[[], Awaitable[None]]
    """Lets the event loop turn, and ends what was cancelled."""

    @property
    def new_event(self) -> Callable[[], "Event"]:
        """What makes an event: the event loop's own kind."""
        ...

    def current_task(self) -> Any:
        """Return the task that calls."""
        ...

    def cancel_requests(self, task: Any) -> Callable[[], int]:
        """Return a function that returns how often a task was asked to end and has not been told otherwise since.

        Only asyncio needs it: there a cancel that a step swallows is gone, and anybody can raise `CancelledError`.
        """
        ...

    def innermost(self, task: Any) -> Callable[[], object]:
        """Return a function that returns the innermost open scope of a task; `None` if there is none."""
        ...

    def is_cancelled(self, innermost: object) -> bool:
        """Say whether a scope, the innermost of a task, or one around it was cancelled, so that its next await ends."""
        ...

    def enter_inside(self, scope: Any, outer: Any, innermost: Any) -> object:
        """Enter a scope directly inside of `outer`, around what the current task has entered in there since.

        Args:
            scope: A new scope.
            outer: What was innermost at that time; `None` if nothing was.
            innermost: What is innermost now.

        Returns:
            What is innermost once all has been left that is inside of the new scope.
        """
        ...

    async def close_leaked(self, innermost: object) -> None:
        """Close what the current task opened inside of that scope and did not close; tasks in there are cancelled."""
        ...

    def caller_from_threads(self) -> Callable[[Callable[[], None]], object]:
        """Return what calls a function on this event loop, from any thread; raises `RuntimeError` once it is over."""
        ...

    def guard(self, *, protected: Iterable[Callable[..., Any]], exposed: Iterable[Callable[..., Any]]) -> None:
        """Say where Ctrl-C may strike: not in protected functions and what they call, unless that is exposed."""
        ...


def functions_of(*owners: type | ModuleType) -> tuple[Callable[..., Any], ...]:
    """Return the functions that are defined in modules and classes."""
    return tuple(
        thing
        for owner in owners
        for thing in vars(owner).values()
        if isinstance(thing, FunctionType)
        and thing.__module__ == (owner.__module__ if isinstance(owner, type) else owner.__name__)
    )


def current_backend() -> Backend:
    """Return the backend of the event loop that runs now."""
    return TrioBackend() if _is_trio_running() else AsyncioBackend()


def is_loop_running() -> bool:
    """Say whether an event loop runs in this thread."""
    return _is_trio_running() or asyncio._get_running_loop() is not None  # noqa: SLF001 - documented for this


def is_cancelled_from_outside() -> bool:
    """Say whether a scope around the current task's code is cancelled; on asyncio a task can be cancelled alone."""
    return anyio.current_effective_deadline() == -math.inf


def _is_trio_running() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


class AsyncioBackend:
    """asyncio and uvloop."""

    cancelled: type[BaseException] = asyncio.CancelledError

    def __init__(self) -> None:
        self.new_scope: Callable[[], Any] = type(anyio.CancelScope())  # what that makes, without asking where it runs
        self.new_event: Callable[[], Event] = asyncio.Event
        self.checkpoint: Callable[[], Awaitable[None]] = partial(asyncio.sleep, 0)
        self._loop = asyncio.get_running_loop()  # to ask for it costs a system call on Python 3.11
        # looked up once: an import statement costs half a microsecond even where the module is loaded
        self._task_states: Any = getattr(import_module("anyio._backends._asyncio"), "_task_states")  # noqa: B009 - private
        self._states_by_reference: Any = self._task_states.data  # to ask this itself costs a third

    def current_task(self) -> Any:
        """Return asyncio's task."""
        return asyncio.current_task(self._loop)

    def cancel_requests(self, task: Any) -> Callable[[], int]:
        """Return the task's own count."""
        requests: Callable[[], int] = task.cancelling
        return requests

    def innermost(self, task: Any) -> Callable[[], object]:
        """Return a reader of anyio's private state of the task."""
        state = self._states_by_reference.get(ref(task))
        if state is None:
            with self.new_scope():  # from its first scope on anyio knows a task
                state = self._task_states[task]
        return partial(_SCOPE_OF_STATE, state)

    def is_cancelled(self, innermost: object) -> bool:
        """Ask anyio's scope."""
        return innermost is not None and _IS_CANCELLED(innermost)

    def enter_inside(self, scope: Any, outer: Any, innermost: Any) -> object:
        """Enter the scope where it belongs, and move the outermost of what is in there into it."""
        moved = _outermost(innermost, outer, _PARENT_OF_SCOPE)
        if moved is None:
            return scope.__enter__()
        task = self.current_task()
        state = self._task_states[task]
        state.cancel_scope = outer
        scope.__enter__()
        state.cancel_scope = innermost
        scope._tasks.discard(task)  # noqa: SLF001
        if outer is not None:
            moved._parent_scope._child_scopes.discard(moved)  # noqa: SLF001
        moved._parent_scope = scope  # noqa: SLF001
        scope._child_scopes.add(moved)  # noqa: SLF001
        return scope

    async def close_leaked(self, innermost: object) -> None:
        """Cancel, wait and close, from the inside out."""
        get = self.innermost(asyncio.current_task())
        while (leaked := get()) is not innermost:
            scope: Any = leaked
            scope.cancel()
            with anyio.CancelScope(shield=True):
                while tasks := _tasks_in(scope) - {asyncio.current_task()}:
                    await asyncio.wait(tasks)
            scope.__exit__(None, None, None)

    def caller_from_threads(self) -> Callable[[Callable[[], None]], object]:
        """Return the loop's `call_soon_threadsafe`."""
        return asyncio.get_running_loop().call_soon_threadsafe

    def guard(self, *, protected: Iterable[Callable[..., Any]], exposed: Iterable[Callable[..., Any]]) -> None:
        """Do nothing: asyncio's runner turns Ctrl-C into a cancel of the main task."""


def _outermost(innermost: Any, outer: Any, parent_of: Callable[[Any], Any]) -> Any:
    """Return the scope right inside of `outer` that the innermost one is in; `None` if it is in none."""
    scope = innermost
    while scope is not outer:
        parent = parent_of(scope)
        if parent is outer:
            return scope
        scope = parent
    return None


def _tasks_in(scope: Any) -> set[Any]:
    """Return the tasks that are in a scope of anyio, or in one inside of it."""
    return set(scope._tasks).union(*map(_tasks_in, scope._child_scopes))  # noqa: SLF001 - anyio has no name for them


class TrioBackend:
    """trio."""

    def __init__(self) -> None:
        import trio  # noqa: PLC0415 - loaded only where it runs

        self.cancelled: type[BaseException] = trio.Cancelled
        self.new_scope: Callable[[], Any] = trio.CancelScope
        self.new_event: Callable[[], Event] = trio.Event
        self.checkpoint: Callable[[], Awaitable[None]] = trio.lowlevel.checkpoint
        self._current_task = trio.lowlevel.current_task
        self._current_token = trio.lowlevel.current_trio_token
        self._enable_ki_protection = trio.lowlevel.enable_ki_protection
        self._disable_ki_protection = trio.lowlevel.disable_ki_protection

    def current_task(self) -> Any:
        """Return trio's task."""
        return self._current_task()

    def cancel_requests(self, task: Any) -> Callable[[], int]:  # noqa: ARG002 - it is the same for all
        """Return what returns 0: trio asks again at the next checkpoint."""
        return int

    def innermost(self, task: Any) -> Callable[[], object]:
        """Return a reader of trio's private state of the task."""
        return partial(_SCOPE_OF_TASK, task)

    def is_cancelled(self, innermost: object) -> bool:
        """Ask trio's status of the scope."""
        return bool(_IS_CANCELLED_STATUS(innermost))

    def enter_inside(self, scope: Any, outer: Any, innermost: Any) -> object:
        """Enter the scope where it belongs, and move the outermost of what is in there into it."""
        moved = _outermost(innermost, outer, _PARENT_OF_STATUS)
        if moved is None:
            return scope.__enter__()._cancel_status  # noqa: SLF001
        task: Any = self._current_task()
        task._activate_cancel_status(outer)  # noqa: SLF001
        scope.__enter__()
        moved.parent = scope._cancel_status  # noqa: SLF001
        task._activate_cancel_status(innermost)  # noqa: SLF001
        return scope._cancel_status  # noqa: SLF001

    async def close_leaked(self, innermost: object) -> None:
        """Cancel, wait and close, from the inside out."""
        task: Any = self._current_task()
        while task._cancel_status is not innermost:  # noqa: SLF001
            scope = task._cancel_status._scope  # noqa: SLF001
            nursery = task.child_nurseries[-1] if task.child_nurseries else None
            if nursery is not None and nursery.cancel_scope is scope:
                scope.cancel()
                await nursery._nested_child_finished(None)  # noqa: SLF001
            scope.__exit__(None, None, None)

    def caller_from_threads(self) -> Callable[[Callable[[], None]], object]:
        """Return the `run_sync_soon` of trio's token."""
        return self._current_token().run_sync_soon

    def guard(self, *, protected: Iterable[Callable[..., Any]], exposed: Iterable[Callable[..., Any]]) -> None:
        """Mark the functions' code for trio's signal handler, once."""
        for functions, mark in ((exposed, self._disable_ki_protection), (protected, self._enable_ki_protection)):
            for function in functions:
                if not hasattr(function, _GUARDED):
                    mark(function)
                    setattr(function, _GUARDED, True)
