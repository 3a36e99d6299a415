"""The types and interfaces that more than one part of flowrt uses.

Everything that a runtime uses from outside is one of these small Protocols and is injected.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec
from anyio.abc import TaskGroup

from flowrt.errors import Problem
from flowrt.events import Event

Record: TypeAlias = dict[str, Any]
"""What JSON nodes pass to each other: a JSON object."""

StepCall: TypeAlias = Callable[[Record], Any]
"""A bound step of a JSON node: takes the node's record, returns what the node produces, or an awaitable of it."""


class Clock(Protocol):
    """Where a runtime gets the time from. Times are integer nanoseconds."""

    def time_ns(self) -> int:
        """Return the wall time in nanoseconds since 1970-01-01 UTC, for records and ids."""
        ...

    def monotonic_ns(self) -> int:
        """Return a time that never goes back, for durations, delays and deadlines."""
        ...

    async def sleep_until(self, monotonic_ns: int) -> None:
        """Wait until `monotonic_ns() >= monotonic_ns`. A cancel leaves nothing behind."""
        ...


class Ids(Protocol):
    """Where a runtime gets ids from."""

    def new_id(self) -> str:
        """Return an id that was never returned before; ids sort by the time of their making."""
        ...


class EventHook(Protocol):
    """What hears of everything that happens in a runtime's executions: a function, or an object that can be called.

    It is called on the event loop, at once, while the kernel is at work: it must be quick and can't await. What it
    asks of executions, such as a cancel or a pause, is done before the next node fires. What it raises is logged.
    """

    def __call__(self, event: Event, /) -> None:
        """Take an event."""
        ...


class Wish(Protocol):
    """That somebody waits for a slot of a limiter."""

    @property
    def ahead(self) -> int:
        """How many are to get a slot before, as things are."""
        ...

    def withdraw(self) -> None:
        """Wait no more; does nothing once the slot was given, or the second time."""
        ...


class Limiter(Protocol):
    """What says how many may do something at once. Nothing here waits: who is refused leaves a callback.

    Called on one event loop only. Which of those that wait comes next is the limiter's to decide.
    """

    @property
    def capacity(self) -> int:
        """How many slots there are now; for people to read."""
        ...

    def take_nowait(self) -> bool:
        """Take a slot if one is free; say whether it was. Whoever took one must `release` it, once."""
        ...

    def queue(self, granted: Callable[[], None]) -> Wish:
        """Wait for a slot after `take_nowait` refused one; return at once.

        `granted` is called once, when the slot is the caller's, and never before this returns. It does not raise, and
        may give the slot back at once.
        """
        ...

    def release(self) -> None:
        """Give a slot back; one of those that wait may be called before this returns."""
        ...


class Choice(NamedTuple):
    """What a branching step of a definition returns: what it produced, and the handles whose edges are taken.

    A `@step` function branches with `when`.
    """

    produced: Record
    handles: tuple[str, ...]


class Delay(NamedTuple):
    """What a step returns to end later: the firing waits as a record in the timer heap and holds no task.

    The node's attempt timeout counts this time, too.
    """

    produced: Any
    delay_seconds: float
    error: Exception | None = None
    """Where set, the attempt fails with it when the time is over."""


class DelayUntil(NamedTuple):
    """What a step returns to end at a time of the wall clock; in the past it ends at once."""

    produced: Any
    at_ns: int
    """Since 1970-01-01 UTC."""


class SignalWait(NamedTuple):
    """What a step returns to end when a signal comes. A signal that came earlier and that nobody took counts.

    Its step type declares it in `BoundStep.signal`, so no `@step` function can return it.
    """

    name: str
    """The signal's name."""
    accept: Callable[[Any], Any]
    """Returns what the step produces for a payload; raises `ValueError` for one that does not fit."""
    timeout_seconds: float | None = None
    """How long to wait; `None` is no limit."""
    default: Any = msgspec.UNSET
    """What the step produces when the time is over; without it the attempt fails with `SignalTimeoutError`."""


class PlacedCall(NamedTuple):
    """What stands for the call of a step that does not run on the event loop: it is made once a slot is free."""

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]


INSTRUCTIONS: frozenset[type[Any]] = frozenset({Delay, DelayUntil, SignalWait, PlacedCall})
"""What a step returns to tell the runtime what its firing waits for."""


class BoundStep(NamedTuple):
    """A step executor, bound to the data of one node."""

    call: Callable[..., Any]
    """Called once per attempt: with the node's record, or, where `arguments` is set, with those."""
    handles: frozenset[str] | None = None
    """The names of `sourceHandle`s that the node may choose; `None`: it does not branch, every edge is taken."""
    arguments: Mapping[str, Any] | None = None
    """How the call's parameters are wired to other nodes' results; `None`: the call takes the record."""
    input_types: Mapping[str, Any] | None = None
    """For workflow parameters that `arguments` reads: the Python types that the call wants, by parameter name."""
    output_key: str | None = None
    """Where set, whatever the call returns is produced as `{output_key: result}`."""
    signal: SignalWait | None = None
    """The signal that the call waits for: others are refused."""
    when: tuple[Any, ...] = ()
    """With `arguments`: flags, as those are wired, that must be true; the node is skipped otherwise."""
    unless: tuple[Any, ...] = ()
    """With `arguments`: flags that must be false."""


class StepBindError(Exception):
    """Raised by `StepType.bind`: the node's data fits the schema but means nothing.

    Args:
        problems: What is wrong; the pointers are relative to the node's `data`.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class StepType(Protocol):
    """A kind of node: what its `data` holds, and how to make a step executor of it."""

    @property
    def name(self) -> str:
        """The `type` of nodes of this kind."""
        ...

    @property
    def description(self) -> str:
        """One sentence for a person who chooses among types."""
        ...

    @property
    def data_type(self) -> type[msgspec.Struct]:
        """What the `data` of such a node holds. Unknown keys are allowed: editors keep theirs there."""
        ...

    def bind(self, data: Any) -> BoundStep:
        """Bind the type to the data of one node, an instance of `data_type`; called once per plan.

        Raises:
            StepBindError: The data fits its schema but means nothing: a bad expression, an unknown operation.
        """
        ...


class StepCatalog(Protocol):
    """Where step types are looked up by name."""

    def find(self, name: str) -> StepType | None:
        """Return the type of that name, the default type if the catalog has one, or `None`."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all types, sorted."""
        ...


class CompletionGate(Protocol):
    """What decides every order that the kernel leaves open; a simulation decides it by a seed."""

    async def wait_turn(self, execution_id: str, node_id: str = "") -> None:
        """Wait until a node's completion may be delivered; without a node, until an execution may fire the next.

        A completion is not taken back by a cancel, which waits until the turn has come.
        """
        ...

    def pick(self, execution_id: str, node_ids: Sequence[str]) -> int:
        """Return the place of the ready node of an execution that fires next; it fires at once."""
        ...

    def start(self, timers: Any, group: TaskGroup) -> None:
        """Take over the timers of a kernel, a `flowrt.actors.timers.Timers`; tasks for that belong into `group`."""
        ...

    def go_on(self) -> bool:
        """Let what is next happen, if all other tasks are blocked; say whether it did.

        Asked by a helper that has nothing to do, to spare it being woken again.
        """
        ...
