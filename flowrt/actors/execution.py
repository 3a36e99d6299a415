"""One run of a plan on one input: its tokens, what is under way in it, and how it ends."""

from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from flowrt.actors import supervisor
from flowrt.actors.attempts import Attempts
from flowrt.actors.journal import Journal
from flowrt.actors.snapshots import text_of
from flowrt.clock import NANOSECONDS
from flowrt.errors import AttemptTimeoutError, ExecutionCancelledError, ExecutionFailedError, StalledError
from flowrt.events import ExecutionStatus, NodeStatus
from flowrt.graph.flow import Flow
from flowrt.graph.joins import Token
from flowrt.graph.plan import Plan, PlanNode
from flowrt.typing import Delay

if TYPE_CHECKING:
    from flowrt.actors.kernel import Kernel
    from flowrt.actors.worker import Worker

ENDED, COMPLETED = 1, 2
FINISHED_ANYWAY = "finished anyway"


class Execution:
    """The state of one execution. Every method is one step of the kernel: it never awaits."""

    __slots__ = (
        "_ended", "_on_end", "attempts", "context", "depth", "duration_ns", "error", "failed_attempt",
        "failed_node", "failures_absorbed", "flow", "hands", "has_called", "id", "is_ending",
        "is_watched", "journal", "kernel", "left", "output", "parent_id", "plan", "reason", "started_ns", "states",
        "status", "suspended",
    )  # fmt: skip

    def __init__(self, kernel: "Kernel", plan: Plan, input_value: Any) -> None:
        self.kernel = kernel
        self.plan = plan
        self.id = kernel.ids.new_id()
        self.flow = Flow(plan, input_value)
        self.states = bytearray(len(plan.nodes))
        self.left = len(plan.nodes)
        parent = kernel.parent.get()
        self.parent_id = None if parent is None else parent.id
        self.depth: int = 0 if parent is None else parent.depth + 1
        """How many executions there are above it, each begun in a step of the one before."""
        self.context = copy_context()
        self.context.run(kernel.parent.set, self)
        self.started_ns = kernel.monotonic_ns()
        self.duration_ns = 0
        self.status: ExecutionStatus = "running"
        self.is_ending = False
        """No firing starts any more: a node failed, or the execution was cancelled."""
        self.output: Any = None
        self.error: BaseException | None = None
        self.failed_node: str | None = None
        self.failed_attempt = 0
        self.reason: str | None = None
        self.failures_absorbed = 0
        self.hands = 0
        """How many workers are at work in it."""
        self.has_called = False
        """It waits in the crew's queue."""
        self.suspended: dict[Worker, PlanNode] = {}
        self.attempts = Attempts()
        self._on_end: list[Callable[[Execution], None]] = []
        self._ended: anyio.Event | None = None
        self.journal = Journal(kernel)
        self.is_watched = kernel.sink is not None or kernel.on_event is not None

    # --- a firing ends ----------------------------------------------------------------------------------------------

    def take(self) -> PlanNode:
        """Return the ready node that fires next."""
        ready = self.flow.ready
        if self.kernel.gate is None:
            return ready.popleft()
        self.kernel.turn.expire()
        place = self.kernel.gate.pick(self.id, [node.id for node in ready])
        node = ready[place]
        del ready[place]
        return node

    def succeed(self, node: PlanNode, result: Any, started_ns: int, note: str | None = None) -> PlanNode | None:
        """Take what a step returned and deliver it; the node to go on with, if this made one ready.

        Raises:
            StepResultError: The node can't produce that.
            ExpressionError: The condition of an edge failed on it.
        """
        if self.is_ending:
            self._finished_anyway(node, result, started_ns)
            return None
        if type(result) is Delay:
            self._wait_delay(node, result, started_ns)
            return None
        following = self.flow.succeed(node, result)
        self.states[node.index] = COMPLETED
        self.left -= 1
        if self.is_watched:
            self._tell_success(node, started_ns, note)
        if self.flow.settled:
            supervisor.settle(self)
        if not self.left:
            self._end("completed")
        return None if self.is_ending else following  # type: ignore[redundant-expr]  # settling may have failed it

    def _tell_success(self, node: PlanNode, started_ns: int, note: str | None) -> None:
        conflicts = self.flow.conflicts.get(node.index)
        if conflicts is not None:
            disputed = f"unordered nodes disagree on: {', '.join(conflicts)}"
            note = disputed if note is None else f"{note}; {disputed}"
        produced = self.flow.history.produced_by(node)
        attempt = self.attempts.number(node)
        self.journal.attempt(
            self, node, "completed", attempt=attempt, started_ns=started_ns, produced=produced, note=note
        )

    def _finished_anyway(self, node: PlanNode, result: Any, started_ns: int) -> None:
        if self.status == "running":
            produced = self.flow.produced_from(node, result.produced if isinstance(result, Delay) else result)
            self._tell(node, "completed", started_ns=started_ns, produced=produced, note=FINISHED_ANYWAY)
            self.states[node.index] = COMPLETED

    def record_cancelled(self, node: PlanNode, started_ns: int, error: BaseException | None = None) -> None:
        """Record that an attempt was cancelled."""
        if self.status == "running":
            self.states[node.index] = ENDED
            self._tell(node, "cancelled", started_ns=started_ns, error=error)

    def record_failed(self, node: PlanNode, error: Exception, started_ns: int, retry_delay: float | None) -> None:
        """Record that an attempt failed; with the time to the next one, or `None` if it was the last."""
        if retry_delay is None:
            self.attempts.add_notes(node, error)
        self._tell(node, "failed", started_ns=started_ns, error=error, retry_delay_seconds=retry_delay)

    def record_failed_by_tokens(self, node: PlanNode, error: Exception) -> None:
        """Record that a node failed without running."""
        self._tell(node, "failed", attempt=0, error=error)

    def skip(self, node: PlanNode) -> None:
        """End a node without running it."""
        self._tell(node, "skipped", attempt=0)
        self._end_without_value(node, Token.SKIPPED)

    def absorb(self, node: PlanNode, token: Token, error: Exception) -> None:
        """End a failed node whose policy lets the execution go on; its edges carry `token`."""
        self.failures_absorbed += 1
        self.attempts.keep_root_cause(node, error)
        self._end_without_value(node, token)

    def absorb_with(self, node: PlanNode, default: Any) -> PlanNode | None:
        """End a failed node with a default value; the node to go on with."""
        following = self.flow.succeed(node, default)
        self.failures_absorbed += 1
        self.states[node.index] = COMPLETED
        self._count_end()
        return following

    def _end_without_value(self, node: PlanNode, token: Token) -> None:
        self.states[node.index] = ENDED
        self.flow.spread(node, token)
        self._count_end()

    def _count_end(self) -> None:
        self.left -= 1
        if not self.left:
            self._end("completed")

    def _tell(self, node: PlanNode, status: NodeStatus, **facts: Any) -> None:
        if self.is_watched:
            facts.setdefault("attempt", self.attempts.number(node))
            self.journal.attempt(self, node, status, **facts)

    # --- a firing waits ---------------------------------------------------------------------------------------------

    def retry_later(self, node: PlanNode, error: Exception, delay_seconds: float) -> None:
        """Park a firing until its next attempt."""
        self.attempts.count_failed(node, error)
        self._park(node, delay_seconds, partial(self._release, node))

    def _park(self, node: PlanNode, delay_seconds: float, action: Callable[[], None]) -> None:
        self.attempts.park(node, self.kernel.timers, delay_seconds, self.kernel.monotonic_ns(), action)

    def _release(self, node: PlanNode) -> None:
        self.flow.ready.append(node)
        self.kernel.crew.call(self)

    def _wait_delay(self, node: PlanNode, delay: Delay, started_ns: int) -> None:
        produced, seconds, error = delay
        timeout = node.attempt_timeout_seconds
        if timeout is not None:
            used = (self.kernel.monotonic_ns() - started_ns) / NANOSECONDS
            if used + seconds > timeout:
                seconds = max(timeout - used, 0.0)
                error = AttemptTimeoutError(node.id, self.attempts.number(node), timeout)
        self._park(node, seconds, partial(supervisor.delay_ended, self, node, produced, error, started_ns))

    # --- the execution ends -----------------------------------------------------------------------------------------

    def fail(self, node: PlanNode, error: Exception, attempt: int) -> None:
        """Let the execution fail because of a node: nothing starts any more, and what runs is cancelled."""
        self.states[node.index] = ENDED
        if not self.is_ending:
            self.error, self.failed_node, self.failed_attempt = error, node.id, attempt
            self._interrupt()

    def cancel(self, reason: str) -> None:
        """Cancel the execution; nothing starts any more, and what runs is cancelled. Does nothing once it is ending."""
        if not self.is_ending:
            self.reason = reason
            self._interrupt()

    def _interrupt(self) -> None:
        self.is_ending = True
        self.flow.ready.clear()
        for node, since_ns in self.attempts.unpark_all():
            self.record_cancelled(node, since_ns)
        for worker in list(self.suspended):
            worker.cancel()
        self.check_rest()

    def begin_work(self) -> None:
        """Say that a worker is at work in it."""
        self.hands += 1

    def end_work(self) -> None:
        """Say that a worker is at work in it no more."""
        self.hands -= 1
        self.check_rest()

    def check_rest(self) -> None:
        """End the execution if nothing is under way in it any more."""
        if self.hands or self.flow.ready or self.attempts.are_parked or self.status != "running":
            return
        if not self.is_ending:
            missing = tuple(node.id for node in self.plan.nodes if not self.states[node.index])
            self.error = StalledError(self.id, self.plan.name, missing)
        self._end("failed" if self.error is not None else "cancelled")

    def abandon(self, grace_seconds: float) -> list[str]:
        """End the execution although steps refuse to; they stay in the runtime's nursery. Return their nodes' ids."""
        refusing = list(self.suspended.values())
        self.suspended.clear()
        for node in refusing:
            self._tell(node, "cancelled", note=f"abandoned: it did not end within {grace_seconds:g} s")
        if self.status == "running":
            self._end("failed" if self.error is not None else "cancelled")
        return [node.id for node in refusing]

    def _end(self, status: ExecutionStatus) -> None:
        if self.status != "running":
            return
        self.is_ending = True
        self.status = status
        self.duration_ns = self.kernel.monotonic_ns() - self.started_ns
        if status == "completed":
            self.output = self.flow.result(lambda node: self.states[node.index] == COMPLETED)
        if self.is_watched:
            self.journal.ended(self, self.output)
        self.kernel.executions.pop(self, None)
        if self._ended is not None:
            self._ended.set()
        callbacks, self._on_end = self._on_end, []
        # its context leads back to it: without this, all it holds would wait for the garbage collector
        self.context = Context()
        for callback in callbacks:
            callback(self)

    def when_ended(self, callback: Callable[["Execution"], None]) -> None:
        """Call back when the execution has ended; at once if it has."""
        if self.status == "running":
            self._on_end.append(callback)
        else:
            callback(self)

    async def wait_ended(self) -> None:
        """Wait until the execution has ended. A cancel changes nothing."""
        if self.status == "running":
            if self._ended is None:
                self._ended = anyio.Event()
            await self._ended.wait()

    def outcome(self) -> Any:
        """Return the result of an execution that has ended.

        Raises:
            ExecutionFailedError: It failed.
            ExecutionCancelledError: It was cancelled.
            StalledError: It came to rest with nodes that never fired.
        """
        if self.status == "completed":
            return self.output
        if isinstance(self.error, StalledError):
            raise self.error
        if self.error is not None:
            reason = text_of(self.error)
            failed = ExecutionFailedError(self.id, self.plan.name, self.failed_node or "", self.failed_attempt, reason)
            raise failed from self.error
        raise ExecutionCancelledError(self.id, self.plan.name, self.reason or "")
