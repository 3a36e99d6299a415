"""Calling a bound step in virtual time, and looking at how it ends."""

import inspect
from copy import deepcopy
from types import FrameType
from typing import Any, NamedTuple

import trio

from flowrt.actors.backend import current_backend
from flowrt.clock import NANOSECONDS
from flowrt.testing.conformance.expectation import breach, raised
from flowrt.testing.errors import RealWaitError, SimulationSpinError, SimulationStuckError
from flowrt.testing.simulation import Simulation
from flowrt.testing.step_watch import CLOCKS, StepWatch
from flowrt.typing import BoundStep, Record


class StepOutcome(NamedTuple):
    """How a call ended."""

    result: Any
    """What it returned, or its awaitable did."""
    error: BaseException | None
    seconds: float
    """How long it took, in virtual time."""
    was_cancelled: bool
    """It ended with the cancel."""
    leaked: str | None
    """What it left behind in its task."""
    record: Record
    """What it was called with, as it is after the call."""


class WaitWatch(StepWatch):
    """Looks for steps that wait for something real; they may read the clock."""

    def _judge(self, node_id: str, frame: FrameType, called: Any) -> None:
        if called.__name__ not in CLOCKS:
            super()._judge(node_id, frame, called)


class WatchedCall:
    """One call of a bound step.

    Args:
        name: What errors call the step.
        step: The step.
        record: What it is called with; it gets a copy.
        cancel_after_seconds: When it is cancelled, if it has not ended by then; `None`: never.
    """

    def __init__(
        self, name: str, step: BoundStep, record: Record, *, cancel_after_seconds: float | None = None
    ) -> None:
        self._name = name
        self._step = step
        self._record = deepcopy(record)
        self._cancel_after_seconds = cancel_after_seconds
        self._watch = WaitWatch()
        self._simulation = Simulation(seed=0, keep_events=False)

    def run(self) -> StepOutcome:
        """Call the step on trio in virtual time.

        Raises:
            AssertionError: It waits for something real or for something that never comes, or it raises what is no
                `Exception`; Ctrl-C goes on.
        """
        what = f"the call of {self._name!r}"
        try:
            outcome = self._simulation.run(self._run)
        except (SimulationStuckError, SimulationSpinError) as error:
            advice = "let it end, or raise an exception, whatever it is given, and let a cancel pass"
            raise breach(what, "a wait without end", "a result or an exception", advice) from error
        except RealWaitError as error:
            raise _real_wait(what, error) from error
        if isinstance(self._watch.found, RealWaitError):
            raise _real_wait(what, self._watch.found) from self._watch.found
        if outcome is None:
            raise breach(what, "no end", "a result or an exception", "let it end")
        if outcome.error is not None and not isinstance(outcome.error, Exception):
            advice = "a step fails by an ordinary exception; it never ends the process"
            raise breach(what, raised(outcome.error), "an Exception", advice) from outcome.error
        return outcome

    async def _run(self) -> StepOutcome:
        backend, clock = current_backend(), self._simulation.clock
        result, error, leaked = None, None, None
        tasks = trio.lowlevel.current_statistics().tasks_living
        with trio.CancelScope() as scope:
            if self._cancel_after_seconds is not None:
                scope.deadline = trio.current_time() + self._cancel_after_seconds
            innermost = backend.innermost(backend.current_task())
            marker = innermost()
            try:
                result = await self._call()
            except (trio.Cancelled, KeyboardInterrupt):
                raise
            except BaseException as caught:  # noqa: BLE001 - how it ends is what is looked at
                error = caught
            finally:
                if innermost() is not marker:
                    leaked = "a cancel scope, task group or nursery that it entered and did not leave"
                    await backend.close_leaked(marker)
        seconds = clock.now_ns / NANOSECONDS
        if trio.lowlevel.current_statistics().tasks_living > tasks:
            leaked = leaked or "a task that still runs"
        return StepOutcome(result, error, seconds, scope.cancelled_caught, leaked, self._record)

    async def _call(self) -> Any:
        call = self._watch.guard(self._name, self._step.call, check_inputs=False)
        result = call(self._record) if self._step.arguments is None else call(**self._record)
        return await result if inspect.isawaitable(result) else result


def _real_wait(what: str, error: RealWaitError) -> AssertionError:
    advice = "wait with anyio, which virtual time moves; give the type fakes of the services that it calls"
    return breach(what, f"{error.what} at {error.where}", "no wait for anything real", advice)
