"""The tokens of one execution: which node may fire, with what, and what its end sets free. Pure; no clock, no tasks."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, cast

from flowrt.errors import StepResultError
from flowrt.graph.joins import Token, Verdict, judge
from flowrt.graph.plan import Plan, PlanEdge, PlanNode, by_last_edge
from flowrt.graph.records import History, merge
from flowrt.typing import Choice, Record


class Flow:
    """The state of one execution's tokens.

    A node is ready once, when its join says so. Tokens that come after that are dropped.
    """

    __slots__ = ("conflicts", "history", "inboxes", "input", "missing", "plan", "ready", "records", "sent", "settled")

    def __init__(self, plan: Plan, input_value: Any) -> None:
        self.plan = plan
        self.input = input_value
        self.ready: deque[PlanNode] = deque(plan.roots)
        self.missing = plan.missing.copy()
        self.sent: list[Any] = [None] * len(plan.nodes)
        self.records: list[Any] = [None] * len(plan.nodes) if plan.takes_records else []
        self.conflicts: dict[int, tuple[str, ...]] = {}
        self.history = History(plan, input_value, self.sent)
        self.inboxes: dict[int, dict[int, Token]] = {}
        """By node and edge: the tokens that are no value, and all tokens of joins that may do without some."""
        self.settled: deque[tuple[PlanNode, Verdict]] = deque()
        """Nodes that their tokens ended without running; the supervisor takes them and spreads their tokens."""

    # --- what a node gets -------------------------------------------------------------------------------------------

    def record_for(self, node: PlanNode) -> Record:
        """Return the record that a node is called with; steps never change it.

        Raises:
            StepResultError: A node that feeds this one produced a value that is no record.
        """
        sources = self.history.sources_of(node)
        if self.plan.is_mixed:
            self._check_records(sources)
        if len(sources) > 1:
            record, conflicts = merge(self.history, sources)
            if conflicts:
                self.conflicts[node.index] = conflicts
        else:
            record = self.sent[sources[0].index] if sources else self.input
        if node.gets_outcomes:
            record = {**record, "outcomes": self.outcomes(node)}
        self.records[node.index] = record
        return record

    def _check_records(self, sources: Iterable[PlanNode]) -> None:
        for source in sources:
            if not isinstance(payload := self.sent[source.index], dict):
                raise StepResultError(source.id, f"returned {type(payload).__name__}, but a JSON node reads it")

    def outcomes(self, node: PlanNode) -> list[dict[str, Any]]:
        """Return what came over each edge of a node that waits until all have settled, in the order of the edges."""
        tokens = self.inboxes.get(node.index, {})
        return [
            {"node": edge.source.id, "outcome": token.value}
            | ({"value": self.history.produced_by(edge.source)} if token is Token.VALUE else {})
            for edge in node.incoming
            for token in (tokens.get(edge.index, Token.VALUE),)
        ]

    def has_value(self, node: PlanNode, source: PlanNode) -> bool:
        """Say whether `node` was fired with a value of `source`."""
        return source in self.history.sources_of(node)

    # --- what a node's end sets free --------------------------------------------------------------------------------

    def succeed(self, node: PlanNode, result: Any) -> PlanNode | None:
        """Deliver what a node's step returned; the next node to go on with, if its end made one ready.

        Raises:
            StepResultError: A node of this kind can't produce that; nothing was delivered.
            ExpressionError: The condition of an edge failed on the record; nothing was delivered.
        """
        targets = node.plain_targets
        if targets is None or not self._keep_plain(node, result):
            targets = self._send(node, result)
        if targets is None:
            return None
        missing, inboxes, ready = self.missing, self.inboxes, self.ready
        following = None
        for target in targets:
            index = target.index
            left = missing[index] - 1
            missing[index] = left
            if not left and (not inboxes or index not in inboxes or self._judge(target)):
                if following is None:
                    following = target
                else:
                    ready.append(target)
        return following

    def _keep_plain(self, node: PlanNode, result: Any) -> bool:
        """Put what a node returned where its targets find it, if there is nothing to check; say whether it was so."""
        index = node.index
        if not node.takes_record:
            self.sent[index] = result
            return True
        record = self.records[index]
        if not node.adds_to_record or result.__class__ is not dict or record is None:
            return False
        self.sent[index] = record | result if result else record
        self.history.keep(node, result)
        return True

    def _send(self, node: PlanNode, result: Any) -> tuple[PlanNode, ...] | None:
        """Put a payload where the targets find it; the plain targets, if their tokens are still to be counted."""
        handles = result.handles if isinstance(result, Choice) else None
        result = self.produced_from(node, result)
        if node.gets_outcomes:
            result = self._with_outcomes(node, result)
        payload = self._payload(node, result) if node.takes_record else result
        if node.plain_targets is not None:
            self._keep(node, payload, result)
            return node.plain_targets
        tokens = [self._token(edge, payload, handles) for edge in node.outgoing]
        self._keep(node, payload, result)
        for edge, token in zip(node.outgoing, tokens, strict=True):
            self._deliver(edge, token)
        return None

    def produced_from(self, node: PlanNode, result: Any) -> Any:
        """Return what a node produces when its step returned `result`."""
        if isinstance(result, Choice):
            result = result.produced
        return result if node.output_key is None else {node.output_key: result}

    def _with_outcomes(self, node: PlanNode, produced: Any) -> Any:
        """Return what a node produces that waited until all had settled: what came is a part of it."""
        if node.emits_only_produced or not isinstance(produced, dict):
            return produced  # pyright: ignore[reportUnknownVariableType]
        outcomes: Record = {"outcomes": self.outcomes(node)}
        return outcomes | cast("Record", produced)

    def _keep(self, node: PlanNode, payload: Any, produced: Any) -> None:
        self.sent[node.index] = payload
        if node.takes_record:
            self.history.keep(node, produced)

    def _payload(self, node: PlanNode, produced: Any) -> Record:
        if not isinstance(produced, dict):
            raise StepResultError(node.id, f"returned {type(produced).__name__}, not a JSON object")
        if node.emits_only_produced:
            return cast("Record", produced)
        record: Record | None = self.records[node.index]
        if record is None:
            record = self.record_for(node)
        return record | produced if produced else record

    def _token(self, edge: PlanEdge, payload: Any, handles: tuple[str, ...] | None) -> Token:
        if handles is not None and edge.handle is not None and edge.handle not in handles:
            return Token.SKIPPED
        return Token.VALUE if edge.condition is None or edge.condition(payload) else Token.SKIPPED

    def spread(self, node: PlanNode, token: Token) -> None:
        """Send a token that is no value over all edges of a node that ended without one."""
        for edge in node.outgoing:
            self._deliver(edge, token)

    def failed_sources(self, node: PlanNode) -> tuple[str, ...]:
        """Return the ids of the nodes whose failed tokens a node got, each once, in the order of the edges."""
        tokens = self.inboxes.get(node.index, {})
        return tuple(dict.fromkeys(e.source.id for e in node.incoming if tokens.get(e.index) is Token.FAILED))

    def _deliver(self, edge: PlanEdge, token: Token) -> None:
        target = edge.target
        index = target.index
        self.missing[index] -= 1
        if token is not Token.VALUE or target.join != "all":
            self.inboxes.setdefault(index, {})[edge.index] = token
        if index not in self.inboxes:
            if not self.missing[index]:
                self.ready.append(target)
        elif self._judge(target):
            self.ready.append(target)

    def _judge(self, node: PlanNode) -> bool:
        """Say whether the node fires now; one that ends now without firing goes to `settled`."""
        if node.index in self.history.sources:
            return False
        tokens = self.inboxes[node.index]
        kinds = list(tokens.values())
        failed = kinds.count(Token.FAILED)
        others = len(kinds) - failed - kinds.count(Token.VALUE)
        expected = len(node.incoming)
        verdict = judge(node.join, expected, expected - self.missing[node.index] - failed - others, failed, others)
        if verdict is Verdict.WAIT:
            return False
        default = Token.VALUE if node.join == "all" else None
        valued = [edge for edge in node.incoming if tokens.get(edge.index, default) is Token.VALUE]
        self.history.sources[node.index] = by_last_edge(valued)
        if verdict is Verdict.FIRE or (verdict is Verdict.SKIP and node.join == "all" and not node.takes_record):
            return True  # arguments may have defaults: binding them decides whether the node is skipped
        self.settled.append((node, verdict))
        return False

    # --- the end ----------------------------------------------------------------------------------------------------

    def result(self, has_value: Callable[[PlanNode], bool]) -> Any:
        """Return the execution's result; its shape follows from the plan, not from which branch ran."""
        plan = self.plan
        if plan.result_node is not None:
            return self.sent[plan.result_node.index]
        if len(plan.ends) == 1:
            return self.sent[plan.ends[0].index]
        return {node.id: self.sent[node.index] for node in plan.ends if has_value(node)}
