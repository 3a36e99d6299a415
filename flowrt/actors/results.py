"""What an execution that has ended came to, for those who waited for it."""

from typing import TYPE_CHECKING, Any

from flowrt.actors.snapshots import text_of
from flowrt.errors import ExecutionCancelledError, ExecutionFailedError, StalledError

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution


def result_of(execution: "Execution") -> Any:
    """Return the result of an execution that has ended.

    Raises:
        ExecutionFailedError: It failed.
        ExecutionCancelledError: It was cancelled.
        StalledError: It came to rest with nodes that never fired.
    """
    if execution.status == "completed":
        return execution.output
    error, workflow = execution.error, execution.plan.name
    if type(error) is StalledError:
        raise error
    if error is None:
        cancelled = ExecutionCancelledError(execution.id, workflow, execution.reason or "")
        raise cancelled from _cause(execution)
    node, attempt = execution.culprit or ("", 0)
    raise ExecutionFailedError(execution.id, workflow, node, attempt, text_of(error)) from _cause(execution)


def _cause(execution: "Execution") -> Exception | None:
    """Return what failed: one error as it is, several as a group."""
    errors = [] if execution.error is None else [execution.error]
    errors += execution.rare.later_errors
    if len(errors) > 1:
        return ExceptionGroup(f"{len(errors)} nodes of workflow {execution.plan.name!r} failed", errors)
    return errors[0] if errors else None
