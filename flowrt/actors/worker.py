"""The worker: a task that runs firings, one after another, and lends them its cancel scope."""

import math
from collections.abc import Callable, Generator
from contextvars import Context
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from flowrt.actors import interrupting, overseeing, supervisor, waiting
from flowrt.actors.drive import DONE, NO_DRIVER, PLAIN_TYPES, WorkerClosedError, as_coroutine, drive, new_driver, resume
from flowrt.actors.interruptions import FINISHED_ANYWAY, Interruption
from flowrt.actors.late_scope import LateScope
from flowrt.actors.raised import GivenUpError, LeakedError, chained, leak_of, split, timeout_of
from flowrt.actors.turn import LONG_NS
from flowrt.clock import NANOSECONDS
from flowrt.errors import StepCancelledItselfError, StepExitedError
from flowrt.graph.plan import PlanNode

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel
    from flowrt.actors.timers import Timer


class Worker(LateScope):
    """Runs the ready firings of executions in the task that calls `work`.

    The worker starts a step itself, with a first send: one that returns without suspending costs a call. One scope is
    lent to one firing after another; once it was cancelled, by whomever and however late, it is never lent again.
    """

    __slots__ = (
        "_is_given_up", "_is_spent", "_note", "_requests", "cancel_requests", "first_requests", "is_lost", "kernel",
        "started_ns", "suspensions",
    )  # fmt: skip

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        super().__init__(kernel.backend)
        self.cancel_requests = kernel.backend.cancel_requests(self._task)
        """Returns how often its task was asked to end, which a step may have swallowed."""
        self.first_requests = self._requests = self.cancel_requests()
        """How often its task had been asked to end when the worker was made."""
        self._is_spent = False
        self._is_given_up = False
        """Its execution went on without it while it waited for a step: what that comes to is nobody's any more."""
        self._note: str | None = None
        self.is_lost = False
        """Its step refuses to end, and nobody waits for it any more."""
        self.suspensions = 0
        """How many firings suspended in it so far."""
        self.started_ns = 0
        """When the attempt began that suspended last."""

    @property
    def is_cancelled(self) -> bool:
        """A scope around it was cancelled, so that its next await ends."""
        return self._backend.is_cancelled(self.innermost())

    async def work(self, execution: "Execution") -> None:
        """Run firings until none is ready.

        A cancel by the task's owner cancels the execution and is passed on; Ctrl-C stops it.
        """
        execution.hands += 1
        try:
            while execution.flow.ready_count:
                with self:
                    self._requests = self.cancel_requests()
                    self._is_spent, self._note = False, None
                    await self._drain(execution)
        except BaseException as error:
            self._end_with_task(execution, error)
            raise
        finally:
            execution.end_work(self)

    def _end_with_task(self, execution: "Execution", error: BaseException) -> None:
        """Cancel an execution because the worker's task was; whatever else ends the task stops it."""
        reason = f"interrupted by {type(error).__name__}"
        if split(error, self.kernel.backend.cancelled)[0] is None:
            execution.stop(reason)
        else:
            execution.cancel(reason)

    async def _drain(self, execution: "Execution") -> None:
        """Run firings until none is ready or the scope is spent. The hot loop of flowrt."""
        flow, turn, now_ns = execution.flow, self.kernel.turn, self.kernel.monotonic_ns
        ready, succeed, new_context = flow.ready, execution.succeed, execution.context.copy
        innermost, marker = self.innermost, self.marker
        call, step = new_driver(flow) if execution.plan.has_async else NO_DRIVER
        result, ended_ns = None, now_ns()
        while ready and not self._is_spent:
            if ended_ns >= turn.ends_ns:
                await turn.wait_next(execution)
                ended_ns = now_ns()
                continue
            started_ns = ended_ns
            node: PlanNode | None = overseeing.take(execution) if execution.is_overseen else ready.popleft()
            while node is not None:
                context = new_context()
                try:
                    if node.is_async:
                        call.invoke = node.invoke
                        if (trap := context.run(step.__next__)) is not DONE:
                            await self._suspend(execution, node, step, trap, context, started_ns)
                            marker = self.marker
                        result, call.result = call.result, None
                    else:
                        result = context.run(node.invoke, flow)
                        if type(result) not in PLAIN_TYPES and isawaitable(result):
                            result = await self._settle(execution, node, result, context, started_ns)
                            marker = self.marker
                    if innermost() is not marker:
                        raise LeakedError  # noqa: TRY301 - sorted out with the other failures
                    following = succeed(node, result, started_ns, self._note)
                except BaseException as error:  # noqa: BLE001 - sorted out, and raised again if it is not the step's
                    await self._failed(execution, node, error, started_ns)
                    following, step, marker = None, drive(call), self.marker
                ended_ns = now_ns()
                if self._is_spent or ended_ns >= turn.ends_ns:  # type: ignore[redundant-expr]  # an await changes it
                    self._end_turn(execution, node, following, ended_ns - max(started_ns, turn.seen_ns))
                    break
                node, started_ns = following, ended_ns

    async def _settle(
        self, execution: "Execution", node: PlanNode, awaitable: Any, context: Context, started_ns: int
    ) -> Any:
        """Wait for what a `def` step returned instead of a value, and return what that gives."""
        call, step = new_driver(execution.flow)
        call.invoke = lambda _flow: as_coroutine(awaitable)
        if (trap := context.run(step.__next__)) is not DONE:
            await self._suspend(execution, node, step, trap, context, started_ns)
        return call.result

    def _end_turn(self, execution: "Execution", node: PlanNode, following: PlanNode | None, held_ns: int) -> None:
        """Let nothing follow in this turn, or in this scope; its budget may be overrun by far."""
        self.kernel.watchdog.look(execution, node, held_ns)
        self.kernel.turn.had_long_firing = held_ns >= LONG_NS
        if following is not None:
            execution.flow.ready.appendleft(following)

    async def _suspend(
        self,
        execution: "Execution",
        node: PlanNode,
        step: Generator[object, Any, None],
        trap: object,
        context: Context,
        started_ns: int,
    ) -> None:
        """Wait for a step that suspended, after calling others to what else is ready."""
        kernel, turn = self.kernel, self.kernel.turn
        self.enter()
        turn.seen_ns = kernel.monotonic_ns()
        held_ns = turn.seen_ns - started_ns
        if held_ns > kernel.watchdog.longest_ns:
            kernel.watchdog.look(execution, node, held_ns)
        self.suspensions += 1
        self.started_ns = started_ns
        execution.suspended[node] = self
        kernel.crew.suspended(execution)
        if execution.is_interrupted(node):
            self.cancel()
        if node.total_timeout_seconds is not None:
            waiting.watch_total(execution, node, started_ns)
        seconds = node.attempt_timeout_seconds
        refusal = None if seconds is None else self._limit(execution, node, seconds - held_ns / NANOSECONDS)
        try:
            await resume(step, trap, context, turn, kernel.watchdog, execution, node)
            if kernel.gate is not None:
                with anyio.CancelScope(shield=True):  # the value has arrived: it wins over a cancel
                    await kernel.gate.wait_turn(execution.id, node.id)
                turn.expire()
        finally:
            self._resumed(execution, node)
            self._note = FINISHED_ANYWAY if self._is_spent else None
            if refusal is not None:
                self.scope.deadline = math.inf
                refusal.cancel()
        if self._is_given_up:
            raise GivenUpError
        if self._is_spent:
            execution.rare.interruptions.finished_late(node)
        elif self.cancel_requests() > self._requests:
            execution.cancel("its task was cancelled, which a step swallowed")

    def _limit(self, execution: "Execution", node: PlanNode, seconds: float) -> "Timer":
        """Let an attempt that is suspended be cancelled after a time, and given up if it does not end then."""
        self.scope.deadline = anyio.current_time() + seconds
        return interrupting.watch_refusal(execution, self, node, timeout_of, seconds)

    def _resumed(self, execution: "Execution", node: PlanNode) -> None:
        """Note that what the firing of a node waited for has ended, and whether its execution still wants to know."""
        self._is_given_up = execution.rejoin(self)
        if not self._is_given_up:
            del execution.suspended[node]
        self._is_spent = self.cancel_called

    async def _failed(self, execution: "Execution", node: PlanNode, error: BaseException, started_ns: int) -> None:
        """Sort out what a firing raised; raise what is not the step's failure."""
        if self.innermost() is not self.marker:
            error = await self._close_leaked(execution, node, error, started_ns)
        if self._is_given_up:
            self._is_given_up = False
            self._pass_on(error)
            return
        if isinstance(error, Exception):
            supervisor.attempt_failed(execution, node, error, started_ns)
            return
        cancelled, rest = split(error, self.kernel.backend.cancelled)
        if cancelled is None:
            self._exited(execution, node, error, started_ns)
            return
        is_own = self.cancel_called
        backend = self.kernel.backend
        if not is_own and not backend.is_level_triggered and self.cancel_requests() <= self._requests:
            failure = chained(StepCancelledItselfError(node.id, "ended with CancelledError"), error)
            supervisor.attempt_failed(execution, node, failure, started_ns)
            return
        is_interrupted = execution.is_interrupted(node)
        if is_own and not is_interrupted and node.attempt_timeout_seconds is not None:
            failure = chained(timeout_of(execution, node), rest or cancelled)
            supervisor.attempt_failed(execution, node, failure, started_ns)
        else:
            self._interrupted(execution, node, cancelled, started_ns)
        raise cancelled

    def _exited(self, execution: "Execution", node: PlanNode, error: BaseException, started_ns: int) -> None:
        """Sort out an exception that is no `Exception`; raise it, unless only the step wants to exit."""
        if isinstance(error, KeyboardInterrupt | WorkerClosedError):
            self._interrupted(execution, node, error, started_ns)
            raise error
        failure = chained(StepExitedError(node.id, f"raised {error!r}"), error)
        supervisor.attempt_failed(execution, node, failure, started_ns)

    def _interrupted(self, execution: "Execution", node: PlanNode, error: BaseException, started_ns: int) -> None:
        """End a firing that was interrupted; if nobody asked the execution for that, it is its task that was."""
        if execution.rare.interruptions.find(node) is None:
            execution.rare.interruptions.begin(node, Interruption("cancel", self.kernel.monotonic_ns()))
            self._end_with_task(execution, error)
        interrupting.end_interrupted(execution, node, started_ns)

    def _pass_on(self, error: BaseException) -> None:
        """Raise what ends the worker's task, and nothing that is the step's alone."""
        cancelled, _ = split(error, self.kernel.backend.cancelled)
        if cancelled is not None:
            raise cancelled
        if isinstance(error, KeyboardInterrupt | WorkerClosedError):
            raise error

    async def _close_leaked(
        self, execution: "Execution", node: PlanNode, error: BaseException, started_ns: int
    ) -> BaseException:
        """Close the scopes that a step left open, which are in the way of the worker's own; what is the failure then.

        What is in them may refuse to end. Then the attempt fails after the grace time, and the worker is left behind.
        """
        failure = error
        if isinstance(error, Exception):  # a cancel or an exit stays what it is
            failure = leak_of(execution, node)
            failure.__cause__ = None if isinstance(error, LeakedError) else error
        if self._is_given_up:
            await self.kernel.backend.close_leaked(self.marker)
            return failure
        self.enter()
        self.started_ns = started_ns
        execution.suspended[node] = self
        self.kernel.crew.suspended(execution)
        refusal = interrupting.watch_refusal(execution, self, node, leak_of)
        try:
            await self.kernel.backend.close_leaked(self.marker)
        finally:
            refusal.cancel()
            self._resumed(execution, node)
            self.kernel.turn.seen_ns = self.kernel.monotonic_ns()
        return failure

    def cancel(self) -> None:
        """Cancel the firing that is suspended in this worker."""
        self.scope.cancel()

    EXPOSED: ClassVar[tuple[Callable[..., Any], ...]] = (_drain, _settle, resume)
    """What runs steps, which Ctrl-C may end at any time."""
