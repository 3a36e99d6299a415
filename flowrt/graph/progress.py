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
            del self._ready

    def pause_between(self) -> None:
        """Say that the last node that began has ended."""
        self.is_between = True

    def count(self) -> None:
        """Count the tokens of the nodes that have ended, if that was not done yet."""
        if self.begun == COUNTED:
            return
        plan, begun, self.begun = self.plan, self.begun, COUNTED
        ended = begun if self.is_between or not begun else begun - 1
        self.missing, self.states, self.left = plan.missing.copy(), bytearray(len(plan.nodes)), len(plan.nodes) - ended
        if not begun:  # what is ready was never left out
            return
        self._ready = ready = deque(plan.roots)
        following = None
        for node in (plan.firing_order or ())[:ended]:
            if following is None:
                ready.popleft()
            self.states[node.index] = COMPLETED
            following = self._count_values(node, ready)
        if following is not None and self.is_between:
            ready.appendleft(following)
        elif following is None and not self.is_between:
            ready.popleft()

    def _count_values(self, node: PlanNode, ready: deque[PlanNode]) -> PlanNode | None:
        following = None
        for index in node.plain_targets or ():
            self.missing[index] -= 1
            if not self.missing[index] and following is None:
                following = self.plan.by_index[index]
            elif not self.missing[index]:
                ready.append(self.plan.by_index[index])
        return following

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
