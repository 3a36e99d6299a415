"""The facts of an execution as the log has them; pure."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from flowrt.actors.interruptions import ABANDONED, FINISHED_ANYWAY
from flowrt.actors.snapshots import CUT, cut
from flowrt.clock import NANOSECONDS
from flowrt.definition.arguments import Flag, FromInput
from flowrt.definition.json_kinds import is_object
from flowrt.definition.model import Definition, Edge, Node, Quorum
from flowrt.events import ErrorDetails
from flowrt.explain.carried import carried, is_fatal
from flowrt.explain.explanation import AttemptFact, State
from flowrt.explain.facts import FAILED, Arrival, Design, Fate, NodeFacts
from flowrt.explain.wiring import FlagFact, takes_arguments
from flowrt.graph.joins import Token, Verdict, judge
from flowrt.policies import Default, OnError
from flowrt.storage.protocols import ExecutionRow, NodeRow


class LoggedFacts:
    """Reads the rows of one execution.

    Args:
        row: The execution.
        records: All records of its nodes.
        definition: The workflow that ran.
        now_ns: The time since 1970-01-01 UTC, for what still waits.
    """

    def __init__(self, row: ExecutionRow, records: Sequence[NodeRow], definition: Definition, now_ns: int) -> None:
        self._row = row
        self._now_ns = now_ns
        self._definition = definition
        self._nodes = {node.id: node for node in definition.nodes}
        self._records: dict[str, list[NodeRow]] = {}
        for record in records:
            self._records.setdefault(record.node, []).append(record)
        self.fate = _fate(row)

    @cached_property
    def _incoming(self) -> Mapping[str, Sequence[Edge]]:
        incoming: dict[str, list[Edge]] = {node: [] for node in self._nodes}
        for edge in self._definition.edges:
            incoming[edge.target].append(edge)
        return incoming

    @cached_property
    def _does_without(self) -> frozenset[str]:
        """The nodes whose success edges all end in joins that do without some of their inputs."""
        ends = {edge.source for edge in self._definition.edges if edge.on == "success"}
        needed = {e.source for e in self._definition.edges if e.on == "success" and self._rule_is_all(e.target)}
        return frozenset(ends - needed)

    def _rule_is_all(self, node_id: str) -> bool:
        return self._nodes[node_id].join.rule == "all"

    # --- nodes ------------------------------------------------------------------------------------------------------

    def node(self, node_id: str) -> NodeFacts:
        """Return what a node did, as far as the log tells."""
        records = self._records.get(node_id, [])
        failed = tuple(_attempt(record) for record in records if record.status == "failed" and record.attempt)
        state = self._end_of(node_id)
        if not records:
            return NodeFacts(node_id, state or self._before_its_first_record(node_id))
        last = records[-1]
        if last.retry_delay_seconds is not None:
            return self._retried(node_id, last, failed, state)
        error = _text(last.error) if last.status == "failed" else None
        return NodeFacts(node_id, state or "unknown", last.attempt, failed, error, last.note)

    def _retried(self, node_id: str, last: NodeRow, failed: tuple[AttemptFact, ...], state: State | None) -> NodeFacts:
        """Return that a node was to begin once more: the log has no end of that attempt."""
        if state is not None:
            return NodeFacts(node_id, state, last.attempt, failed)
        ended_ns = last.started_at_ns + last.duration_ns
        due = (last.retry_delay_seconds or 0.0) - (self._now_ns - ended_ns) / NANOSECONDS
        state = "retrying" if due > 0 else "unknown"
        since = (self._now_ns - ended_ns) / NANOSECONDS if due > 0 else None
        return NodeFacts(
            node_id, state, last.attempt + 1, failed, since_seconds=since, due_in_seconds=due if due > 0 else None
        )

    def _end_of(self, node_id: str) -> State | None:
        """Return how a node ended; `None` if the log does not tell, yet or ever."""
        records = self._records.get(node_id)
        is_over = self.fate.status != "running"
        if not records:
            return "never began" if is_over else None
        last = records[-1]
        if last.retry_delay_seconds is not None:
            return "cancelled" if is_over else None
        return _state_after(last)

    def _before_its_first_record(self, node_id: str) -> State:
        arrivals = self.arrivals(node_id)
        values = sum(arrival.is_in and arrival.token in (None, Token.VALUE) for arrival in arrivals)
        failed = sum(arrival.token is Token.FAILED for arrival in arrivals)
        others = sum(arrival.token in (Token.SKIPPED, Token.CANCELLED) for arrival in arrivals)
        is_decided = not arrivals or judge(self.design(node_id).join, len(arrivals), values, failed, others) is not (
            Verdict.WAIT
        )
        return "unknown" if is_decided else "waiting for inputs"

    # --- joins ------------------------------------------------------------------------------------------------------

    def design(self, node_id: str) -> Design:
        """Return what the workflow says of a node."""
        node = self._nodes[node_id]
        rule = "any" if node.join.rule == Quorum(1) else node.join.rule
        retry = node.policy.retry
        return Design(rule, node.join.otherwise, 1 if retry is None else retry.max_attempts)

    def written(self, node_id: str) -> Node:
        """Return a node as the definition has it."""
        return self._nodes[node_id]

    def _on_error(self, node: Node) -> OnError:
        records = self._records.get(node.id)
        if records and is_fatal(_text(records[-1].error)):
            return "fail"
        return node.policy.on_error or ("continue" if node.id in self._does_without else "fail")

    def join_seconds(self, node_id: str) -> float | None:  # noqa: ARG002 - the log has no times of joins
        """Return `None`: the log does not tell when the time of a join began."""
        return None

    def queue(self, node_id: str) -> None:
        """Return `None`: the log does not tell which queues there are."""

    def arrivals(self, node_id: str) -> Sequence[Arrival]:
        """Return the edges that lead to a node; what they carried follows from how their sources ended."""
        known = [self._arrival(edge) for edge in self._incoming[node_id]]
        unknown = [arrival for arrival in known if arrival.is_in and arrival.token is None]
        token = self._inferred(node_id, known) if unknown else None
        if token is None:
            return known
        return [a._replace(token=token) if a.is_in and a.token is None else a for a in known]

    # --- flags ------------------------------------------------------------------------------------------------------

    def flag(self, node_id: str, flag: Flag) -> FlagFact:
        """Return what a flag of a node was that has ended, as far as payloads tell that were not cut."""
        if isinstance(flag, FromInput):
            return FlagFact(self._given(flag.input), is_there=True)
        is_there = self._came(node_id, flag.node)
        return FlagFact(None if is_there is False else self._produced(flag.node), is_there)

    def _given(self, parameter: str) -> bool | None:
        given = msgspec.json.decode(self._row.input)
        if not is_object(given) or CUT in given:
            return None
        defaults = {known.name: known.default for known in self._definition.parameters}
        return _bool(given.get(parameter, defaults.get(parameter)))

    def _produced(self, node_id: str) -> bool | None:
        end, records = self._end_of(node_id), self._records.get(node_id)
        if end in FAILED:
            on_error = self._on_error(self._nodes[node_id])
            return _bool(on_error.default) if isinstance(on_error, Default) else None
        output = records[-1].output if records else None
        return None if output is None else _bool(msgspec.json.decode(output))

    def _came(self, node_id: str, source: str) -> bool | None:
        """Say whether a node was fired with a value of another one."""
        edges = [a for a in self.arrivals(node_id) if (a.edge.source, a.edge.on) == (source, "success")]
        tokens = [arrival.token for arrival in edges]
        if Token.VALUE in tokens:
            join = self._nodes[node_id].join
            waits_for_all = join.rule in ("all", "all_settled") and join.otherwise is None
            return True if waits_for_all else None  # it may have come too late
        return None if any(a.is_in and a.token is None for a in edges) else False

    # --- edges ------------------------------------------------------------------------------------------------------

    def _arrival(self, edge: Edge) -> Arrival:
        state = self._end_of(edge.source)
        if state is None:
            return Arrival(edge, is_in=False, token=None)
        on_error = self._on_error(self._nodes[edge.source])
        token = carried(edge, state, on_error)
        is_default = isinstance(on_error, Default) and state in FAILED and edge.on == "success"
        if is_default and self.fate.status != "completed":
            token = None  # a default that could not go on would have failed the execution
        return Arrival(edge, is_in=True, token=token)

    def _inferred(self, node_id: str, known: Sequence[Arrival]) -> Token | None:
        """Return what edges must have carried whose conditions and branches the log does not tell."""
        node = self._nodes[node_id]
        needed = _values_needed(node)
        if needed is None:
            return None
        values = sum(arrival.token is Token.VALUE for arrival in known)
        unknown = sum(arrival.is_in and arrival.token is None for arrival in known)
        end = self._end_of(node_id)
        if end == "skipped":
            is_by_join = values + 1 == max(needed) and not takes_arguments(node)
            return Token.SKIPPED if is_by_join else None
        has_fired = bool(self._records.get(node_id)) and end not in ("never began", "failed without running")
        return Token.VALUE if has_fired and values + unknown == min(needed) else None


def _values_needed(node: Node) -> tuple[int, ...] | None:
    """Return how many values a node fires with at least, by each rule that its join may have had.

    `None`: nobody can tell. A node with arguments may fire without any.
    """
    rules = [node.join.rule] if node.join.otherwise is None else [node.join.rule, node.join.otherwise]
    if "all_settled" in rules or ("all" in rules and takes_arguments(node)):
        return None
    return tuple(rule.quorum if isinstance(rule, Quorum) else 1 for rule in rules)


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _attempt(record: NodeRow) -> AttemptFact:
    return AttemptFact(attempt=record.attempt, error=_text(record.error), pause_seconds=record.retry_delay_seconds)


def _text(error: ErrorDetails | None) -> str:
    return "" if error is None else cut(f"{error.type.rpartition('.')[2]}: {error.message}")


def _fate(row: ExecutionRow) -> Fate:
    why = None
    if row.error is not None:
        why = _text(row.error)
        if row.failed_node is not None:
            why = f"{row.failed_node!r} failed: {why}"
    elif row.reason is not None:
        why = f"it was cancelled: {row.reason}"
    return Fate(row.status, is_ending=False, is_paused=False, why=why)


def _state_after(last: NodeRow) -> State:
    """Return how a node stands after its last record."""
    note = last.note or ""
    match last.status:
        case "completed":
            return "finished anyway" if note.startswith(FINISHED_ANYWAY) else "completed"
        case "skipped":
            return "skipped"
        case "failed":
            return "failed" if last.attempt else "failed without running"
        case "cancelled":
            begun: State = "abandoned" if note.startswith(ABANDONED) else "cancelled"
            return begun if last.attempt else "never began"
