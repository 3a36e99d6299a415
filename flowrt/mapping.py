"""One workflow over many inputs, with bounded concurrency, rate and memory."""

import threading
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import anyio
import anyio.lowlevel
import msgspec

from flowrt.actors.backend import is_loop_running
from flowrt.actors.results import result_of
from flowrt.clock import NANOSECONDS
from flowrt.errors import FlowrtError, InputError, RuntimeClosedError
from flowrt.events import ExecutionStatus
from flowrt.option_checks import check_number, check_whole

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.engine import Engine
    from flowrt.plans import StoredPlan


class ExecutionResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one execution of many ended."""

    index: int
    """The place of its input in the source, from 0."""
    execution_id: str | None
    """`None` if the input did not fit, so that nothing ran."""
    status: ExecutionStatus
    output: Any = None
    error: FlowrtError | None = None
    """Set unless it completed: what `run` would have raised."""
    duration_seconds: float = 0.0


class ExecutionResults:
    """The results of `Runtime.map`: an async iterator, and an async context manager that ends what still runs.

    A task of the runtime reads the source and starts executions; it waits while `max_at_once` of them are under way or
    have results that nobody took. The source is read in that task, and what it raises is raised to the reader.
    """

    def __init__(
        self,
        engine: "Engine",
        workflow: Any,
        source: Iterable[Any] | AsyncIterable[Any],
        *,
        max_at_once: int,
        max_per_second: float | None,
        in_order: bool,
    ) -> None:
        check_whole("max_at_once", max_at_once, least=1)
        if max_per_second is not None:
            check_number("max_per_second", max_per_second, above=0)
        if not isinstance(cast("object", source), Iterable | AsyncIterable):
            raise TypeError(f"the inputs were {source!r}; expected an iterable of inputs, or an async one")
        engine.kernel.backend.guard(protected=(_Feed.read,), exposed=(_items,))
        self._feed = _Feed(engine, workflow, source, max_at_once, max_per_second)
        self._in_order = in_order
        self._next = 0

    def cancel(self, reason: str = "its results are not read any more") -> None:
        """Read no more of the source, and cancel what runs; the results of that are still there to be read.

        Args:
            reason: What the history tells of the executions that this ends.
        """
        self._feed.stop(reason)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.cancel()

    def __del__(self) -> None:
        # a loop that was left early drops its iterator; where no event loop runs, the runtime has ended it all
        feed: _Feed | None = getattr(self, "_feed", None)
        if feed is not None and feed.can_stop:
            self.cancel()

    def __aiter__(self) -> AsyncIterator[ExecutionResult]:
        return self

    async def __anext__(self) -> ExecutionResult:
        """Return the next result. A cancel loses none: the same call may be made again.

        Raises:
            DefinitionError: The definition is wrong.
            StoreError: The log can't be written any more. One that only this execution's end missed is its result.
            RuntimeClosedError: The runtime was left.
            RuntimeDrainingError: The runtime is being drained, and takes no more of the inputs.
            TypeError: It is no workflow.
            Exception: What reading the source raised.
        """
        feed = self._feed
        feed.start()
        while True:
            result = feed.take(self._next if self._in_order else None)
            if result is not None:
                self._next += 1
                return result
            if feed.is_over:
                feed.raise_error()
                raise StopAsyncIteration
            await feed.wait_changed()


class _Feed:
    """Reads the source, starts executions and collects results, apart from the object that the user holds."""

    def __init__(
        self,
        engine: "Engine",
        workflow: Any,
        source: Iterable[Any] | AsyncIterable[Any],
        max_at_once: int,
        max_per_second: float | None,
    ) -> None:
        self._engine = engine
        self._workflow = workflow
        self._source = source
        self._max_at_once = max_at_once
        self._interval_ns = 0 if max_per_second is None else round(NANOSECONDS / max_per_second)
        self._results: dict[int, ExecutionResult] = {}
        self._running: dict[int, Execution] = {}
        self._under_way = 0
        self._changed = anyio.Event()
        self._has_started = False
        self._thread = 0
        self._has_read_all = False
        self._error: BaseException | None = None
        self._scope = anyio.CancelScope()

    # --- the reader's side ------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        return self._has_read_all and not self._under_way

    @property
    def can_stop(self) -> bool:
        is_here = self._thread == threading.get_ident() and is_loop_running()
        return is_here and self._engine.is_open and not self.is_over

    def start(self) -> None:
        if not self._has_started:
            self._has_started = True
            self._thread = threading.get_ident()
            self._engine.kernel.group.start_soon(self.read, name="flowrt map")

    def take(self, index: int | None) -> ExecutionResult | None:
        if index is None:
            index = next(iter(self._results), None)
        result = self._results.pop(index, None) if index is not None else None
        if result is not None:
            self._under_way -= 1
            self._notify()
        return result

    async def wait_changed(self) -> None:
        await self._changed.wait()

    def raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def stop(self, reason: str) -> None:
        if self._has_started:
            self._scope.cancel()
        for execution in list(self._running.values()):
            execution.cancel(reason)

    # --- the source's side ------------------------------------------------------------------------------------------

    async def read(self) -> None:
        try:
            with self._scope:
                kernel = self._engine.kernel
                due = kernel.monotonic_ns()
                stored = await self._engine.plans.find(self._workflow)
                index = 0
                async with aclosing(_items(self._source)) as items:
                    async for item in items:
                        while self._under_way >= self._max_at_once:
                            await self._changed.wait()
                        if self._interval_ns:
                            await kernel.clock.sleep_until(due)
                            due = max(due, kernel.monotonic_ns() - self._interval_ns) + self._interval_ns
                        await kernel.turn.wait_if_over()
                        await anyio.lowlevel.checkpoint_if_cancelled()  # a wake-up may beat the cancel of `stop`
                        self._start(index, item, stored)
                        index += 1
        except Exception as error:  # noqa: BLE001 - it is the reader's to handle
            self._error = error
        except BaseException:
            self._error = RuntimeClosedError()
            raise
        finally:
            self._has_read_all = True
            self._notify()

    def _start(self, index: int, item: Any, stored: "StoredPlan") -> None:
        try:
            execution = self._engine.begin_plan(stored.plan, item, stored.workflow_id)
        except InputError as error:
            self._under_way += 1
            self._put(ExecutionResult(index=index, execution_id=None, status="failed", error=error))
            return
        self._under_way += 1
        self._running[index] = execution
        execution.when_ended(lambda ended: self._ended(index, ended))
        self._engine.kernel.crew.call(execution)

    def _ended(self, index: int, execution: "Execution") -> None:
        execution.kernel.when_acknowledged(execution, lambda error: self._finish(index, execution, error))

    def _finish(self, index: int, execution: "Execution", store_error: FlowrtError | None) -> None:
        del self._running[index]
        output, error = None, store_error
        try:
            output = result_of(execution)
        except FlowrtError as failure:
            error = error or failure
        self._put(
            ExecutionResult(
                index=index,
                execution_id=execution.id,
                status="failed" if store_error is not None else execution.status,
                output=output,
                error=error,
                duration_seconds=execution.duration_ns / NANOSECONDS,
            )
        )

    def _put(self, result: ExecutionResult) -> None:
        self._results[result.index] = result
        self._notify()

    def _notify(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


async def _items(source: Iterable[Any] | AsyncIterable[Any]) -> AsyncGenerator[Any, None]:
    if not isinstance(source, AsyncIterable):
        for item in source:
            yield item
        return
    items = aiter(source)
    try:
        async for item in items:
            yield item
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
