"""What flows through one execution: the payloads that nodes send, with tokens. Pure; no clock, no tasks."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from flowrt.errors import ExpressionError, StepResultError
from flowrt.graph.conditions import Holds, Misfits, holds, is_chosen
from flowrt.graph.joins import Token
from flowrt.graph.node_ends import COMPLETED
from flowrt.graph.plan import Plan, PlanNode
from flowrt.graph.records import History
from flowrt.graph.tokens import Tokens
from flowrt.outcomes import NodeFailure, NodeOutcome
from flowrt.policies import Default
from flowrt.typing import Choice, Record


class Carried(NamedTuple):
    """What became of a failure, an outcome or a default that was sent."""

    is_handled: bool
    """A `failure` edge carried it."""
    misfit: Exception | None
    """Why a condition failed on it, or why the node can't produce it."""


class Flow(Tokens):
    """The tokens of one execution, and the payloads that come with them."""

    __slots__ = ("failures", "granted", "history", "input", "records", "sent")

    def __init__(self, plan: Plan, input_value: Any) -> None:
        super().__init__(plan)
        self.input = input_value
        self.sent: list[Any] = [None] * plan.size
        if plan.takes_records:
            self.records: list[Any] = [None] * len(plan.nodes)
            """What the nodes were given that take records."""
            self._fed = {}
            self.history = History(plan, input_value, self.sent, self._fed)
        self.failures: dict[int, NodeFailure] | None = None
        """By node: the failures behind its `failed` tokens."""
        self.granted: dict[int, Callable[[], Any]] | None = None
        """By node: what begins the call of a placed one in the slot that it was given."""

    # --- what a node gets -------------------------------------------------------------------------------------------

    def record_for(self, node: PlanNode) -> Record:
        """Return the record that a node is called with; steps never change it.

        Raises:
            StepResultError: A node that feeds this one produced a value that is no record.
        """
        record = self.history.merged(node)
        if node.gets_outcomes:
            record = {**record, "outcomes": self.outcomes(node)}
        self.records[node.index] = record
        return record

    def outcomes(self, node: PlanNode) -> list[dict[str, Any]]:
        """Return what came over each edge of a node that waits until all have settled, in the order of the edges."""
        return [
            {"node": edge.source.id, "outcome": token.value}
            | ({"value": self.produced_by(edge.source)} if token is Token.VALUE else {})
            for edge in node.incoming
            if (token := self.token_of(edge)) is not None
        ]

    # --- a node ends with a value -----------------------------------------------------------------------------------

    def succeed(self, node: PlanNode, result: Any) -> PlanNode | None:
        """Deliver what a node's step returned; the next node to go on with, if its end made one ready.

        Raises:
            StepResultError: A node of this kind can't produce that; nothing was delivered.
            ExpressionError: The condition of an edge failed on it; nothing was delivered.
        """
        if node.plain_targets is None:
            self._deliver_value(node, result, holds)
            return None
        self.keep_result(node, result)
        return self.deliver_values(node.plain_targets)

    def keep_result(self, node: PlanNode, result: Any) -> None:
        """Put what a node with plain targets returned where those find it.

        Raises:
            StepResultError: A node of this kind can't produce that.
        """
        index = node.index
        if not node.takes_record:
            self.sent[index] = result
        elif node.adds_to_record and result.__class__ is dict and (record := self.records[index]) is not None:
            self.history.produced[index] = result
            if result:
                self.history.note_keys(result)
                record = record | result
            self.sent[index] = record
        else:
            produced, payload = self._payload(node, result)
            self._keep(node, payload, produced)

    def finish_anyway(self, node: PlanNode, result: Any) -> None:
        """Deliver a value that came although its node was interrupted; an edge whose condition fails carries none.

        Raises:
            StepResultError: A node of this kind can't produce that; nothing was delivered.
        """
        self._deliver_value(node, result, Misfits().holds)

    def _deliver_value(self, node: PlanNode, result: Any, holds: Holds) -> None:
        handles = result.handles if isinstance(result, Choice) else None
        produced, payload = self._payload(node, result)
        tokens = [
            Token.VALUE if is_chosen(edge, handles) and holds(edge, payload) else Token.SKIPPED
            for edge in node.outgoing
        ]
        observed = self._send_port(node.always_port, NodeOutcome(outcome="completed", value=produced), holds)
        self._keep(node, payload, produced)
        self.deliver_all(node, tokens)
        self.spread(node.failure_port, Token.SKIPPED)
        self.deliver_all(node.always_port, observed)

    def _payload(self, node: PlanNode, result: Any) -> tuple[Any, Any]:
        """Return what a node produces when its step returned `result`, and what it sends on."""
        produced = self.produced_from(node, result)
        if not node.takes_record:
            return produced, produced
        if node.gets_outcomes and not node.kind.emits_only_produced and isinstance(produced, dict):
            outcomes: Record = {"outcomes": self.outcomes(node)}
            produced = outcomes | cast("Record", produced)
        if not isinstance(produced, dict):
            raise StepResultError(node.id, f"returned {type(produced).__name__}, not a JSON object")
        record = cast("Record", produced)
        return record, record if node.kind.emits_only_produced else self._given(node) | record

    def produced_from(self, node: PlanNode, result: Any) -> Any:
        """Return what a node produces when its step returned `result`."""
        if isinstance(result, Choice):
            result = result.produced
        return result if node.kind.output_key is None else {node.kind.output_key: result}

    def _given(self, node: PlanNode) -> Record:
        record: Record | None = self.records[node.index]
        return self.record_for(node) if record is None else record

    def _came_to(self, node: PlanNode) -> Record:
        """Return what a node was given, without what its own join added."""
        if not node.takes_record:
            return {}
        return self.history.merged(node) if node.gets_outcomes else self._given(node)

    def _keep(self, node: PlanNode, payload: Any, produced: Any) -> None:
        self.sent[node.index] = payload
        if node.takes_record:
            self.history.keep(node, produced)

    def produced_by(self, node: PlanNode) -> Any:
        """Return what a node's step returned, without what the node was given."""
        return self.history.produced_by(node) if node.takes_record else self.sent[node.index]

    # --- a node ends without one ------------------------------------------------------------------------------------

    def fail(self, node: PlanNode, failure: NodeFailure, success: Token | Default) -> Carried:
        """Deliver the failure of a node.

        Args:
            node: The node.
            failure: The failure.
            success: What its `success` edges carry: a token that is no value, or a default.
        """
        misfits = Misfits()
        failed = self._send_port(node.failure_port, failure, misfits.holds)
        observed = self._send_port(node.always_port, NodeOutcome(outcome="failed", error=failure), misfits.holds)
        if isinstance(success, Default):
            self._deliver_default(node, success.default, misfits)
        else:
            if success is Token.FAILED:
                self.failures = self.failures or {}
                self.failures[node.index] = failure
            self.spread(node, success)
        self.deliver_all(node.failure_port, failed)
        self.deliver_all(node.always_port, observed)
        return Carried(Token.VALUE in failed, misfits.first)

    def _deliver_default(self, node: PlanNode, default: Any, misfits: "Misfits") -> None:
        try:
            produced, payload = self._payload(node, default)
            tokens = [Token.VALUE if holds(edge, payload) else Token.SKIPPED for edge in node.outgoing]
        except (StepResultError, ExpressionError) as error:
            misfits.first = misfits.first or error
            self.spread(node, Token.SKIPPED)
            return
        self._keep(node, payload, produced)
        self.deliver_all(node, tokens)

    def skip(self, node: PlanNode) -> None:
        """Deliver that a node was skipped."""
        self.spread(node, Token.SKIPPED)
        self.spread(node.failure_port, Token.SKIPPED)
        self.spread(node.always_port, Token.SKIPPED)

    def cancel(self, node: PlanNode, *, has_begun: bool) -> Carried:
        """Deliver that a node was cancelled."""
        port, misfits = node.always_port, Misfits()
        if has_begun:
            observed = self._send_port(port, NodeOutcome(outcome="cancelled"), misfits.holds)
        else:
            observed = () if port is None else [Token.CANCELLED] * len(port.outgoing)
            self.close(node)
        self.spread(node, Token.CANCELLED)
        self.spread(node.failure_port, Token.SKIPPED)
        self.deliver_all(port, observed)
        return Carried(is_handled=False, misfit=misfits.first)

    # --- ports ------------------------------------------------------------------------------------------------------

    def _send_port(self, port: PlanNode | None, sent: NodeFailure | NodeOutcome, holds: Holds) -> Sequence[Token]:
        """Put what a port sends where its targets find it; the tokens of its edges, still to be delivered."""
        if port is None:
            return ()
        payload: Any = sent
        if port.takes_record:
            produced = sent.as_record()
            node = self.plan.nodes[port.rank]
            payload = self._came_to(node) | produced
            self.history.keep(port, produced)
            if self.has_decided(node):
                self.feed(port, self.sources_of(node))
        self.sent[port.index] = payload
        return [Token.VALUE if holds(edge, payload) else Token.SKIPPED for edge in port.outgoing]

    # --- the end ----------------------------------------------------------------------------------------------------

    def result(self) -> Any:
        """Return the execution's result; its shape follows from the plan, not from which branch ran."""
        plan = self.plan
        if plan.result_node is not None:
            return self.sent[plan.result_node.index]
        if len(plan.ends) == 1:
            return self.sent[plan.ends[0].index]
        ends = plan.ends
        if self.begun != len(plan.nodes):
            ends = tuple([node for node in ends if self.states[node.index] == COMPLETED])
        return {node.id: self.sent[node.index] for node in ends}
