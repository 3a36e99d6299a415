"""What an execution needs only where something out of the ordinary happens in it."""

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from flowrt.actors.attempts import Attempts
from flowrt.actors.interruptions import Interruptions
from flowrt.actors.kept_signals import KeptSignals
from flowrt.actors.on_demand import OnDemand
from flowrt.actors.parking import Parking

if TYPE_CHECKING:
    from flowrt.actors.timers import Timer
    from flowrt.graph.plan import PlanNode


class Rare(OnDemand):
    """The containers that most executions never need."""

    __slots__ = (
        "attempts", "failures", "held", "interruptions", "joins", "parking", "signals", "timers", "totals",
        "totals_left_ns",
    )  # fmt: skip

    containers: ClassVar = {
        "attempts": Attempts,
        "failures": list,
        "held": deque,
        "interruptions": Interruptions,
        "joins": dict,
        "parking": Parking,
        "signals": KeptSignals,
        "timers": list,
        "totals": dict,
        "totals_left_ns": dict,
    }

    attempts: Attempts
    failures: list[Exception]
    """What failed after the execution had begun to end."""
    held: "deque[PlanNode]"
    """What is ready while the execution is paused."""
    interruptions: Interruptions
    joins: "dict[PlanNode, Timer]"
    """Those that end the time of a join."""
    parking: Parking
    signals: KeptSignals
    timers: "list[Timer]"
    """Those that mean nothing once the execution has ended."""
    totals: "dict[PlanNode, Timer]"
    """Those that end the time that a node has for all of its attempts together."""
    totals_left_ns: "dict[PlanNode, int]"
    """While the execution is paused: what is left of such times."""
