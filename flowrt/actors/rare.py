"""What an execution needs only where something out of the ordinary happens in it."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from flowrt.actors.failures import Failures
from flowrt.actors.interruptions import Interruptions
from flowrt.actors.kept_signals import KeptSignals

if TYPE_CHECKING:
    from flowrt.actors.timers import Timer
    from flowrt.graph.plan import PlanNode


class Rare:
    """Containers that most executions never need; each is made when it is first asked for.

    Not for what is in a hurry: asking for any attribute takes longer than it does elsewhere.
    """

    __slots__ = (
        "failures", "held", "interruptions", "is_acting", "joins", "later_errors", "signals", "timers", "totals",
        "totals_left_ns",
    )  # fmt: skip

    _makers: ClassVar[Mapping[str, Callable[[], Any]]] = {
        "failures": Failures,
        "held": deque,
        "interruptions": Interruptions,
        "is_acting": bool,
        "joins": dict,
        "later_errors": list,
        "signals": KeptSignals,
        "timers": list,
        "totals": dict,
        "totals_left_ns": dict,
    }

    failures: Failures
    held: "deque[PlanNode]"
    """What is ready while the execution is paused."""
    interruptions: Interruptions
    is_acting: bool
    """The supervisor acts on what tokens told it."""
    joins: "dict[PlanNode, Timer]"
    """Those that end the time of a join."""
    later_errors: list[Exception]
    """What failed after the execution had begun to end."""
    signals: KeptSignals
    timers: "list[Timer]"
    """Those that mean nothing once the execution has ended."""
    totals: "dict[PlanNode, Timer]"
    """Those that end the time that a node has for all of its attempts together."""
    totals_left_ns: "dict[PlanNode, int]"
    """While the execution is paused: what is left of such times."""

    if not TYPE_CHECKING:  # who checks types knows them by their annotations, and knows no others

        def __getattr__(self, name: str) -> Any:
            make = self._makers.get(name)
            if make is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            made = make()
            setattr(self, name, made)
            return made
