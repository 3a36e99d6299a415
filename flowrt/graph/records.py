"""What came before a node in one execution, and how the records of several upstream nodes become one.

Where ancestors produced one key, a descendant's value beats its ancestor's; of two that no path orders, the one whose
edge comes later in the definition wins, and the key is reported. The input is everybody's ancestor.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flowrt.errors import StepResultError
from flowrt.graph.plan import Plan, PlanNode
from flowrt.typing import Record

Origin: TypeAlias = PlanNode | None
"""The node that produced a key; `None` is the input."""


class History:
    """What one execution was given, and what its nodes produced so far.

    Args:
        plan: The plan.
        input_value: What the execution was given.
        sent: The payload that each node sent on, by node index; filled by the owner.
        fed: By node index, the nodes that fed a node, where that was not all of its plan's sources; filled, too.
    """

    __slots__ = ("_fed", "_known", "conflicts", "contested", "input", "origins", "plan", "produced", "sent")

    def __init__(self, plan: Plan, input_value: Any, sent: list[Any], fed: Mapping[int, tuple[PlanNode, ...]]) -> None:
        self.plan = plan
        self.input = input_value
        self.sent = sent
        self._fed = fed
        self.produced: list[Any] = [None] * plan.size
        """What each node produced, by node index."""
        if plan.merges_records:
            self._known = set(input_value)
            self.contested: set[str] = set()
            """The keys that came from more than one node, or from the input and a node; only they can be in dispute."""
            self.conflicts: dict[int, tuple[str, ...]] = {}
            """By node: the keys on which unordered nodes that fed it disagree."""
            self.origins: dict[str, dict[int, Origin]] = {}
            """By key and node: which node produced the key as that node sent it on, where somebody asked."""

    def keep(self, node: PlanNode, produced: Record) -> None:
        """Take what a node produced."""
        self.produced[node.index] = produced
        if produced:
            self.note_keys(produced)

    def note_keys(self, produced: Record) -> None:
        """Note which keys came from more than one node."""
        if self.plan.merges_records:
            if not self._known.isdisjoint(produced):
                self.contested.update(self._known.intersection(produced))
            self._known.update(produced)

    def sources_of(self, node: PlanNode) -> tuple[PlanNode, ...]:
        """Return the nodes whose values a node was fired with."""
        return self._fed.get(node.index, node.sources)

    def merged(self, node: PlanNode) -> Record:
        """Return the record that came to a node.

        Raises:
            StepResultError: A node that feeds it produced a value that is no record.
        """
        sources = self.sources_of(node)
        if self.plan.is_mixed:
            self._check_records(sources)
        if len(sources) > 1:
            record, conflicts = merge(self, sources)
            if conflicts:
                self.conflicts[node.index] = conflicts
            return record
        came: Record = self.sent[sources[0].index] if sources else self.input
        return came

    def _check_records(self, sources: Sequence[PlanNode]) -> None:
        for source in sources:
            if not isinstance(payload := self.sent[source.index], dict):
                raise StepResultError(source.id, f"returned {type(payload).__name__}, but a JSON node reads it")

    def produced_by(self, node: PlanNode) -> Any:
        """Return what a node's step returned, without what the node was given."""
        return self.produced[node.index] if node.takes_record else self.sent[node.index]


def merge(history: History, sources: Sequence[PlanNode]) -> tuple[Record, tuple[str, ...]]:
    """Return the record of a node that these nodes feed, and the keys on which unordered nodes disagree.

    The record may be the very object that one of them sent: records are never changed.
    """
    first: Record = history.sent[sources[0].index]
    merged = first
    for source in sources[1:]:
        record: Record = history.sent[source.index]
        if merged is not first:
            merged.update(record)
        elif record is not first:
            merged = first | record
    disputed = sorted(key for key in history.contested if key in merged)
    conflicts = [key for key in disputed if _settle(history, sources, key, merged)]
    return merged, tuple(conflicts)


def _settle(history: History, sources: Sequence[PlanNode], key: str, merged: Record) -> bool:
    """Put the value that wins into the record; say whether nodes that no path orders disagree on it."""
    holders = [source for source in sources if key in history.sent[source.index]]
    values = [history.sent[holder.index][key] for holder in holders]
    if all(value is values[0] for value in values):
        return False
    origins = [origin_of(history, holder, key) for holder in holders]
    latest = _latest(history.plan, origins)
    unbeaten = [value for value, origin in zip(values, origins, strict=True) if origin in latest]
    merged[key] = winner = unbeaten[-1]
    return any(value is not winner and value != winner for value in unbeaten)


def _latest(plan: Plan, origins: Sequence[Origin]) -> frozenset[Origin]:
    """Return the origins whose values are not beaten by a descendant's."""
    nodes = frozenset(origin for origin in origins if origin is not None)
    return plan.latest(nodes) if nodes else frozenset({None})


def origin_of(history: History, node: PlanNode, key: str) -> Origin:
    """Return the node that produced the key as `node` sent it on; a walk back over what really fed it.

    What was found is kept, so that all walks of one execution together see each node once.
    """
    known = history.origins.setdefault(key, {})
    todo = [node] if node.index not in known else []
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
        origins = [known[holder.index] for holder in holders]
        latest = _latest(history.plan, origins)
        known[current.index] = next((origin for origin in reversed(origins) if origin in latest), None)
        todo.pop()
    return known[node.index]
