"""How a runtime is paused, told things and shut down from outside."""

import signal
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from flowrt.actors import pausing, signals
from flowrt.errors import SignalRefusedError, UnknownExecutionError
from flowrt.option_checks import check_number

if TYPE_CHECKING:
    from flowrt.engine import Engine
    from flowrt.explain import Explanation


class DrainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the executions that ran when a runtime was drained."""

    ended: int
    """How many ended by themselves."""
    cancelled: tuple[str, ...] = ()
    """The ids of those that were cancelled because the time was over."""


class Control:
    """Pauses, drains and signals the executions of one runtime."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def pause(self) -> None:
        """Let no firing start, in any execution, until `resume`."""
        kernel = self._engine.kernel
        kernel.is_paused = True
        for execution in kernel.executions:
            kernel.do(partial(pausing.pause, execution))

    def resume(self) -> None:
        """Let firings start again, also in executions that were paused one by one."""
        kernel = self._engine.kernel
        kernel.is_paused = False
        for execution in kernel.executions:
            kernel.do(partial(pausing.resume, execution))

    async def signal(self, execution_id: str, name: str, payload: Any) -> None:
        """Send a signal to an execution, and wait until what it set free is as durable as the runtime promises.

        Raises:
            SignalRefusedError: No node can take it, or the payload does not fit; nothing was changed.
            StoreError: It was taken, but could not be logged.
        """
        execution = self._engine.kernel.executions.find(execution_id)
        if execution is None:
            reason = "no execution of that id runs in this runtime: it is over, or was never here"
            raise SignalRefusedError(execution_id, name, reason)
        signals.send(execution, name, payload)
        await execution.kernel.acknowledge(execution)

    async def why(self, execution_id: str, node: str) -> "Explanation":
        """Say why a node stands as it does: from the execution if it runs here, else from the log.

        Raises:
            UnknownExecutionError: Neither knows it.
            UnknownNodeError: Its workflow has no node of that id.
            StoreError: The log can't be read.
        """
        from flowrt.explain import explain, explain_live  # noqa: PLC0415 - loaded when somebody asks

        execution = self._engine.kernel.executions.find(execution_id)
        if execution is not None:
            return explain_live(execution, node)
        store = self._engine.settings.store
        if store is None:
            raise UnknownExecutionError(execution_id, "it does not run in this runtime, which keeps no log")
        return await explain(store, execution_id, node, clock=self._engine.settings.clock)

    async def drain(self, timeout_seconds: float) -> DrainReport:
        """Take no new executions, wait for those that run, and cancel what has not ended in that time."""
        check_number("timeout_seconds", timeout_seconds, least=0)
        kernel = self._engine.kernel
        kernel.is_draining = True
        seen = set(kernel.executions)
        with anyio.move_on_after(timeout_seconds):
            while kernel.executions:  # steps may start others meanwhile
                await next(iter(kernel.executions)).wait_ended()
                seen.update(kernel.executions)
        late = list(kernel.executions)
        seen.update(kernel.executions)
        for execution in late:
            execution.cancel(f"the runtime was drained, and it did not end within {timeout_seconds:g} s")
        await self._engine.see_off(late)
        return DrainReport(ended=len(seen) - len(late), cancelled=tuple(execution.id for execution in late))

    async def drain_on_sigterm(self, timeout_seconds: float) -> DrainReport:
        """Wait for SIGTERM, and then drain."""
        check_number("timeout_seconds", timeout_seconds, least=0)
        _ = self._engine.kernel  # refuses at once, not when the signal comes
        with anyio.open_signal_receiver(signal.SIGTERM) as received:
            async for _ in received:
                return await self.drain(timeout_seconds)
        raise AssertionError("unreachable: signals never end")
