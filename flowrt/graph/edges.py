"""The edges of a plan, made when something asks for them.

A node whose edges all carry values is served by `plain_targets`; its edges are needed when something is out of the
ordinary. In a large plan they would weigh as much as the nodes.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from flowrt.graph.rows import Rows, grouped

if TYPE_CHECKING:
    from flowrt.graph.plan import PlanNode


End = TypeVar("End")


def each_by_last(ends: Sequence[End]) -> tuple[End, ...]:
    """Return each end of some edges once, in the order in which they come for the last time."""
    if len(ends) == len({*ends}):
        return tuple(ends)
    return tuple(dict.fromkeys(reversed(ends)))[::-1]


class PlanEdge:
    """One edge of a plan."""

    __slots__ = ("condition", "handle", "index", "source", "target")

    def __init__(
        self,
        index: int,
        source: "PlanNode",
        target: "PlanNode",
        handle: str | None,
        condition: Callable[[Any], bool] | None,
    ) -> None:
        self.index = index
        self.source = source
        self.target = target
        self.handle = handle
        self.condition = condition


class PlanEdges:
    """The edges of one plan; the number of a node is its rank, that of a port its index.

    Args:
        sources: By edge: the number of the node or port at which it begins.
        targets: By edge: the number of the node at which it ends.
        handles: The handles of the edges that have one which counts.
        conditions: The conditions of the edges that have one.
    """

    def __init__(
        self,
        sources: "array[int]",
        targets: "array[int]",
        handles: Mapping[int, str],
        conditions: Mapping[int, Callable[[Any], bool]],
    ) -> None:
        self.ends: Sequence[PlanNode] = ()
        """The nodes and ports by number, filled by the owner."""
        self._sources = sources
        self._targets = targets
        self.handles = handles
        self.conditions = conditions

    def incoming(self, node: "PlanNode") -> tuple[PlanEdge, ...]:
        """Return the edges that end at a node, in their order; those of a port's node, if a record comes with them."""
        if node.is_port:
            return self.ends[node.rank].incoming if node.takes_record else ()
        return self._made(self._by_target[node.rank])

    def outgoing(self, node: "PlanNode") -> tuple[PlanEdge, ...]:
        """Return the edges that begin at a node or port, in their order."""
        return self._made(self._by_source[node.index if node.is_port else node.rank])

    def _made(self, indices: Iterable[int]) -> tuple[PlanEdge, ...]:
        ends, sources, targets = self.ends, self._sources, self._targets
        return tuple(
            [
                PlanEdge(i, ends[sources[i]], ends[targets[i]], self.handles.get(i), self.conditions.get(i))
                for i in indices
            ]
        )

    @cached_property
    def _by_target(self) -> Rows:
        return self._grouped(self._targets)

    @cached_property
    def _by_source(self) -> Rows:
        return self._grouped(self._sources)

    def _grouped(self, keys: "array[int]") -> Rows:
        sizes = Counter(keys)
        return grouped(keys, range(len(keys)), map(sizes.__getitem__, range(len(self.ends))))
