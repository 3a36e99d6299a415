"""The inside of a runtime: opening and leaving it, and the life of one execution."""

from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.lowlevel

from flowrt.actors import ending, pausing, waiting
from flowrt.actors.backend import functions_of
from flowrt.actors.execution import Execution
from flowrt.actors.kernel import Kernel
from flowrt.actors.places import Places
from flowrt.actors.results import result_of
from flowrt.actors.settings import Settings
from flowrt.actors.worker import Worker
from flowrt.errors import (
    NestedTooDeepError,
    RuntimeClosedError,
    RuntimeDrainingError,
    RuntimeOpenError,
    StoreError,
)
from flowrt.graph.plan import Plan
from flowrt.plans import Plans

if TYPE_CHECKING:
    from flowrt.actors.sink import Sink

MAX_DEPTH = 100
"""How many executions may each have begun in a step of the one before."""
MAX_INLINE_DEPTH = 8
"""From which on a nested execution runs in helpers, so that Python's stack does not grow with it."""


class Engine:
    """What a runtime does, for the runtime and its doors: handles, maps and threads."""

    def __init__(self, settings: Settings, plans: Plans) -> None:
        self.settings = settings
        self.plans = plans
        self._kernel: Kernel | None = None
        self._stack = AsyncExitStack()

    # --- opening and leaving ----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the store and start the actors. A cancel leaves nothing open.

        Raises:
            RuntimeOpenError: It is open already.
            StoreError: The store can't be opened.
        """
        if self.is_open:
            raise RuntimeOpenError
        settings = self.settings
        async with AsyncExitStack() as stack:
            sink = await self._open_log(stack)
            places = Places(settings)
            stack.push_async_callback(places.close)
            group = await stack.enter_async_context(anyio.create_task_group())
            guarded = functions_of(Engine) if sink is None else (*functions_of(Engine), type(sink).run)
            self._kernel = Kernel(settings, group, sink, places, guarded)
            self._stack = stack.pop_all()

    async def _open_log(self, stack: AsyncExitStack) -> "Sink | None":
        store = self.settings.store
        if store is None:
            return None
        from flowrt.actors.sink import Sink  # noqa: PLC0415 - loaded only where there is a store

        await store.open()
        stack.push_async_callback(store.close)
        group = await stack.enter_async_context(anyio.create_task_group())
        sink = Sink(store.log, self.settings.clock)
        group.start_soon(sink.run, name="flowrt sink")
        stack.callback(sink.close_nowait, self.settings.flush_seconds)
        return sink

    async def leave(self, body_error: BaseException | None) -> None:
        """End all executions, write the log and close the store.

        Args:
            body_error: What the block raised; it goes on, whatever became of the log.

        Raises:
            KeyboardInterrupt: Ctrl-C came while a helper ran a step.
            StoreError: Something of the log could not be written.
        """
        kernel = self.kernel
        self._kernel = None
        try:
            await self._end_all(kernel)
        finally:
            kernel.end_listening()
            kernel.group.cancel_scope.cancel()
            try:
                await self._stack.aclose()
            except BaseExceptionGroup as errors:
                raise _only_one(errors) from None
        if kernel.interruption is not None:
            raise kernel.interruption
        if body_error is None and kernel.sink is not None:
            kernel.sink.raise_failure()

    async def _end_all(self, kernel: Kernel) -> None:
        executions = list(kernel.executions)
        for execution in executions:
            execution.cancel("the runtime was left")
        await self.see_off(executions)

    @property
    def is_open(self) -> bool:
        """The runtime was opened and not left yet."""
        return self._kernel is not None

    @property
    def kernel(self) -> Kernel:
        """The open runtime's kernel.

        Raises:
            RuntimeClosedError: The runtime is not open.
            WrongThreadError: It is open in another thread.
        """
        if self._kernel is None:
            raise RuntimeClosedError
        self._kernel.check_thread("the runtime")
        return self._kernel

    # --- the life of one execution ----------------------------------------------------------------------------------

    async def begin(self, workflow: Any, input_value: Any) -> Execution:
        """Make an execution whose first firings are ready.

        Raises:
            DefinitionError: The definition is wrong.
            InputError: The input does not fit.
            StoreError: The log can't be written any more.
        """
        plan, workflow_id = await self.plans.find(workflow)
        return self.begin_plan(plan, input_value, workflow_id)

    def begin_plan(self, plan: Plan, input_value: Any, workflow_id: str | None = None) -> Execution:
        """Make an execution of a plan; `begin` without finding the plan.

        Raises:
            InputError: The input does not fit.
            NestedTooDeepError: It began in a step of an execution that began in a step, and so on.
            RuntimeDrainingError: The runtime is being drained, and it did not begin in a step.
            StoreError: The log can't be written any more.
        """
        return self._begin(self.kernel, plan, input_value, workflow_id)

    def _begin(self, kernel: Kernel, plan: Plan, input_value: Any, workflow_id: str | None) -> Execution:
        parent = kernel.parent.get()
        if kernel.is_draining and parent is None:
            raise RuntimeDrainingError
        if parent is not None and parent.depth >= MAX_DEPTH:
            raise NestedTooDeepError(plan.name, MAX_DEPTH)
        converted = plan.convert_input({} if input_value is None else input_value)
        if kernel.sink is not None:
            kernel.sink.raise_failure()
        execution = Execution(kernel, plan, converted, parent)
        kernel.executions.add(execution)
        if plan.policy.deadline_seconds is not None:
            waiting.watch_deadline(execution, plan.policy.deadline_seconds)
        if execution.is_watched:
            kernel.journal.started(execution, converted, workflow_id)
        if kernel.is_paused:
            pausing.pause(execution)
        return execution

    async def run(self, workflow: Any, input_value: Any, begun: "Callable[[Execution], None] | None" = None) -> Any:
        """Run a workflow in the caller's task; call `begun` with its execution first."""
        kernel = self.kernel
        worker = Worker(kernel)
        if worker.is_cancelled:
            await anyio.lowlevel.checkpoint_if_cancelled()
        plan, workflow_id = self.plans.known(workflow) or await self.plans.find(workflow)
        if self._kernel is not kernel:  # it was left meanwhile
            raise RuntimeClosedError
        execution = self._begin(kernel, plan, input_value, workflow_id)
        if begun is not None:
            begun(execution)
        try:
            if execution.lineage is None or execution.lineage.depth < MAX_INLINE_DEPTH:
                kernel.turn.begin_run(worker.task, execution.started_ns)
                await worker.work(execution)
            else:
                kernel.crew.call(execution)
            if execution.status == "running":
                await execution.wait_ended()
        except BaseException as error:
            reason = f"its caller was interrupted by {type(error).__name__}"
            if isinstance(error, kernel.backend.cancelled):
                execution.cancel(reason)
            else:
                execution.stop(reason)
            execution.call_hands()  # the caller's are gone
            await self.see_off([execution])
            raise
        if execution.status == "cancelled" and worker.was_asked_to_end:
            await self.see_off([execution])
            raise kernel.backend.cancelled
        if kernel.sink is not None:
            await execution.kernel.acknowledge(execution)
        return execution.output if execution.status == "completed" else result_of(execution)

    async def start(self, workflow: Any, input_value: Any) -> Execution:
        """Start a workflow in the background."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        execution = await self.begin(workflow, input_value)
        try:
            await execution.kernel.acknowledge(execution)
        except BaseException as error:
            execution.cancel(f"its start was interrupted by {type(error).__name__}")
            raise
        self.kernel.crew.call(execution)
        return execution

    async def see_off(self, executions: "list[Execution]") -> None:
        """Wait until cancelled executions have cleaned up and ended and that is logged, for their grace times at most.

        Then what still cleans up is interrupted, and has the grace time to end. Steps that refuse stay behind in the
        nursery.
        """
        for _ in range(2):
            if await self._wait_ended(executions):
                break
            for execution in executions:
                execution.stop("it did not clean up in time")
        for execution in executions:
            ending.abandon_all(execution)
        with anyio.move_on_after(self.settings.grace_seconds, shield=True), suppress(StoreError):
            for execution in executions:
                await execution.kernel.acknowledge(execution)

    async def _wait_ended(self, executions: "list[Execution]") -> bool:
        """Wait for executions for the longest grace time in them; say whether nothing is left to wait for."""
        grace_seconds = max((ending.longest_grace_seconds(execution) for execution in executions), default=0.0)
        with anyio.move_on_after(grace_seconds, shield=True):
            for execution in executions:
                await execution.wait_ended()
        return not any(ending.is_cleaning_up(execution) for execution in executions)


def _only_one(error: BaseException) -> BaseException:
    """Return the error in a nursery's group, if it is the only one."""
    only = error
    while isinstance(only, BaseExceptionGroup):
        errors: tuple[BaseException, ...] = cast("BaseExceptionGroup[BaseException]", only).exceptions
        if len(errors) != 1:
            return error
        (only,) = errors
    return only
