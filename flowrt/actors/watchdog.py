"""The watchdog: names nodes whose steps held the event loop, so that nothing else ran."""

import logging
from typing import TYPE_CHECKING

from flowrt.clock import NANOSECONDS, NEVER_NS

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode

logger = logging.getLogger("flowrt")

MAX_NAMED = 10_000


class Watchdog:
    """Warns of each node once, for all executions of a runtime.

    Args:
        seconds: For how long a step may hold the event loop; `None`: for any time.
    """

    def __init__(self, seconds: float | None) -> None:
        self.longest_ns = NEVER_NS if seconds is None else round(seconds * NANOSECONDS)
        self._named: set[tuple[str, int | None, str]] = set()

    def look(self, execution: "Execution", node: "PlanNode", held_ns: int) -> None:
        """Name a node whose step held the event loop for that long, if that is too long."""
        if held_ns <= self.longest_ns:
            return
        plan = execution.plan
        named = (plan.name, plan.definition.version, node.id)
        if named in self._named:
            return
        if len(self._named) >= MAX_NAMED:
            self._named.clear()
        self._named.add(named)
        logger.warning(
            "node %r of workflow %r held the event loop for %d ms in execution %s, and nothing else ran meanwhile: %s",
            node.id,
            plan.name,
            held_ns // 1_000_000,
            execution.id,
            _advice(node),
        )


def _advice(node: "PlanNode") -> str:
    if node.is_placed:
        return "what goes to a process and back is copied by the event loop; let it take and return less"
    if node.is_async:
        return "`await` what it waits for, or make it a `def` with placement 'thread' or 'process'"
    return (
        "set its placement to 'thread' if it blocks, to 'process' if it computes, or make it an `async def` that awaits"
    )
