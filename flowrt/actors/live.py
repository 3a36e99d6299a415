"""What one execution tells those who listen and the log does not keep. Where nobody listens, nothing is made."""

from typing import TYPE_CHECKING

from flowrt.clock import NANOSECONDS
from flowrt.events import (
    AttemptStarted,
    CancelRequested,
    ExecutionPaused,
    ExecutionResumed,
    FiringParked,
    FiringResumed,
    JoinExpired,
    JoinOpened,
    SignalKept,
    SignalTaken,
)

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.parking import Parked
    from flowrt.graph.plan import PlanNode


def _now_ns(execution: "Execution", in_seconds: float = 0.0) -> int:
    return execution.kernel.clock.time_ns() + round(in_seconds * NANOSECONDS)


# --- firings ----------------------------------------------------------------------------------------------------------


def attempt_started(execution: "Execution", node: "PlanNode") -> None:
    """Tell that a node fires."""
    if execution.has_listeners:
        attempt = execution.attempt_number(node)
        execution.kernel.journal.tell(
            execution,
            AttemptStarted(execution_id=execution.id, at_ns=_now_ns(execution), node=node.id, attempt=attempt),
        )


def parked(execution: "Execution", node: "PlanNode", parked: "Parked", seconds: float | None) -> None:
    """Tell that a firing waits, for that time at most."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution,
            FiringParked(
                execution_id=execution.id,
                at_ns=_now_ns(execution),
                node=node.id,
                attempt=execution.attempt_number(node),
                waits_for=parked.waits_for,
                until_ns=None if seconds is None else _now_ns(execution, seconds),
                signal=parked.signal,
            ),
        )


def resumed(execution: "Execution", node: "PlanNode", parked: "Parked") -> None:
    """Tell that the wait of a firing is over."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution,
            FiringResumed(
                execution_id=execution.id,
                at_ns=_now_ns(execution),
                node=node.id,
                attempt=execution.attempt_number(node),
                waited_for=parked.waits_for,
                duration_ns=execution.kernel.monotonic_ns() - parked.since_ns,
            ),
        )


# --- joins and signals ------------------------------------------------------------------------------------------------


def join_opened(execution: "Execution", node: "PlanNode", seconds: float) -> None:
    """Tell that the time of a join began."""
    if execution.has_listeners:
        until_ns = _now_ns(execution, seconds)
        execution.kernel.journal.tell(
            execution, JoinOpened(execution_id=execution.id, at_ns=_now_ns(execution), node=node.id, until_ns=until_ns)
        )


def join_expired(execution: "Execution", node: "PlanNode") -> None:
    """Tell that the time of a join was over before it had decided."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution, JoinExpired(execution_id=execution.id, at_ns=_now_ns(execution), node=node.id)
        )


def signal_taken(execution: "Execution", node: "PlanNode", name: str) -> None:
    """Tell that a node took a signal."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution, SignalTaken(execution_id=execution.id, at_ns=_now_ns(execution), name=name, node=node.id)
        )


def signal_kept(execution: "Execution", name: str) -> None:
    """Tell that a signal is kept for a node that will wait for it."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution, SignalKept(execution_id=execution.id, at_ns=_now_ns(execution), name=name)
        )


# --- the execution ----------------------------------------------------------------------------------------------------


def cancel_requested(
    execution: "Execution", reason: str, asked_by: str | None = None, node: "PlanNode | None" = None
) -> None:
    """Tell that somebody asked for the execution, or one of its nodes, to be cancelled."""
    if execution.has_listeners:
        execution.kernel.journal.tell(
            execution,
            CancelRequested(
                execution_id=execution.id,
                at_ns=_now_ns(execution),
                reason=reason,
                asked_by=asked_by,
                node=None if node is None else node.id,
                is_stop=execution.is_stopped,
            ),
        )


def paused(execution: "Execution") -> None:
    """Tell that no firing starts any more."""
    if execution.has_listeners:
        execution.kernel.journal.tell(execution, ExecutionPaused(execution_id=execution.id, at_ns=_now_ns(execution)))


def went_on(execution: "Execution") -> None:
    """Tell that firings start again."""
    if execution.has_listeners:
        execution.kernel.journal.tell(execution, ExecutionResumed(execution_id=execution.id, at_ns=_now_ns(execution)))
