"""The crew: helper tasks that give executions a hand when their own worker is suspended."""

from collections import deque
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from flowrt.actors.backend import Event, is_cancelled_from_outside
from flowrt.actors.worker import Worker

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.kernel import Kernel

MAX_PARKED = 1024


class Crew:
    """Tasks of the runtime's nursery, parked and reused, spawned when none is parked.

    Executions with ready firings and no worker wait in `_jobs`. Helpers are called in numbers that double with every
    step that suspends and halve with every helper that was called for nothing: one at a time would start the last of
    100 parallel steps 100 turns of the loop late, and all at once would wake 100 tasks for steps that never suspend.
    """

    def __init__(self, kernel: "Kernel", group: TaskGroup) -> None:
        self._kernel = kernel
        self._group = group
        self._jobs: deque[Execution] = deque()
        self._parked: list[Event] = []
        self._coming = 0
        self._ramp = 1

    def call(self, execution: "Execution") -> None:
        """Ask for hands for an execution that has more ready firings than workers that wait to go on with them."""
        missing = execution.flow.ready_count
        if waiting := self._kernel.turn.waiting:
            missing = max(missing - waiting.get(execution, 0), 0)
        if missing and not execution.has_called:
            execution.has_called = True
            self._jobs.append(execution)
        if self._coming < self._ramp:
            others = len(self._jobs) - execution.has_called
            for _ in range(min(missing + others, self._ramp) - self._coming):
                self._wake_one()

    def _wake_one(self) -> None:
        self._coming += 1
        if self._parked:
            self._parked.pop().set()
        else:
            self._group.start_soon(self.help, name="flowrt helper")

    async def help(self) -> None:
        """Work until nothing is to be done, park, and begin again when called; ends when the nursery is cancelled."""
        worker = Worker(self._kernel)
        try:
            with worker:  # its scope is lent on and on
                while True:
                    self._coming -= 1
                    await self._work_off(worker)
                    if worker.was_asked_to_end:
                        break
                    if len(self._parked) >= MAX_PARKED:
                        return
                    await self._park()
            if self._jobs:
                self.call(self._jobs[0])
        except KeyboardInterrupt as interrupt:
            self._kernel.interrupt(interrupt)
        except self._kernel.backend.cancelled:
            if is_cancelled_from_outside():
                raise
            for execution in self._kernel.executions:  # others do what this helper would have done
                execution.call_hands()

    async def _work_off(self, worker: Worker) -> None:
        suspensions = worker.suspensions
        while (execution := self._next_job()) is not None or self._goes_on():
            if execution is None:
                continue
            await worker.work(execution)
            if worker.was_asked_to_end:  # and serves nobody else, who would be taken for cancelled
                await anyio.lowlevel.checkpoint()  # where a cancel strikes that a step asked for hits nobody else
                break
        if worker.suspensions == suspensions:
            self._ramp = max(1, self._ramp // 2)

    async def _park(self) -> None:
        woken, turn = self._kernel.backend.new_event(), self._kernel.turn
        self._parked.append(woken)
        noted = turn.number
        try:
            await woken.wait()
        except BaseException:
            if woken.is_set():
                self._coming -= 1
            else:
                self._parked.remove(woken)
            raise
        turn.resumed(noted)

    def _goes_on(self) -> bool:
        if self._kernel.gate is None:
            return False
        self._coming += 1  # whatever is called for now, this helper comes
        try:
            return self._kernel.gate.go_on()
        finally:
            self._coming -= 1

    def _next_job(self) -> "Execution | None":
        """Take the next execution that wants a hand; it goes to the end of the queue, so that all get their turn."""
        while self._jobs:
            execution = self._jobs.popleft()
            if execution.flow.ready_count:
                if execution.flow.ready_count > 1:
                    self._jobs.append(execution)
                else:
                    execution.has_called = False
                return execution
            execution.has_called = False
        return None

    def suspended(self, execution: "Execution") -> None:
        """Say that a worker of this execution suspends; whatever else is ready needs other hands."""
        if execution.flow.ready_count:
            self.call(execution)
        elif self._jobs:
            self.call(self._jobs[0])
        else:
            return
        if self._ramp < MAX_PARKED:
            self._ramp *= 2
