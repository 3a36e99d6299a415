"""The way into a running runtime for threads that are not its event loop's."""

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.lowlevel

from flowrt.actors.backend import is_cancelled_from_outside
from flowrt.errors import ExecutionCancelledError, FlowrtError, RuntimeClosedError, WrongThreadError

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.engine import Engine


class ThreadEntrance:
    """Lets other threads run workflows: each call becomes a task of the runtime's nursery."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._token: anyio.lowlevel.EventLoopToken | None = None
        self._loop_thread = 0

    def open(self) -> None:
        """Let threads in, to the event loop that runs now."""
        self._token = anyio.lowlevel.current_token()
        self._loop_thread = threading.get_ident()

    def close(self) -> None:
        """Let nobody in any more; those who are in are told when their executions have ended."""
        self._token = None

    def run(self, workflow: Any, input_value: Any) -> Any:
        """Run a workflow for the calling thread and wait for its result.

        Raises:
            WrongThreadError: It was called from the event loop's own thread, which would wait for itself.
            RuntimeClosedError: The runtime is not open.
        """
        token = self._token
        if token is None:
            raise RuntimeClosedError
        if threading.get_ident() == self._loop_thread:
            raise WrongThreadError("run_from_thread")
        call = _Call(workflow, input_value)
        try:
            anyio.from_thread.run_sync(self._start, call, token=token)
        except anyio.RunFinishedError:
            raise RuntimeClosedError from None
        try:
            return call.future.result()
        except BaseException:
            if not call.future.done():
                anyio.from_thread.run_sync(call.cancel, token=token)
            raise

    def _start(self, call: "_Call") -> None:
        self._engine.kernel.group.start_soon(call.run, self._engine, name="flowrt call from a thread")


class _Call:
    """One call of a thread."""

    def __init__(self, workflow: Any, input_value: Any) -> None:
        self.workflow = workflow
        self.input = input_value
        self.future: Future[Any] = Future()
        self._execution: Execution | None = None
        self._scope: anyio.CancelScope | None = None
        self._is_cancelled = False

    def cancel(self) -> None:
        self._is_cancelled = True
        if self._scope is not None:
            self._scope.cancel()

    def _begun(self, execution: "Execution") -> None:
        self._execution = execution

    async def run(self, engine: "Engine") -> None:
        try:
            with anyio.CancelScope() as self._scope:
                if self._is_cancelled:
                    self._scope.cancel()
                result = await engine.run(self.workflow, self.input, self._begun)
                await anyio.lowlevel.checkpoint()  # where a cancel strikes that a step asked for hits nobody else
                self.future.set_result(result)
        except Exception as error:  # noqa: BLE001 - it is the thread's to handle
            self.future.set_exception(error)
        except BaseException as error:
            self.future.set_exception(self._cancelled("the runtime was left"))
            if is_cancelled_from_outside() or not isinstance(error, anyio.get_cancelled_exc_class()):
                raise
        if not self.future.done():
            self.future.set_exception(self._cancelled("its thread was interrupted"))

    def _cancelled(self, reason: str) -> FlowrtError:
        """Return what tells of a cancel; an execution that has not begun is not there to be told of."""
        execution = self._execution
        if execution is None:
            return RuntimeClosedError()
        return ExecutionCancelledError(execution.id, execution.plan.name, execution.reason or reason)
