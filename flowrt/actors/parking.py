"""The firings of one execution that wait: they hold no task."""

from typing import TYPE_CHECKING, NamedTuple

from flowrt.events import WaitsFor
from flowrt.typing import Wish

if TYPE_CHECKING:
    from flowrt.actors.timers import Timer
    from flowrt.graph.plan import PlanNode


class Parked(NamedTuple):
    """A firing that waits."""

    waits_for: WaitsFor
    since_ns: int
    timer: "Timer | None" = None
    """What ends the wait, or its time limit."""
    signal: str | None = None
    wish: Wish | None = None
    """Its place in the queue for a thread or process."""


class Parking:
    """The firings of one execution that wait, by node."""

    __slots__ = ("_parked",)

    def __init__(self) -> None:
        self._parked: dict[PlanNode, Parked] = {}

    def __len__(self) -> int:
        return len(self._parked)

    def __contains__(self, node: "PlanNode") -> bool:
        return node in self._parked

    def nodes(self) -> "list[PlanNode]":
        """Return the nodes whose firings wait, in the order in which they began to."""
        return list(self._parked)

    def items(self) -> "list[tuple[PlanNode, Parked]]":
        """Return the nodes with what their firings wait for, in the order in which they began to."""
        return list(self._parked.items())

    def find(self, node: "PlanNode") -> Parked | None:
        """Return what the firing of a node waits for."""
        return self._parked.get(node)

    def put(self, node: "PlanNode", parked: Parked) -> None:
        """Let a firing wait."""
        self._parked[node] = parked

    def release(self, node: "PlanNode") -> Parked:
        """Return a firing whose wait is over."""
        return self._parked.pop(node)

    def take(self, node: "PlanNode") -> Parked | None:
        """Take a firing away from what it waits for."""
        parked = self._parked.pop(node, None)
        if parked is not None:
            if parked.timer is not None:
                parked.timer.cancel()
            if parked.wish is not None:
                parked.wish.withdraw()
        return parked
