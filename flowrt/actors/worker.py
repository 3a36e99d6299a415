"""The worker: a task that runs firings, one after another, and lends them its cancel scope."""

import math
from collections.abc import Callable
from contextvars import Context
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from flowrt.actors import interrupting, overseeing, waiting
from flowrt.actors.broken_firing import sort_out
from flowrt.actors.drive import DONE, NO_DRIVER, PLAIN_TYPES, Driver, as_coroutine, new_driver, resume
from flowrt.actors.firing import Stopped, fire_in_order, goes_straight
from flowrt.actors.interruptions import FINISHED_ANYWAY
from flowrt.actors.late_scope import LateScope
from flowrt.actors.raised import GivenUpError, LeakedError, split, timeout_of
from flowrt.actors.turn import LONG_NS
from flowrt.clock import NANOSECONDS
from flowrt.graph.plan import PlanNode

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel
    from flowrt.actors.timers import Timer
    from flowrt.graph.flow import Flow


class Worker(LateScope):
    """Runs the ready firings of executions in the task that calls `work`.

    The worker starts a step itself, with a first send: one that returns without suspending costs a call. One scope is
    lent to one firing after another; once it was cancelled, by whomever and however late, it is never lent again.
    """

    __slots__ = (
        "_is_spent", "cancel_requests", "first_requests", "flow", "invoke", "is_given_up", "is_lost", "kernel",
        "requests", "result", "started_ns", "suspensions",
    )  # fmt: skip

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        super().__init__(kernel.backend)
        self.cancel_requests = kernel.backend.cancel_requests(self.task)
        """Returns how often its task was asked to end, which a step may have swallowed."""
        self.requests = self.cancel_requests()
        """How often it had been when the worker began to work for this execution."""
        self.first_requests = self.requests
        """How often it had been when the worker was made."""
        self._is_spent = False
        self.is_given_up = False
        """Its execution went on without it while it waited for a step: what that comes to is nobody's any more."""
        self.is_lost = False
        """Its step refuses to end, and nobody waits for it any more."""
        self.flow: Flow
        """Of the execution that it works for."""
        self.invoke: Callable[[Flow], Any]
        """Calls the async step that its driver goes on with."""
        self.result: Any = None
        """What the last async step returned."""
        self.suspensions = 0
        """How many firings suspended in it so far."""
        self.started_ns = 0
        """When the attempt began that suspended last."""

    @property
    def is_cancelled(self) -> bool:
        """A scope around it was cancelled, so that its next await ends."""
        return self._backend.is_cancelled(self.innermost())

    @property
    def was_asked_to_end(self) -> bool:
        """Its task was cancelled by itself, not by a scope, and a step swallowed that."""
        return self.cancel_requests() > self.first_requests

    @property
    def _note(self) -> str | None:
        """What the log says of a firing that ended after all."""
        return FINISHED_ANYWAY if self._is_spent else None

    async def work(self, execution: "Execution") -> None:
        """Run firings until none is ready.

        A cancel by the task's owner cancels the execution and is passed on; Ctrl-C stops it.
        """
        self.flow = flow = execution.flow
        execution.hands += 1
        try:
            while flow.ready_count:
                with self:
                    self.requests = self.cancel_requests()
                    self._is_spent = False
                    driver, stopped = new_driver(self) if execution.plan.has_async else NO_DRIVER, None
                    while goes_straight(execution) and (stopped := fire_in_order(self, execution, driver)) is None:
                        if execution.status != "running":
                            return
                        await self._wait_turn(execution)
                    if stopped is not None:
                        driver = await self._go_on(execution, stopped, driver)
                        stopped = None  # what it holds may be large
                    await self._drain(execution, driver)
        except BaseException as error:
            self.end_with_task(execution, error)
            raise
        finally:
            del self.flow
            self.result = None
            execution.end_work(self)

    async def _wait_turn(self, execution: "Execution") -> None:
        await self.kernel.turn.wait_next(execution, self.task)
        self.look()  # if it runs in a step of another worker, that has suspended, too

    def end_with_task(self, execution: "Execution", error: BaseException) -> None:
        """Cancel an execution because the worker's task was; whatever else ends the task stops it."""
        reason = f"interrupted by {type(error).__name__}"
        if split(error, self.kernel.backend.cancelled)[0] is None:
            execution.stop(reason)
        else:
            execution.cancel(reason)

    async def _drain(self, execution: "Execution", driver: Driver) -> None:
        """Run firings until none is ready or the scope is spent, counting the tokens of each."""
        flow, turn, now_ns = execution.flow, self.kernel.turn, self.kernel.monotonic_ns
        ready, succeed, new_context = flow.ready, execution.succeed, execution.context.copy
        innermost, marker = self.innermost, self.marker
        result, ended_ns = None, now_ns()
        while ready and not self._is_spent:
            if ended_ns >= turn.ends_ns:
                await self._wait_turn(execution)
                ended_ns, marker = now_ns(), self.marker
                continue
            started_ns = began_ns = ended_ns
            node: PlanNode | None = overseeing.take(execution) if execution.is_overseen else ready.popleft()
            while node is not None:
                context = new_context()
                try:
                    if node.is_async:
                        self.invoke = node.invoke
                        if (trap := context.run(driver.__next__)) is not DONE:
                            await self._suspend(execution, node, driver, trap, context, started_ns)
                            marker, began_ns = self.marker, turn.seen_ns
                        result = self.result
                    else:
                        result = context.run(node.invoke, flow)
                        if type(result) not in PLAIN_TYPES and isawaitable(result):
                            result = await self._settle(execution, node, result, context, started_ns)
                            marker, began_ns = self.marker, turn.seen_ns
                    if innermost() is not marker:
                        raise LeakedError  # noqa: TRY301 - sorted out with the other failures
                    following = succeed(node, result, started_ns, self._note)
                except BaseException as error:  # noqa: BLE001 - sorted out, and raised again if it is not the step's
                    await sort_out(self, execution, node, error, started_ns)
                    following, driver, marker = None, new_driver(self), self.marker
                    began_ns = max(began_ns, turn.seen_ns)
                ended_ns = now_ns()
                if self._is_spent or ended_ns >= turn.ends_ns:  # type: ignore[redundant-expr]  # an await changes it
                    self.end_stretch(execution, node, following, ended_ns - began_ns)
                    break
                node, started_ns, began_ns = following, ended_ns, ended_ns
        turn.seen_ns = ended_ns

    async def _go_on(self, execution: "Execution", stopped: Stopped, driver: Driver) -> Driver:
        """Bring a firing to its end that is out of the ordinary; what drives the next."""
        node, context, started_ns, trap, result, error = stopped
        following = None
        execution.flow.count()
        if error is None:
            try:
                if trap is not DONE:
                    await self._suspend(execution, node, driver, trap, context, started_ns)
                    result = self.result
                elif not node.is_async and type(result) not in PLAIN_TYPES and isawaitable(result):
                    result = await self._settle(execution, node, result, context, started_ns)
                if self.innermost() is not self.marker:
                    raise LeakedError  # noqa: TRY301 - sorted out with the other failures
                following = execution.succeed(node, result, started_ns, self._note)
            except BaseException as raised:  # noqa: BLE001 - sorted out, and raised again if it is not the step's
                error = raised
        if error is not None:
            await sort_out(self, execution, node, error, started_ns)
            driver = new_driver(self)
        self.end_stretch(
            execution, node, following, self.kernel.monotonic_ns() - max(started_ns, self.kernel.turn.seen_ns)
        )
        return driver

    async def _settle(
        self, execution: "Execution", node: PlanNode, awaitable: Any, context: Context, started_ns: int
    ) -> Any:
        """Wait for what a `def` step returned instead of a value, and return what that gives."""
        driver = new_driver(self)
        self.invoke = lambda _flow: as_coroutine(awaitable)
        if (trap := context.run(driver.__next__)) is not DONE:
            await self._suspend(execution, node, driver, trap, context, started_ns)
        return self.result

    def end_stretch(self, execution: "Execution", node: PlanNode, following: PlanNode | None, held_ns: int) -> None:
        """Let nothing follow for now, and look at how long a firing took: it may overrun the turn's budget by far."""
        self.kernel.watchdog.look(execution, node, held_ns)
        if held_ns >= LONG_NS:
            self.kernel.turn.had_long_firing = True
        if following is not None:
            execution.flow.ready.appendleft(following)

    async def _suspend(
        self,
        execution: "Execution",
        node: PlanNode,
        driver: Driver,
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
            await resume(driver, trap, context, turn, kernel.watchdog, execution, node)
            if kernel.gate is not None:
                with anyio.CancelScope(shield=True):  # the value has arrived: it wins over a cancel
                    await kernel.gate.wait_turn(execution.id, node.id)
                turn.expire()
        finally:
            self.resumed(execution, node)
            if refusal is not None:
                self.scope.deadline = math.inf
                refusal.cancel()
        if self.is_given_up:
            raise GivenUpError
        if self._is_spent:
            execution.rare.interruptions.finished_late(node)
        elif self.cancel_requests() > self.requests and self.innermost() is self.marker:
            execution.cancel("its task was cancelled, which a step swallowed")

    def _limit(self, execution: "Execution", node: PlanNode, seconds: float) -> "Timer":
        """Let an attempt that is suspended be cancelled after a time, and given up if it does not end then."""
        self.scope.deadline = anyio.current_time() + seconds
        return interrupting.watch_refusal(execution, self, node, timeout_of, seconds)

    def resumed(self, execution: "Execution", node: PlanNode) -> None:
        """Note that what the firing of a node waited for has ended, and whether its execution still wants to know."""
        self.is_given_up = self.is_lost and execution.rejoin(self)
        if not self.is_given_up:
            del execution.suspended[node]
        self._is_spent = self.cancel_called

    def cancel(self) -> None:
        """Cancel the firing that is suspended in this worker."""
        self.scope.cancel()

    EXPOSED: ClassVar[tuple[Callable[..., Any], ...]] = (_drain, _go_on, _settle, fire_in_order, resume)
    """What runs steps, which Ctrl-C may end at any time."""
