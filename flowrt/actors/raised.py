"""What a step raised, or might have: sorted and named for the worker."""

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from flowrt.actors.drive import WorkerClosedError
from flowrt.errors import AttemptTimeoutError, StepLeakedScopeError
from flowrt.graph.plan import PlanNode
from flowrt.typing import INSTRUCTIONS, Choice

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution


class Raised(NamedTuple):
    """What a step raised elsewhere that means something else to coroutines: the worker raises it."""

    error: BaseException


OF_COROUTINES = (StopIteration, StopAsyncIteration, GeneratorExit)
"""What no coroutine can raise as it is."""
SPECIAL: frozenset[type[Any]] = INSTRUCTIONS | {Choice, Raised}
"""What is no value to be delivered as it is, wherever it comes from."""


class LeakedError(Exception):
    """A step that returned left a scope open."""


class GivenUpError(Exception):
    """A step returned after its execution had gone on without it."""


def split(error: BaseException, cancelled: type[BaseException]) -> tuple[BaseException | None, BaseException | None]:
    """Return the part of an error that is the backend's cancellation, and the rest."""
    if isinstance(error, cancelled):
        return error, None
    if isinstance(error, BaseExceptionGroup):
        return cast("BaseExceptionGroup[BaseException]", error).split(cancelled)
    return None, error


def what_ends_tasks(error: BaseException) -> BaseException | None:
    """Return the Ctrl-C, or the end of the worker itself, that an error is or has in it: no failure of a step."""
    if isinstance(error, BaseExceptionGroup):
        errors = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return next(filter(None, map(what_ends_tasks, errors)), None)
    return error if isinstance(error, KeyboardInterrupt | WorkerClosedError) else None


def chained(error: Exception, cause: BaseException) -> Exception:
    """Return an error with its cause."""
    error.__cause__ = cause
    return error


def timeout_of(execution: "Execution", node: PlanNode) -> AttemptTimeoutError:
    """Return the failure of an attempt whose time is over."""
    return AttemptTimeoutError(node.id, execution.attempt_number(node), node.attempt_timeout_seconds or 0.0)


def leak_of(_execution: "Execution", node: PlanNode) -> StepLeakedScopeError:
    """Return the failure of an attempt that left a scope open."""
    return StepLeakedScopeError(node.id, "ended inside a cancel scope, task group or nursery that it had entered")
