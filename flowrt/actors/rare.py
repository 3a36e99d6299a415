"""What an execution needs only where something out of the ordinary happens in it."""

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from flowrt.actors.attempts import Attempts
from flowrt.actors.interruptions import Interruptions
from flowrt.actors.kept_signals import KeptSignals
from flowrt.actors.parking import Parking

if TYPE_CHECKING:
    from flowrt.actors.timers import Timer
    from flowrt.actors.worker import Worker
    from flowrt.graph.plan import PlanNode


class Total(NamedTuple):
    """How much time a node has left, all of its attempts together."""

    due_ns: int
    timer: "Timer | None"
    """`None` while the execution is paused; `due_ns` is then what is left."""


class Rare:
    """The containers that most executions never need; made all at once when the first of them is."""

    __slots__ = (
        "attempts", "failures", "held", "interruptions", "joins", "lost", "parking", "signals", "timers", "totals",
    )  # fmt: skip

    def __init__(self) -> None:
        self.attempts = Attempts()
        self.failures: list[Exception] = []
        """What failed after the execution had begun to end."""
        self.held: deque[PlanNode] = deque()
        """What is ready while the execution is paused."""
        self.interruptions = Interruptions()
        self.joins: dict[PlanNode, Timer] = {}
        """Those that end the time of a join."""
        self.lost: set[Worker] = set()
        """Workers whose steps refuse to end; they don't count any more."""
        self.parking = Parking()
        self.signals = KeptSignals()
        self.timers: list[Timer] = []
        """Those that mean nothing once the execution has ended."""
        self.totals: dict[PlanNode, Total] = {}
