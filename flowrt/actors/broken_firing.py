"""What becomes of a firing that raised something, or left a scope open: sorted out in its worker."""

from typing import TYPE_CHECKING

from flowrt.actors import interrupting, supervisor
from flowrt.actors.interruptions import Interruption
from flowrt.actors.raised import LeakedError, chained, leak_of, split, timeout_of, what_ends_tasks
from flowrt.errors import StepCancelledItselfError, StepExitedError
from flowrt.graph.plan import PlanNode

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.worker import Worker


async def sort_out(
    worker: "Worker", execution: "Execution", node: PlanNode, error: BaseException, started_ns: int
) -> None:
    """Sort out what a firing raised; raise what is not the step's failure."""
    if worker.innermost() is not worker.marker:
        error = await _close_leaked(worker, execution, node, error, started_ns)
    if worker.is_given_up:
        worker.is_given_up = False
        _pass_on(worker, error)
        return
    if isinstance(error, Exception):
        supervisor.attempt_failed(execution, node, error, started_ns)
        return
    if (ending := what_ends_tasks(error)) is not None:
        _interrupted(worker, execution, node, ending, started_ns)
        raise ending
    cancelled, rest = split(error, worker.kernel.backend.cancelled)
    if cancelled is None:
        failure = chained(StepExitedError(node.id, f"raised {error!r}"), error)
        supervisor.attempt_failed(execution, node, failure, started_ns)
        return
    is_own = worker.cancel_called
    if not is_own and worker.cancel_requests() <= worker.requests and not worker.is_cancelled:
        failure = chained(StepCancelledItselfError(node.id, "ended with CancelledError"), error)
        supervisor.attempt_failed(execution, node, failure, started_ns)
        return
    is_interrupted = execution.is_interrupted(node)
    if is_own and not is_interrupted and node.attempt_timeout_seconds is not None:
        failure = chained(timeout_of(execution, node), rest or cancelled)
        supervisor.attempt_failed(execution, node, failure, started_ns)
    else:
        _interrupted(worker, execution, node, cancelled, started_ns)
    raise cancelled


def _interrupted(
    worker: "Worker", execution: "Execution", node: PlanNode, error: BaseException, started_ns: int
) -> None:
    """End a firing that was interrupted; if nobody asked the execution for that, it is its task that was."""
    if execution.rare.interruptions.find(node) is None:
        execution.rare.interruptions.begin(node, Interruption("cancel", worker.kernel.monotonic_ns()))
        worker.end_with_task(execution, error)
    interrupting.end_interrupted(execution, node, started_ns)


def _pass_on(worker: "Worker", error: BaseException) -> None:
    """Raise what ends the worker's task, and nothing that is the step's alone."""
    cancelled, _ = split(error, worker.kernel.backend.cancelled)
    if cancelled is not None:
        raise cancelled
    if (ending := what_ends_tasks(error)) is not None:
        raise ending


async def _close_leaked(
    worker: "Worker", execution: "Execution", node: PlanNode, error: BaseException, started_ns: int
) -> BaseException:
    """Close the scopes that a step left open, which are in the way of the worker's own; what is the failure then.

    What is in them may refuse to end. Then the attempt fails after the grace time, and the worker is left behind.
    """
    failure = error
    if isinstance(error, Exception):  # a cancel or an exit stays what it is
        failure = leak_of(execution, node)
        failure.__cause__ = None if isinstance(error, LeakedError) else error
    if worker.is_given_up:
        await worker.kernel.backend.close_leaked(worker.marker)
        return failure
    worker.enter()
    worker.started_ns = started_ns
    execution.suspended[node] = worker
    worker.kernel.crew.suspended(execution)
    refusal = interrupting.watch_refusal(execution, worker, node, leak_of)
    try:
        await worker.kernel.backend.close_leaked(worker.marker)
    finally:
        refusal.cancel()
        worker.resumed(execution, node)
        worker.kernel.turn.seen_ns = worker.kernel.monotonic_ns()
    return failure
