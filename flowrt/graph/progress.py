"""How far one execution has come: in the plan's firing order, or by the tokens that were counted. Pure."""

from collections import deque
from typing import TYPE_CHECKING, Any

from flowrt.graph.node_ends import COMPLETED
from flowrt.graph.plan import Plan, PlanNode

COUNTED = -1
ON_DEMAND = ("missing", "states", "left", "_ready")


class Progress:
    """What is ready in one execution, and what has ended.

    While the nodes fire in the plan's order, each with a value, only how many have begun is noted: all else follows
    from that. Whoever looks at it makes the tokens be counted, and from then on each is counted when it comes.
    """

    __slots__ = ("_ready", "begun", "is_between", "left", "missing", "plan", "states")

    missing: bytearray | list[int]
    """By node: how many tokens it still waits for."""
    states: bytearray
    """By node: how it ended, if it has."""
    left: int
    """How many nodes have not ended."""
    _ready: deque[PlanNode] | tuple[PlanNode, ...]

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._ready = plan.roots
        self.begun = 0
        """How many nodes have begun in the plan's order; `COUNTED` once the tokens are."""
        self.is_between = False
        """The last of those has ended, too."""

    # --- in the plan's order ----------------------------------------------------------------------------------------

    def go_straight(self) -> None:
        """Let nodes begin in the plan's order, and end with values, without being counted."""
        self.is_between = False
        if not self.begun:
            del self._ready  # as if it had never been made: nobody has touched it, or the tokens would be counted

    def count(self) -> None:
        """Count the tokens of the nodes that have ended, if that was not done yet."""
        if self.begun == COUNTED:
            return
        plan, begun = self.plan, self.begun
        nodes, missing = plan.by_index, plan.missing.copy()
        ended = begun if self.is_between or not begun else begun - 1
        free = [node.index for node in plan.roots]
        for node in nodes[:ended]:
            for target in node.plain_targets or ():
                missing[target] -= 1
                if not missing[target]:
                    free.append(target)
        if begun:  # else what is ready was never left out
            self._ready = deque([nodes[index] for index in sorted(free) if index >= begun])
        self.missing, self.left = missing, len(nodes) - ended
        self.states = bytearray([COMPLETED]) * ended + bytearray(self.left)
        self.begun = COUNTED

    if not TYPE_CHECKING:  # a type checker would take every name for a right one

        def __getattr__(self, name: str) -> Any:
            """Count, if what was left out is asked for."""
            if name not in ON_DEMAND or self.begun == COUNTED:
                raise AttributeError(name)
            self.count()
            return getattr(self, name)

    # --- what is ready ----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> deque[PlanNode]:
        """What fires next."""
        if not isinstance(self._ready, deque):
            self._ready = deque(self._ready)
        return self._ready

    @property
    def ready_count(self) -> int:
        """How many firings are ready."""
        return len(self._ready)

    def rest(self) -> None:
        """Let go of what is ready, which is nothing: an empty queue weighs as much as all else together."""
        self._ready = ()
