"""Whether the edges of a node carry what it sends."""

from collections.abc import Callable
from typing import Any, TypeAlias

from flowrt.errors import ExpressionError
from flowrt.graph.edges import PlanEdge

Holds: TypeAlias = Callable[[PlanEdge, Any], bool]


def holds(edge: PlanEdge, payload: Any) -> bool:
    """Say whether an edge's condition holds.

    Raises:
        ExpressionError: It failed on the payload.
    """
    return edge.condition is None or edge.condition(payload)


def is_chosen(edge: PlanEdge, handles: tuple[str, ...] | None) -> bool:
    """Say whether an edge belongs to a branch that its source chose."""
    return handles is None or edge.handle is None or edge.handle in handles


class Misfits:
    """Asks conditions and keeps the first error instead of raising it: such an edge carries nothing."""

    def __init__(self) -> None:
        self.first: Exception | None = None

    def holds(self, edge: PlanEdge, payload: Any) -> bool:
        """Say whether an edge's condition holds."""
        try:
            return holds(edge, payload)
        except ExpressionError as error:
            self.first = self.first or error
            return False
