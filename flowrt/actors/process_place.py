"""Processes for steps that compute, or that have to be killed when their time is over."""

from typing import TYPE_CHECKING, Any

import anyio

from flowrt.actors.raised import OF_COROUTINES, Raised
from flowrt.actors.step_process import StepProcess
from flowrt.actors.transfer import Request, pack_call, unpack_answer
from flowrt.typing import Limiter, PlacedCall

if TYPE_CHECKING:
    from collections.abc import Collection

    from flowrt.actors.places import Caller
    from flowrt.actors.step_process import Answer


class ProcessPlace:
    """Makes calls in processes, which are started when they are needed and kept until the runtime is left.

    Args:
        slots: How many processes there may be at once.
    """

    def __init__(self, slots: Limiter) -> None:
        self.slots = slots
        self._idle: list[StepProcess] = []

    @property
    def left_alone(self) -> "Collection[Caller]":
        """Nobody's: a cancel kills the process."""
        return ()

    async def run(self, caller: "Caller", call: PlacedCall) -> Any:
        """Make a call in a process. A cancel kills it, and waits until it is gone.

        Raises:
            StepTransferError: Something can't be sent.
            StepCrashedError: The process ended without an answer.
            BaseException: What the step raised.
        """
        try:
            answer = await self._ask(caller.node, pack_call(caller.node, call))
        finally:
            self.slots.release()
        try:
            return unpack_answer(caller.node, *answer)
        except OF_COROUTINES as error:
            return Raised(error)

    async def _ask(self, node: str, request: Request) -> "Answer":
        process = self._take_idle() or await StepProcess.start(node)
        is_whole = False
        try:
            answer = await process.ask(node, request)
            is_whole = True
        finally:
            if not is_whole:
                await process.end()
        self._idle.append(process)
        return answer

    def _take_idle(self) -> StepProcess | None:
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
        return None

    async def close(self, grace_seconds: float) -> None:
        """Kill the processes, which are idle, and wait until they are gone."""
        idle, self._idle = self._idle, []
        with anyio.CancelScope(shield=True, deadline=anyio.current_time() + grace_seconds):
            async with anyio.create_task_group() as group:
                for process in idle:
                    group.start_soon(process.end)
