"""A started execution, as the one who started it sees it."""

from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast, overload

from flowrt.actors import ending, pausing
from flowrt.actors.listeners import ExecutionEvents
from flowrt.actors.results import result_of
from flowrt.channels.event_stream import EventStream, OnOverflow
from flowrt.clock import NANOSECONDS
from flowrt.events import Cancellation, Event, EventsLost, ExecutionStatus
from flowrt.option_checks import check_text

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.explain import Explanation

R = TypeVar("R")


class ExecutionHandle(Generic[R]):
    """A started execution. It goes on whether or not anybody waits; leaving the runtime ends it."""

    __slots__ = ("__weakref__", "_execution")

    def __init__(self, execution: "Execution") -> None:
        self._execution = execution

    def __repr__(self) -> str:
        return f"<ExecutionHandle {self.execution_id} of {self.workflow!r}: {self.status}>"

    @property
    def execution_id(self) -> str:
        """The id under which the log knows the execution."""
        return self._execution.id

    @property
    def workflow(self) -> str:
        """The name of the workflow that runs."""
        return self._execution.plan.name

    @property
    def status(self) -> ExecutionStatus:
        """How the execution stands now."""
        return self._execution.status

    @property
    def duration_seconds(self) -> float | None:
        """How long the execution took; `None` while it runs."""
        return None if self.status == "running" else self._execution.duration_ns / NANOSECONDS

    async def wait(self) -> ExecutionStatus:
        """Wait until the execution has ended and its end is logged as durably as the runtime promises.

        A cancel of the waiter does not touch the execution.

        Raises:
            StoreError: The end could not be logged.
        """
        execution = self._execution
        execution.kernel.check_thread("the handle")
        await execution.wait_ended()
        await execution.kernel.acknowledge(execution)
        return execution.status

    async def result(self) -> R:
        """Wait as `wait` does, and return the workflow's result.

        Raises:
            ExecutionFailedError: A node failed; its `__cause__` is the step's exception.
            ExecutionCancelledError: The execution was cancelled.
            StalledError: It came to rest with nodes that never fired, which is a bug in flowrt.
            StoreError: The end could not be logged.
        """
        await self.wait()
        return cast("R", result_of(self._execution))

    def cancel(
        self, reason: str = "cancelled through its handle", *, node: str | None = None, asked_by: str | None = None
    ) -> None:
        """Cancel the execution, or one of its nodes. `wait` tells when the execution has ended.

        What runs is interrupted, and what it returns all the same still counts. Nodes behind `always` and `failure`
        edges clean up. If the execution is ending already, that is stopped too. A node that has ended stays as it is.
        After the cancel of one node the execution goes on without it; if its result depends on that, it is `None`.

        Args:
            reason: Why, for the report and the log.
            node: The id of the node to cancel; `None` is the whole execution.
            asked_by: Who asks, for the report.

        Raises:
            TypeError: The reason, or who asks, is no text; nothing was changed.
            UnknownNodeError: The workflow has no node of that id.
            WrongThreadError: It is another thread than the runtime's; nothing was changed.
        """
        check_text("reason", reason)
        if asked_by is not None:
            check_text("asked_by", asked_by)
        execution = self._execution
        if node is None:
            command = partial(_cancel_or_stop, execution, reason, asked_by)
        else:
            command = partial(ending.cancel_node, execution, execution.plan.find(node), reason, asked_by)
        self._execution.kernel.do(command)

    @property
    def cancellation(self) -> Cancellation | None:
        """What became of a cancel of the execution so far: who asked, why, and what was interrupted; or `None`."""
        return self._execution.rare.interruptions.report()

    @property
    def is_paused(self) -> bool:
        """No firing starts until `resume`."""
        return self._execution.is_paused

    def pause(self) -> None:
        """Let no firing start until `resume`. What runs goes on, timers too; does nothing if the execution is ending.

        `timeout.total` stands still meanwhile; a deadline and the time of a join do not. Signals are kept.
        """
        self._execution.kernel.do(partial(pausing.pause, self._execution))

    def resume(self) -> None:
        """Let firings start again."""
        self._execution.kernel.do(partial(pausing.resume, self._execution))

    def why(self, node: str) -> "Explanation":
        """Say why a node has not fired yet, was skipped, is retried, failed or was cancelled; `print` it.

        It looks at the execution as it is now, running or ended, and changes nothing. It takes time for each edge that
        leads to the node, not for the whole workflow.

        Raises:
            UnknownNodeError: The workflow has no node of that id.
        """
        from flowrt.explain import explain_live  # noqa: PLC0415 - loaded when somebody asks

        self._execution.kernel.check_thread("the handle")
        return explain_live(self._execution, node)

    @overload
    def events(self, *, max_kept: None = None, on_overflow: OnOverflow = "drop_oldest") -> EventStream[Event]: ...
    @overload
    def events(
        self, *, max_kept: int, on_overflow: Literal["drop_oldest"] = "drop_oldest"
    ) -> EventStream[Event | EventsLost]: ...
    @overload
    def events(self, *, max_kept: int, on_overflow: Literal["fail"]) -> EventStream[Event]: ...
    def events(
        self, *, max_kept: int | None = None, on_overflow: OnOverflow = "drop_oldest"
    ) -> EventStream[Event] | EventStream[Event | EventsLost]:
        """Return the events from now on, in their order, until the execution has ended.

        Called before the first await after `start`, it misses only `execution.started`. Nothing is lost, and what is
        not read yet is kept in memory, unless a bound is given. The execution never waits for a reader.

        Args:
            max_kept: How many events that were not read yet are kept, at least 1; `None` is no limit.
            on_overflow: What happens when there are more: `drop_oldest` drops the oldest, and an `EventsLost` in their
                place tells how many; `fail` ends the stream with an `EventOverflowError`.

        Raises:
            ValueError: An option has an impossible value.
            WrongThreadError: It is another thread than the runtime's.
        """
        self._execution.kernel.check_thread("the handle")
        return EventStream[Event](ExecutionEvents(self._execution), max_kept=max_kept, on_overflow=on_overflow)


def _cancel_or_stop(execution: "Execution", reason: str, asked_by: str | None) -> None:
    if execution.is_ending:
        execution.stop(reason)
    else:
        execution.cancel(reason, asked_by)
