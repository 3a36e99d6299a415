"""The firings of one execution that wait: they hold no task."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flowrt.actors.few import Few
from flowrt.actors.timers import Timer
from flowrt.clock import NEVER_NS
from flowrt.events import WaitsFor
from flowrt.typing import Wish

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


class Parked(Timer):
    """A firing that waits, and the timer that ends its wait; millions of them may wait.

    Args:
        execution: The execution.
        node: The node that fires.
        waits_for: What it waits for.
        since_ns: When it began to.
        due_ns: When its wait ends, or the time limit of that is over; `NEVER_NS` if time alone does not end it.
        then: What happens then.
    """

    __slots__ = ("_then", "execution", "node", "since_ns", "waits_for")

    signal: str | None = None
    """The name of the signal that it waits for."""
    wish: Wish | None = None
    """Its place in the queue for a thread or process."""

    def __init__(  # noqa: PLR0917 - once per firing that waits
        self,
        execution: "Execution",
        node: "PlanNode",
        waits_for: WaitsFor,
        since_ns: int,
        due_ns: int,
        then: "Callable[[Parked], None]",
    ) -> None:
        super().__init__(due_ns)
        self.execution = execution
        self.node = node
        self.waits_for: WaitsFor = waits_for
        self.since_ns = since_ns
        self._then = then

    @property
    def has_end(self) -> bool:
        """Time alone ends its wait."""
        return self.due_ns != NEVER_NS

    def act(self) -> None:
        """Do what happens when its time is over."""
        self._then(self)


class ParkedForSignal(Parked):
    """A firing that waits for a signal."""

    __slots__ = ("signal",)


class ParkedForSlot(Parked):
    """A firing that waits for a thread or process."""

    __slots__ = ("wish",)


class Parking(Few["PlanNode", Parked]):
    """The firings of one execution that wait, by node, in the order in which they began to."""

    __slots__ = ()

    def put(self, parked: Parked) -> None:
        """Let a firing wait."""
        self[parked.node] = parked
        if parked.has_end:
            parked.execution.kernel.timers.add(parked)

    def take(self, node: "PlanNode") -> Parked | None:
        """Take a firing away from what it waits for."""
        parked = self.pop(node, None)
        if parked is not None:
            parked.cancel()
            if parked.wish is not None:
                parked.wish.withdraw()
        return parked
