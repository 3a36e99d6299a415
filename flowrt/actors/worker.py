"""The worker: a task that runs firings, one after another, and lends them its cancel scope."""

import math
from collections.abc import Coroutine
from contextvars import Context
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

import anyio

from flowrt.actors import supervisor
from flowrt.actors.drive import PLAIN_TYPES, WorkerClosedError, as_coroutine, resume
from flowrt.actors.execution import FINISHED_ANYWAY
from flowrt.errors import AttemptTimeoutError, StepCancelledItselfError, StepExitedError, StepLeakedScopeError
from flowrt.graph.plan import PlanNode

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel
_LEAKED = Exception("a step left a scope open")


class Worker:
    """Runs the ready firings of executions in the task that calls `work`.

    The worker starts a step itself, with a first send: one that returns without suspending costs a call. One scope is
    lent to one firing after another; once it was cancelled, by whomever and however late, it is never lent again.
    """

    __slots__ = ("_innermost", "_is_spent", "_marker", "_note", "_requests", "kernel", "scope", "suspensions")

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        self._is_spent = False
        self._note: str | None = None
        self.suspensions = 0
        """How many firings suspended in it so far."""

    async def work(self, execution: "Execution") -> None:
        """Run firings until none is ready.

        A cancel by the task's owner cancels the execution and is passed on; so is Ctrl-C.
        """
        execution.begin_work()
        try:
            while execution.flow.ready:
                with self.kernel.backend.new_scope() as self.scope:
                    self._innermost = self.kernel.backend.innermost()
                    self._marker = self._innermost()
                    self._requests = self.kernel.backend.cancel_requests()
                    self._is_spent, self._note = False, None
                    await self._drain(execution)
        except BaseException as error:
            execution.cancel(f"interrupted by {type(error).__name__}")
            raise
        finally:
            execution.end_work()

    async def _drain(self, execution: "Execution") -> None:
        """Run firings until none is ready or the scope is spent. The hot loop of flowrt."""
        flow, turn, now_ns = execution.flow, self.kernel.turn, self.kernel.monotonic_ns
        ready, succeed, new_context = flow.ready, execution.succeed, execution.context.copy
        innermost, marker = self._innermost, self._marker
        while ready and not self._is_spent:
            started_ns = now_ns()
            if started_ns >= turn.ends_ns:
                await turn.wait_next(execution.id)
                continue
            node: PlanNode | None = execution.take()
            while node is not None:
                context = new_context()
                try:
                    result = context.run(node.invoke, flow)
                    if node.is_async or (type(result) not in PLAIN_TYPES and isawaitable(result)):
                        step = as_coroutine(result, is_coroutine=node.is_async)
                        try:
                            trap = context.run(step.send, None)
                        except StopIteration as stop:
                            result = stop.value
                        else:
                            result = await self._suspend(execution, node, step, trap, context, started_ns)
                    if innermost() is not marker:
                        raise _LEAKED  # noqa: TRY301 - sorted out with the other failures
                    following = succeed(node, result, started_ns, self._note)
                except BaseException as error:  # noqa: BLE001 - sorted out, and raised again if it is not the step's
                    following = await self._failed(execution, node, error, started_ns)
                node, started_ns = following, now_ns()
                if node is not None and (self._is_spent or started_ns >= turn.ends_ns):  # type: ignore[redundant-expr]  # an await changes it
                    ready.appendleft(node)
                    break

    async def _suspend(
        self,
        execution: "Execution",
        node: PlanNode,
        step: Coroutine[Any, Any, Any],
        trap: object,
        context: Context,
        started_ns: int,
    ) -> Any:
        """Wait for a step that suspended, after calling others to what else is ready."""
        kernel = self.kernel
        self.suspensions += 1
        execution.suspended[self] = node
        kernel.crew.suspended(execution)
        if node.attempt_timeout_seconds is not None:
            used = (kernel.monotonic_ns() - started_ns) / 1e9
            self.scope.deadline = anyio.current_time() + node.attempt_timeout_seconds - used
        try:
            result = await resume(step, trap, context, kernel.turn)
            if kernel.gate is not None:
                await kernel.gate.wait_turn(execution.id, node.id)
        finally:
            execution.suspended.pop(self, None)
            self._is_spent = self.scope.cancel_called
            self._note = FINISHED_ANYWAY if self._is_spent else None
            if node.attempt_timeout_seconds is not None:
                self.scope.deadline = math.inf
        if not self._is_spent and kernel.backend.was_asked(self._requests):
            execution.cancel("its task was cancelled, which a step swallowed")
        return result

    async def _failed(
        self, execution: "Execution", node: PlanNode, error: BaseException, started_ns: int
    ) -> PlanNode | None:
        """Sort out what a firing raised; raise what is not the step's failure."""
        if self._innermost() is not self._marker:
            error = await self._close_leaked(node, error)
        if isinstance(error, Exception):
            return supervisor.attempt_failed(execution, node, error, started_ns)
        cancelled, rest = _split(error, self.kernel.backend.cancelled)
        if cancelled is None:
            if isinstance(error, KeyboardInterrupt | WorkerClosedError):
                execution.record_cancelled(node, started_ns)
                raise error
            return supervisor.attempt_failed(
                execution, node, _chained(StepExitedError(node.id, f"raised {error!r}"), error), started_ns
            )
        is_own = self.scope.cancel_called
        backend = self.kernel.backend
        if not is_own and not backend.is_level_triggered and not backend.was_asked(self._requests):
            failure = _chained(StepCancelledItselfError(node.id, "ended with CancelledError"), error)
            return supervisor.attempt_failed(execution, node, failure, started_ns)
        if not is_own or execution.is_ending or node.attempt_timeout_seconds is None:
            execution.record_cancelled(node, started_ns)
        else:
            timeout = AttemptTimeoutError(node.id, execution.attempts.number(node), node.attempt_timeout_seconds)
            following = supervisor.attempt_failed(execution, node, _chained(timeout, rest or cancelled), started_ns)
            if following is not None:
                execution.flow.ready.appendleft(following)
        raise cancelled

    async def _close_leaked(self, node: PlanNode, error: BaseException) -> BaseException:
        """Close the scopes that a step left open; they are in the way of the worker's own."""
        await self.kernel.backend.close_leaked(self._marker)
        if error is not _LEAKED and not isinstance(error, Exception):
            return error
        leak = StepLeakedScopeError(node.id, "ended inside a cancel scope, task group or nursery that it had entered")
        return leak if error is _LEAKED else _chained(leak, error)

    def cancel(self) -> None:
        """Cancel the firing that is suspended in this worker."""
        self.scope.cancel()


def _split(error: BaseException, cancelled: type[BaseException]) -> tuple[BaseException | None, BaseException | None]:
    """Return the part of an error that is the backend's cancellation, and the rest."""
    if isinstance(error, cancelled):
        return error, None
    if isinstance(error, BaseExceptionGroup):
        return cast("BaseExceptionGroup[BaseException]", error).split(cancelled)
    return None, error


def _chained(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error
