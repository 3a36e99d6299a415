"""How the records of several upstream nodes become one.

Where ancestors produced one key, a descendant's value beats its ancestor's; of two that no path orders, the one whose
edge comes later in the definition wins, and the key is reported. The input is everybody's ancestor.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from flowrt.graph.plan import Plan, PlanNode
from flowrt.typing import Record

Origin: TypeAlias = PlanNode | None
"""The node that produced a key; `None` is the input."""

_MISSING: Any = object()


class History:
    """What merging needs to know of one execution so far.

    Args:
        plan: The plan.
        sent: The record that each node sent on, by node index.
        produced: What each node produced, by node index.
        sources: The nodes that fed a node, where that was not all of its plan's sources, by node index.
    """

    __slots__ = ("plan", "produced", "sent", "sources")

    def __init__(
        self, plan: Plan, sent: list[Any], produced: list[Any], sources: dict[int, tuple[PlanNode, ...]]
    ) -> None:
        self.plan = plan
        self.sent = sent
        self.produced = produced
        self.sources = sources

    def sources_of(self, node: PlanNode) -> tuple[PlanNode, ...]:
        """Return the nodes whose values a node was fired with."""
        return self.sources.get(node.index, node.sources)

    def produced_by(self, node: PlanNode) -> Any:
        """Return what a node's step returned, without what the node was given."""
        return self.produced[node.index] if node.takes_record else self.sent[node.index]


def merge(history: History, sources: Sequence[PlanNode]) -> tuple[Record, tuple[str, ...]]:
    """Return the record of a node that these nodes feed, and the keys on which unordered nodes disagree.

    The record may be the very object that one of them sent: records are never changed.
    """
    sent = history.sent
    merged: Record = sent[sources[0].index]
    is_own = False
    disputed: set[str] = set()
    for source in sources[1:]:
        record: Record = sent[source.index]
        if record is merged:
            continue
        if not is_own:
            merged, is_own = dict(merged), True
        for key, value in record.items():
            present = merged.get(key, _MISSING)
            if present is _MISSING:
                merged[key] = value
            elif present is not value:
                disputed.add(key)
    conflicts = [key for key in sorted(disputed) if _settle(history, sources, key, merged)]
    return merged, tuple(conflicts)


def _settle(history: History, sources: Sequence[PlanNode], key: str, merged: Record) -> bool:
    """Put the value that wins into the record; say whether nodes that no path orders disagree on it."""
    holders = [source for source in sources if key in history.sent[source.index]]
    winner, is_conflict = holders[0], False
    origin = origin_of(history, winner, key)
    for holder in holders[1:]:
        candidate = origin_of(history, holder, key)
        if candidate is origin:
            continue
        if _beats(history.plan, candidate, origin):
            winner, origin = holder, candidate
        elif not _beats(history.plan, origin, candidate):
            is_conflict = is_conflict or history.sent[winner.index][key] != history.sent[holder.index][key]
            winner, origin = holder, candidate
    merged[key] = history.sent[winner.index][key]
    return is_conflict


def _beats(plan: Plan, one: Origin, other: Origin) -> bool:
    return other is None or (one is not None and plan.is_ancestor(other, one))


def origin_of(history: History, node: PlanNode, key: str) -> Origin:
    """Return the node that produced the key as `node` sent it on; a walk back over what really fed it."""
    known: dict[int, Origin] = {}
    todo = [node]
    while todo:
        current = todo[-1]
        if key in history.produced_by(current):
            known[current.index] = current
            todo.pop()
            continue
        holders = [source for source in history.sources_of(current) if key in history.sent[source.index]]
        unknown = [source for source in holders if source.index not in known]
        if unknown:
            todo.extend(unknown)
            continue
        origin: Origin = None
        for holder in holders:
            candidate = known[holder.index]
            if candidate is not origin and not _beats(history.plan, origin, candidate):
                origin = candidate
        known[current.index] = origin
        todo.pop()
    return known[node.index]
