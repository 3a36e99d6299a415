"""The facts of an execution that is in this process, running or ended."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from flowrt.actors import interrupting
from flowrt.actors.snapshots import text_of
from flowrt.clock import NANOSECONDS
from flowrt.definition.arguments import Flag, FromInput
from flowrt.definition.model import Node
from flowrt.explain.carried import carried, is_fatal
from flowrt.explain.explanation import AttemptFact, Explanation, State
from flowrt.explain.facts import ENDED, Arrival, Design, Fate, NodeFacts, Queue
from flowrt.explain.reasons import explain_node
from flowrt.explain.wiring import FlagFact
from flowrt.graph.joins import Token
from flowrt.graph.node_ends import CANCELLED, COMPLETED, FAILED, NEVER_BEGAN, PENDING, SKIPPED
from flowrt.graph.tokens import News
from flowrt.policies import Default, OnError

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.parking import Parked
    from flowrt.events import WaitsFor
    from flowrt.graph.edges import PlanEdge
    from flowrt.graph.plan import PlanNode

ENDS: dict[int, State] = {
    COMPLETED: "completed",
    FAILED: "failed",
    SKIPPED: "skipped",
    CANCELLED: "cancelled",
    NEVER_BEGAN: "never began",
}
WAITS: "dict[WaitsFor, State]" = {
    "retry": "retrying",
    "delay": "delayed",
    "signal": "waiting for a signal",
    "thread": "waiting for a thread",
    "process": "waiting for a process",
}


def explain_live(execution: "Execution", node_id: str) -> Explanation:
    """Return why a node of an execution in this process stands as it does.

    Raises:
        UnknownNodeError: Its workflow has no node of that id.
    """
    return explain_node(LiveFacts(execution), execution.plan.find(node_id).id)


class LiveFacts:
    """Reads the state of an execution, between two steps of the kernel; changes nothing."""

    def __init__(self, execution: "Execution") -> None:
        self._execution = execution
        self._now_ns = execution.kernel.monotonic_ns()
        self._rare = execution.rare
        self.fate = _fate(execution)
        self._known: dict[str, NodeFacts] = {}

    @cached_property
    def _queued(self) -> "frozenset[PlanNode]":
        """What is ready, or whose tokens have decided already that it ends without an attempt."""
        settling = [node for node, what in self._execution.flow.news if what not in (News.OPENED, News.DECIDED_EARLY)]
        return frozenset((*self._execution.flow.ready, *settling))

    @cached_property
    def _held(self) -> "frozenset[PlanNode]":
        return frozenset(self._rare.held)

    # --- nodes ------------------------------------------------------------------------------------------------------

    def _find(self, node_id: str) -> "PlanNode":
        return self._execution.plan.by_id[node_id]

    def node(self, node_id: str) -> NodeFacts:
        """Return what a node did so far."""
        known = self._known.get(node_id)
        if known is None:
            known = self._known[node_id] = self._look_at(self._find(node_id))
        return known

    def _look_at(self, node: "PlanNode") -> NodeFacts:
        failure = self._rare.failures.find(node.id)
        if failure is not None:
            return self._failed(node, failure.attempt, failure.error)
        if self._execution.flow.states[node.index] != PENDING:
            return self._ended(node)
        return self._under_way(node)

    def _failed(self, node: "PlanNode", attempt: int, error: str) -> NodeFacts:
        attempts = self._attempts(node)
        if not attempt:
            return NodeFacts(node.id, "failed without running", error=error)
        last = AttemptFact(attempt=attempt, error=error)
        note = self._rare.failures.note(node)
        return NodeFacts(node.id, "failed", attempt, (*attempts, last), error, note)

    def _ended(self, node: "PlanNode") -> NodeFacts:
        state = ENDS[self._execution.flow.states[node.index]]
        interrupted = self._rare.interruptions.ended(node)
        note = None
        if interrupted is not None:
            note = interrupted.note
            if interrupted.outcome != "cancelled":
                state = interrupted.outcome
        has_begun = state not in ("skipped", "never began")
        attempt = self._execution.attempt_number(node) if has_begun else 0
        return NodeFacts(node.id, state, attempt, self._attempts(node), note=note)

    def _under_way(self, node: "PlanNode") -> NodeFacts:
        state = self._state(node)
        has_begun = state not in ("waiting for inputs", "never began")
        attempt = self._execution.attempt_number(node)
        facts = NodeFacts(node.id, state, attempt if has_begun or attempt > 1 else 0, self._attempts(node))
        if state in ENDED:
            return facts
        if state == "stopping":
            return self._stopping(node, facts)
        if state in ("ready", "paused"):
            return facts if attempt > 1 else facts._replace(attempt=0)
        parked = self._execution.parking.get(node)
        worker = self._execution.suspended.get(node)
        if parked is not None:
            return self._waiting(facts, parked)._replace(total_in_seconds=self._total_in_seconds(node))
        return facts if worker is None else self._running(node, facts, worker.started_ns)

    def _running(self, node: "PlanNode", facts: NodeFacts, started_ns: int) -> NodeFacts:
        limits = [self._total_in_seconds(node)]
        if node.attempt_timeout_seconds is not None:
            limits.append(self._until(started_ns + round(node.attempt_timeout_seconds * NANOSECONDS)))
        due = min((limit for limit in limits if limit is not None), default=None)
        placement = node.policy.placement
        return facts._replace(since_seconds=self._since(started_ns), due_in_seconds=due, placement=placement)

    def _total_in_seconds(self, node: "PlanNode") -> float | None:
        timer = self._rare.totals.get(node)
        return None if timer is None else self._until(timer.due_ns)

    def _waiting(self, facts: NodeFacts, parked: "Parked") -> NodeFacts:
        due = self._until(parked.due_ns) if parked.has_end else None
        return facts._replace(signal=parked.signal, since_seconds=self._since(parked.since_ns), due_in_seconds=due)

    def queue(self, node_id: str) -> Queue | None:
        """Return the queue that a node waits in."""
        parked = self._execution.parking.get(self._find(node_id))
        wish = None if parked is None else parked.wish
        if parked is None or wish is None:
            return None
        place = self._execution.kernel.places.find(parked.waits_for)
        return Queue(wish.ahead, place.slots.capacity, tuple(caller.node for caller in place.left_alone))

    def _stopping(self, node: "PlanNode", facts: NodeFacts) -> NodeFacts:
        interruption = self._rare.interruptions.find(node)
        if interruption is None:
            return facts
        note = "its total time was over" if interruption.kind == "total" else interruption.note
        since = self._since(interruption.at_ns)
        left = max(interrupting.grace_seconds(self._execution, node) - since, 0.0)
        due = left if node in self._execution.suspended else None  # a step that asked for this itself is not given up
        return facts._replace(note=note, since_seconds=since, due_in_seconds=due)

    def _state(self, node: "PlanNode") -> State:
        """Return how a node stands that has not ended."""
        parked = self._execution.parking.get(node)
        if self._is_shut_out(node):
            return "cancelled" if self._execution.attempt_number(node) > 1 else "never began"
        if parked is not None:
            return WAITS[parked.waits_for]
        if self._rare.interruptions.find(node) is not None:
            return "stopping"
        return self._unless_parked(node)

    def _is_shut_out(self, node: "PlanNode") -> bool:
        """Say whether a node never begins, or never once more, although nobody has told it so."""
        execution = self._execution
        if execution.status != "running":
            return True
        is_refused = execution.is_ending and (execution.is_stopped or not node.can_rescue)
        is_at_work = node in execution.suspended or node in self._execution.parking
        return is_refused and not is_at_work and self._rare.interruptions.find(node) is None

    def _unless_parked(self, node: "PlanNode") -> State:
        if node in self._execution.suspended:
            return "running"
        if node in self._held:
            return "paused"
        if node in self._queued:
            return "ready"
        return "running" if self._execution.flow.has_fired(node) else "waiting for inputs"

    def _attempts(self, node: "PlanNode") -> tuple[AttemptFact, ...]:
        return tuple(
            AttemptFact(attempt=failed.number, error=failed.error, pause_seconds=failed.pause_seconds)
            for failed in self._execution.attempts.earlier(node)
        )

    def _since(self, at_ns: int) -> float:
        return (self._now_ns - at_ns) / NANOSECONDS

    def _until(self, due_ns: int) -> float:
        return (due_ns - self._now_ns) / NANOSECONDS

    # --- joins ------------------------------------------------------------------------------------------------------

    def design(self, node_id: str) -> Design:
        """Return what the workflow says of a node; its join is what that has become."""
        node = self._find(node_id)
        retry = node.policy.retry
        join = self._execution.flow.rule(node)
        return Design(join, node.otherwise, 1 if retry is None else retry.max_attempts)

    def written(self, node_id: str) -> Node:
        """Return a node as the definition has it."""
        return self._execution.plan.written[node_id]

    def flag(self, node_id: str, flag: Flag) -> FlagFact:
        """Return what a flag of a node was that has ended."""
        flow = self._execution.flow
        if isinstance(flag, FromInput):
            found, is_there = flow.input.get(flag.input), True
        else:
            source = self._find(flag.node)
            found, is_there = flow.sent[source.index], source in flow.sources_of(self._find(node_id))
        return FlagFact(found if is_there and isinstance(found, bool) else None, is_there)

    def _on_error(self, node: "PlanNode") -> OnError:
        """Return what the failure of a node was answered with; a default may have been impossible to send."""
        failure = self._rare.failures.find(node.id)
        if failure is None:
            return node.on_error
        is_default_lost = isinstance(node.on_error, Default) and self._execution.flow.states[node.index] != COMPLETED
        return "fail" if is_fatal(failure.error) or is_default_lost else node.on_error

    def join_seconds(self, node_id: str) -> float | None:
        """Return how long the join of a node still has."""
        timer = self._rare.joins.get(self._find(node_id))
        return None if timer is None or timer.due_ns < self._now_ns else self._until(timer.due_ns)

    def arrivals(self, node_id: str) -> Sequence[Arrival]:
        """Return the edges that lead to a node."""
        node = self._find(node_id)
        return [self._arrival(node, edge) for edge in node.incoming]

    def _arrival(self, node: "PlanNode", edge: "PlanEdge") -> Arrival:
        execution = self._execution
        written = execution.plan.definition.edges[edge.index]
        token = execution.flow.inboxes.get(node.index, {}).get(edge.index)
        if token is not None:
            return Arrival(written, is_in=True, token=token)
        source = execution.plan.nodes[edge.source.rank]
        state = self.node(source.id).state
        if state not in ENDED:
            return Arrival(written, is_in=False, token=None)
        token = carried(written, state, self._on_error(source))
        if token is None and not node.keeps_tokens and execution.flow.states[node.index] != NEVER_BEGAN:
            token = Token.VALUE  # what is none would have been kept
        return Arrival(written, is_in=True, token=token)


def _fate(execution: "Execution") -> Fate:
    why = None
    if execution.error is not None:
        why = text_of(execution.error)
        if execution.culprit is not None:
            why = f"{execution.culprit.node_id!r} failed: {why}"
    elif (request := execution.rare.interruptions.request) is not None:
        why = f"it was cancelled: {request.told}"
    return Fate(execution.status, execution.is_ending, execution.is_paused, why)
