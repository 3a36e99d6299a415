"""What executions tell the log, and those who listen."""

from typing import TYPE_CHECKING, Any

from flowrt.actors.snapshots import describe_error, take_snapshot
from flowrt.events import AttemptEnded, Event, ExecutionEnded, ExecutionStarted, LogEvent, NodeStatus

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel
    from flowrt.graph.plan import PlanNode


class Journal:
    """Makes events of what happens in executions, and hands them to the sink and to the listeners.

    Payloads are encoded at once: the log shows them as they were when the step ended.
    """

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel

    def tell(self, execution: "Execution", event: Event) -> None:
        """Tell the listeners of an event."""
        for listener in execution.listeners:
            listener.hear(event)
        for listener in self._kernel.listeners:  # last: a stream that a hook opens begins with the next event
            listener.hear(event)

    def _log(self, execution: "Execution", event: LogEvent) -> None:
        kernel = self._kernel
        sink = kernel.sink
        if sink is not None:
            execution.position = sink.send_nowait(event)
            if sink.is_full:
                kernel.turn.expire()
        if execution.listeners or kernel.listeners:
            self.tell(execution, event)

    def started(self, execution: "Execution", raw_input: Any, workflow_id: str | None) -> None:
        """Tell that the execution began."""
        self._log(
            execution,
            ExecutionStarted(
                execution_id=execution.id,
                at_ns=self._kernel.clock.time_ns(),
                workflow=execution.plan.name,
                workflow_id=workflow_id,
                input=take_snapshot(raw_input, self._kernel.max_payload_bytes),
                parent_id=None if execution.lineage is None else execution.lineage.parent_id,
            ),
        )

    def completed(self, execution: "Execution", node: "PlanNode", started_ns: int, note: str | None) -> None:
        """Tell that an attempt of a node completed, and what it produced: made here, since it happens most."""
        flow, kernel = execution.flow, self._kernel
        conflicts = flow.history.conflicts.get(node.index) if flow.plan.merges_records else None
        if conflicts is not None:
            disputed = f"unordered nodes disagree on: {', '.join(conflicts)}"
            note = disputed if note is None else f"{note}; {disputed}"
        if not execution.is_watched:
            return
        self._log(
            execution,
            AttemptEnded(
                execution_id=execution.id,
                at_ns=kernel.clock.time_ns(),
                node=node.id,
                attempt=execution.attempt_number(node),
                status="completed",
                duration_ns=kernel.monotonic_ns() - started_ns,
                output=take_snapshot(flow.produced_by(node), kernel.max_payload_bytes),
                note=note,
            ),
        )

    def attempt(
        self,
        execution: "Execution",
        node: "PlanNode",
        status: NodeStatus,
        *,
        attempt: int = 0,
        started_ns: int | None = None,
        produced: Any = None,
        error: BaseException | None = None,
        retry_delay_seconds: float | None = None,
        note: str | None = None,
    ) -> None:
        """Tell that an attempt of a node ended, or that the node ended without one."""
        kernel = self._kernel
        self._log(
            execution,
            AttemptEnded(
                execution_id=execution.id,
                at_ns=kernel.clock.time_ns(),
                node=node.id,
                attempt=attempt,
                status=status,
                duration_ns=0 if started_ns is None else kernel.monotonic_ns() - started_ns,
                output=take_snapshot(produced, kernel.max_payload_bytes) if status == "completed" else None,
                error=None if error is None else describe_error(error),
                retry_delay_seconds=retry_delay_seconds,
                note=note,
            ),
        )

    def ended(self, execution: "Execution", output: Any) -> None:
        """Tell that the execution ended; nobody is told anything of it any more."""
        kernel = self._kernel
        is_complete = execution.status == "completed"
        self._log(
            execution,
            ExecutionEnded(
                execution_id=execution.id,
                at_ns=kernel.clock.time_ns(),
                status=execution.status,
                duration_ns=execution.duration_ns,
                output=take_snapshot(output, kernel.max_payload_bytes) if is_complete else None,
                error=None if execution.error is None else describe_error(execution.error),
                failed_node=None if execution.culprit is None else execution.culprit.node_id,
                reason=_reason(execution) if execution.status == "cancelled" else None,
                failures_absorbed=execution.failures_absorbed,
                late_tokens=execution.flow.late,
                cancellation=None if execution.reason is None else execution.rare.interruptions.report(),
            ),
        )
        for listener in execution.listeners:
            listener.end()
        execution.listeners = ()


def _reason(execution: "Execution") -> str | None:
    request = execution.rare.interruptions.request
    return execution.reason if request is None else request.told
