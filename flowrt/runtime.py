"""The runtime: what owns the tasks, the actors and the log of its executions."""

from collections.abc import AsyncIterable, Collection, Iterable, Mapping
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypeVar, overload

from flowrt.actors.limits import NO_LIMITS, Limits, as_limiters
from flowrt.actors.listeners import RuntimeEvents
from flowrt.actors.settings import WATCHDOG_SECONDS, Durability, Settings, as_hooks
from flowrt.actors.snapshots import MAX_PAYLOAD_BYTES
from flowrt.channels.event_stream import EventStream, OnOverflow
from flowrt.clock import SystemClock, UuidV7Ids
from flowrt.control import Control, DrainReport
from flowrt.engine import Engine
from flowrt.events import Event, EventsLost
from flowrt.handle import ExecutionHandle
from flowrt.mapping import ExecutionResults
from flowrt.plans import Plans, Source
from flowrt.threads import ThreadEntrance
from flowrt.typing import Clock, CompletionGate, EventHook, Ids, StepCatalog

if TYPE_CHECKING:
    from flowrt.definition import Workflow
    from flowrt.explain import Explanation
    from flowrt.storage.protocols import Store

R = TypeVar("R")

Input: TypeAlias = Mapping[str, Any]


class Runtime:
    """Runs workflows on the event loop that it is entered on, asyncio or trio.

    Everything that it starts ends when the `async with` block is left: running executions are cancelled and end after
    `grace_seconds` at the latest, and what was logged is written. A coroutine that refuses to end is named in the log,
    and waited for.

    Args:
        store: Where the log goes; `None` keeps none. The runtime opens and closes it.
        steps: The step types of JSON nodes; `None`: the built-in ones and those of installed plug-ins.
        python_modules: The modules whose functions a definition's `python` nodes may call; only with `steps=None`.
        durability: `execution`: `run` returns when the execution's end is committed; `relaxed`: it is written later.
        max_payload_bytes: The size over which a payload is cut in the log.
        grace_seconds: How long steps may take to end when they are cancelled, unless their node's policy says it.
        flush_seconds: How long leaving the runtime waits for the log to be written, once the executions have ended.
        limits: How many steps with the placement `thread`, and how many with `process`, may run at once: a number from
            1 or a limiter, by these names. Without: 40 threads, and one process for each CPU that may be used.
        watchdog_seconds: A node that holds the event loop for longer is named in a warning, once; at least 0.005;
            `None`: none is.
        clock: Where the time comes from.
        random: Where jitter and ids come from; a seeded one makes them repeatable.
        ids: Where the ids of executions come from; `None`: UUID version 7.
        gate: What decides the order of firings and completions; `None`: the order in which they come.
        hooks: Functions of an event, called with each, in their order; quick ones. What they raise is logged.

    Raises:
        TypeError: An option is of another kind than expected.
        ValueError: An option has an impossible value.
        RuntimeClosedError: From every method below: the runtime is not open.
        WrongThreadError: From every method but `run_from_thread`: it is open on another thread's event loop.
    """

    def __init__(
        self,
        *,
        store: "Store | None" = None,
        steps: StepCatalog | None = None,
        python_modules: Collection[str] = (),
        durability: Durability = "execution",
        max_payload_bytes: int = MAX_PAYLOAD_BYTES,
        grace_seconds: float = 5.0,
        flush_seconds: float = 60.0,
        limits: Limits = NO_LIMITS,
        watchdog_seconds: float | None = WATCHDOG_SECONDS,
        clock: Clock | None = None,
        random: Random | None = None,
        ids: Ids | None = None,
        gate: CompletionGate | None = None,
        hooks: Iterable[EventHook] = (),
    ) -> None:
        clock = SystemClock() if clock is None else clock
        random = Random() if random is None else random  # noqa: S311 - jitter and ids are no secrets
        settings = Settings(
            store=store,
            durability=durability,
            max_payload_bytes=max_payload_bytes,
            grace_seconds=grace_seconds,
            flush_seconds=flush_seconds,
            limiters=as_limiters(limits),
            watchdog_seconds=watchdog_seconds,
            clock=clock,
            random=random,
            ids=UuidV7Ids(clock, random) if ids is None else ids,
            gate=gate,
            hooks=as_hooks(hooks),
        )
        self._engine = Engine(settings, Plans(store, steps, python_modules))
        self._threads = ThreadEntrance(self._engine)
        self._control = Control(self._engine)

    async def __aenter__(self) -> Self:
        """Open the store and start the actors.

        Raises:
            RuntimeOpenError: It is open already.
            StoreUnavailableError: The database can't be opened.
            SchemaError: The database has another version of the schema.
        """
        await self._engine.open()
        self._threads.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End what runs, write the log and close the store; what the block raised goes on unchanged.

        Raises:
            StoreError: Something of the log could not be written.
        """
        self._threads.close()
        await self._engine.leave(error)

    @overload
    async def run(self, workflow: "Workflow[..., R]", input: Input | None = None) -> R: ...
    @overload
    async def run(self, workflow: Source, input: Input | None = None) -> Any: ...
    async def run(self, workflow: Any, input: Input | None = None) -> Any:
        """Run a workflow once, in the caller's task, and return its result.

        With `durability="execution"` it returns when the execution's end is committed. Cancelling the caller cancels
        the execution: it ends as `cancelled` in the log before the cancel goes on.

        Args:
            workflow: A Python workflow or a definition.
            input: The workflow's parameters by name; for JSON nodes, the record that the first nodes get.

        Raises:
            DefinitionError: The definition is wrong.
            InputError: The input does not fit; nothing ran.
            ExecutionFailedError: A node failed and nothing handled it; its `__cause__` is the step's exception.
            ExecutionCancelledError: Somebody else cancelled the execution, or the runtime was left.
            StalledError: It came to rest with nodes that never fired, which is a bug in flowrt.
            NestedTooDeepError: It began in a step of an execution that began in a step, and so on.
            RuntimeDrainingError: The runtime is being drained; nothing ran.
            StoreError: The log could not be written.
            TypeError: It is no workflow.
        """
        return await self._engine.run(workflow, input)

    @overload
    async def start(self, workflow: "Workflow[..., R]", input: Input | None = None) -> ExecutionHandle[R]: ...
    @overload
    async def start(self, workflow: Source, input: Input | None = None) -> ExecutionHandle[Any]: ...
    async def start(self, workflow: Any, input: Input | None = None) -> ExecutionHandle[Any]:
        """Start a workflow in the background and return a handle, once its start is as durable as the runtime promises.

        A cancel while that is awaited cancels the execution.

        Args:
            workflow: A Python workflow or a definition.
            input: The workflow's parameters by name; for JSON nodes, the record that the first nodes get.

        Raises:
            DefinitionError: The definition is wrong.
            InputError: The input does not fit; nothing ran.
            NestedTooDeepError: It began in a step of an execution that began in a step, and so on.
            RuntimeDrainingError: The runtime is being drained; nothing ran.
            StoreError: The log could not be written; nothing ran.
            TypeError: It is no workflow.
        """
        return ExecutionHandle(await self._engine.start(workflow, input))

    def map(
        self,
        workflow: Any,
        source: Iterable[Input] | AsyncIterable[Input],
        *,
        max_at_once: int = 100,
        max_per_second: float | None = None,
        in_order: bool = True,
    ) -> ExecutionResults:
        """Run a workflow once for each input; an async iterator of `ExecutionResult`s.

        Holds at most `max_at_once` inputs and results in memory. An execution that fails is a result like another; a
        result whose input does not fit is `failed`, with an `InputError`. Leaving the loop early cancels what runs.

        Args:
            workflow: A Python workflow or a definition.
            source: The inputs; read no faster than results are taken. A plain iterable is read on the event loop, and
                must not block: what reads files or sockets is better an async iterable.
            max_at_once: How many executions may be under way, results that nobody took included; at least 1.
            max_per_second: How many executions may start in a second, evenly spaced; `None` is no limit.
            in_order: Give results in the order of their inputs rather than as they complete.

        Raises:
            TypeError: The inputs can't be iterated over, or a limit is of another kind than expected.
            ValueError: A limit is not positive.
        """
        return ExecutionResults(
            self._engine, workflow, source, max_at_once=max_at_once, max_per_second=max_per_second, in_order=in_order
        )

    def run_from_thread(self, workflow: Any, input: Input | None = None) -> Any:
        """Run a workflow from a thread that is not the event loop's, and wait for its result.

        May be called from many threads at once. Ctrl-C in the waiting thread cancels the execution.

        Raises:
            ExecutionCancelledError: The runtime was left before the execution ended.
            WrongThreadError: It was called in the event loop's own thread, which would wait for itself.
            Exception: What `run` raises.
        """
        return self._threads.run(workflow, input)

    async def signal(self, execution_id: str, name: str, payload: Any = None) -> None:
        """Tell an execution something that one of its nodes waits for.

        The node that has waited longest takes it; if none waits yet, it is kept for the first one that will. Returns
        when what it set free is as durable as the runtime promises; a cancel while that is awaited takes nothing back.

        Args:
            execution_id: The execution; it must have been started in this runtime and still run.
            name: The name that a `wait_signal` or `approval` node waits for.
            payload: What the node produces.

        Raises:
            SignalRefusedError: The execution is over or unknown, no node can take it, as many are kept as nodes can
                take, or the payload does not fit; nothing was changed.
            StoreError: It was taken, but could not be logged.
        """
        await self._control.signal(execution_id, name, payload)

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
        """Return the events of all executions from now on, in their order, until the runtime is left.

        What it guarantees, and its options, are those of `ExecutionHandle.events`.

        Raises:
            ValueError: An option has an impossible value.
        """
        return EventStream[Event](RuntimeEvents(self._engine.kernel), max_kept=max_kept, on_overflow=on_overflow)

    async def why(self, execution_id: str, node: str) -> "Explanation":
        """Say why a node of an execution has not fired yet, was skipped, is retried, failed or was cancelled.

        If the execution runs in this runtime, the answer is that of its handle; otherwise it is made of the log.

        Args:
            execution_id: The execution, of whatever process.
            node: The node's id.

        Raises:
            UnknownExecutionError: It does not run here, and the log does not know it or there is none.
            UnknownNodeError: Its workflow has no node of that id.
            StoreError: The log can't be read.
        """
        return await self._control.why(execution_id, node)

    def pause(self) -> None:
        """Let no firing start, in any execution, until `resume`. What runs goes on, and new executions begin paused."""
        self._control.pause()

    def resume(self) -> None:
        """Let firings start again, also in executions that were paused one by one."""
        self._control.resume()

    async def drain(self, timeout_seconds: float) -> DrainReport:
        """Shut down: take no new executions but those of steps, wait for all, and cancel what is left after that time.

        `run`, `start` and `map` raise `RuntimeDrainingError` from now on, except in steps. A cancel of the caller
        leaves the runtime draining and the executions as they are. A step that drains waits for itself, all the time.

        Raises:
            TypeError: `timeout_seconds` is no number; the runtime is not drained.
            ValueError: It is negative; the runtime is not drained.
        """
        return await self._control.drain(timeout_seconds)

    async def drain_on_sigterm(self, timeout_seconds: float) -> DrainReport:
        """Wait for SIGTERM and `drain` then; for a task of a service's main thread.

        Raises:
            TypeError: `timeout_seconds` is no number.
            ValueError: It is negative.
        """
        return await self._control.drain_on_sigterm(timeout_seconds)
