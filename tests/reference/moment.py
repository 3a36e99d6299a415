"""Where an execution stands: worked out from the ends so far, and from nothing else."""

from contextlib import suppress
from typing import Any, NamedTuple

from reference.ends import EXPRESSION_ERROR, UPSTREAM_ERROR, Finish
from reference.joins import FAIL, FIRE, SKIP, WAIT, verdict_of
from reference.records import made_by, merged, plain

from flowrt.errors import ExpressionError
from flowrt.policies import Default


class Decision(NamedTuple):
    """What a node's join said, and the tokens that it said it to, by place of their edges."""

    verdict: str
    tokens: dict[int, str]


class Moment:
    """The state of an execution after some ends.

    Args:
        workflow: The workflow.
        ends: The ends so far, in their order.
    """

    def __init__(self, workflow, ends):
        self.workflow = workflow
        self.ends = ends
        self.tokens: dict[int, str] = {}
        """What edges carried, by their place in the definition."""
        self.decisions: dict[str, Decision] = {}
        self.given: dict[str, Any] = {}
        """The record that each node was given, once its join has decided."""
        self.conflicts: dict[str, list[str]] = {}
        self.produced: dict[str, Any] = {}
        self.sent: dict[str, Any] = {}
        """The record that each node sent on, if it ended with a value."""
        self.misfits: set[str] = set()
        """The nodes whose default value an edge's condition failed on."""
        for node in workflow.in_order:
            self._work_out(node)

    def _work_out(self, node):
        """Work out all of one node; its ancestors have been."""
        self.decisions[node] = self._decide(node)
        if self.decisions[node].verdict == WAIT:
            return
        self._receive(node)
        end = self.final_end(node)
        if end is None:
            return
        on_error = self.workflow.on_error(node)
        if end.status == "completed":
            attempt = self.workflow.attempt(node, end.attempt)
            with suppress(ExpressionError):  # of a value that came too late nobody asked whether conditions hold
                self._send(node, end.produced, attempt.chooses)
        elif end.status == "failed" and isinstance(on_error, Default):
            try:
                self._send(node, on_error.default, None)
            except ExpressionError:
                self.misfits.add(node)
        elif end.status == "failed" and on_error == "continue":
            self._send_all(node, "failed")
        elif end.status == "skipped" or (end.status == "failed" and on_error == "skip"):
            self._send_all(node, "skipped")

    # --- tokens ---

    def _decide(self, node):
        """Return what a node's join says to its tokens, which come in the order of the ends of those that sent them."""
        incoming = self.workflow.incoming[node]
        if not incoming:
            return Decision(FIRE, {})
        join = self.workflow.nodes[node].join.rule
        arrived = [(self._end_place(edge.source), place) for place, edge in incoming if place in self.tokens]
        tokens: dict[int, str] = {}
        for _, place in sorted(arrived):
            tokens[place] = self.tokens[place]
            verdict = verdict_of(join, list(tokens.values()), len(incoming))
            if verdict != WAIT:
                return Decision(verdict, tokens)
        return Decision(WAIT, tokens)

    def _end_place(self, node):
        return max(place for place, end in enumerate(self.ends) if end.node == node)

    def _send(self, node, returned, chosen):
        produced = self.produced_by(node, returned)
        record = self.payload(node, produced)
        tokens = self.tokens_of_value(node, record, chosen)
        self.produced[node], self.sent[node] = produced, record
        self.tokens |= tokens

    def _send_all(self, node, token):
        for place, _ in self.workflow.outgoing[node]:
            self.tokens[place] = token

    def tokens_of_value(self, node, record, chosen):
        """Return what a node's edges carry when it ended with a value; raises `ExpressionError`."""
        branches = self.workflow.scripts[node].handles is not None
        tokens = {}
        for place, edge in self.workflow.outgoing[node]:
            is_chosen = not branches or chosen is None or edge.source_handle is None or edge.source_handle in chosen
            is_taken = is_chosen and self.workflow.holds(edge, plain(record))
            tokens[place] = "value" if is_taken else "skipped"
        return tokens

    # --- records ---

    def records_over_edges(self, node):
        """Return the records that came to a node, one for each edge that carried a value, in the order of the edges."""
        tokens, incoming = self.decisions[node].tokens, self.workflow.incoming[node]
        return [self.sent[edge.source] for place, edge in incoming if tokens.get(place) == "value"]

    def _receive(self, node):
        """Work out the record that a node is given, and the keys on which unordered nodes disagree."""
        records = self.records_over_edges(node) or [made_by(None, self.workflow.input)]
        record, self.conflicts[node] = merged(records, self.workflow.descends)
        self.given[node] = record | made_by(node, self._outcomes(node))

    def _outcomes(self, node):
        """Return what a node that waits until all have settled is given besides its record, and produces first."""
        tokens, incoming = self.decisions[node].tokens, self.workflow.incoming[node]
        if not incoming or self.workflow.nodes[node].join.rule != "all_settled":
            return {}
        return {"outcomes": [self._outcome(tokens, place, edge) for place, edge in incoming]}

    def produced_by(self, node, returned):
        """Return what a node produces when its attempt returned something."""
        return returned if self.workflow.nodes[node].emit == "replace" else self._outcomes(node) | returned

    def _outcome(self, tokens, place, edge):
        outcome = {"node": edge.source, "outcome": tokens[place]}
        return outcome | {"value": self.produced[edge.source]} if tokens[place] == "value" else outcome

    def payload(self, node, produced):
        """Return the record that a node sends on when it produced something."""
        base = {} if self.workflow.nodes[node].emit == "replace" else self.given[node]
        return base | made_by(node, produced)

    # --- ends ---

    def final_end(self, node):
        """Return the end after which nothing more happens in a node, if it came."""
        mine = [end for end in self.ends if end.node == node and end.retry_delay_seconds is None]
        return mine[-1] if mine else None

    def attempt_number(self, node):
        """Return the number of a node's next attempt, from 1."""
        return 1 + sum(end.node == node for end in self.ends)

    def active_nodes(self):
        """Return the nodes that fired and did not end."""
        return [node for node in self.workflow.in_order if self._is_open(node, FIRE)]

    def settled_nodes(self):
        """Return the nodes that their tokens end without an attempt, and that did not end yet."""
        return [node for node in self.workflow.in_order if self._is_open(node, SKIP) or self._is_open(node, FAIL)]

    def _is_open(self, node, verdict):
        return self.decisions[node].verdict == verdict and self.final_end(node) is None

    def failed_sources(self, node):
        """Return the nodes whose failed tokens a node got, in the order of the edges, each once."""
        tokens, incoming = self.decisions[node].tokens, self.workflow.incoming[node]
        return list(dict.fromkeys(edge.source for place, edge in incoming if tokens.get(place) == "failed"))

    def root_cause(self, node):
        """Return the node with whose failure that of a node began."""
        end = self.final_end(node)
        return self.root_cause(self.failed_sources(node)[0]) if end.error == UPSTREAM_ERROR else node

    # --- the end of the execution ---

    def failing_place(self):
        """Return the place of the end that makes the execution fail, or `None`."""
        for place, end in enumerate(self.ends):
            is_final = end.status == "failed" and end.retry_delay_seconds is None
            if is_final and (self.workflow.on_error(end.node) == "fail" or end.node in self.misfits):
                return place
        return None

    def turn_before_failing(self):
        """Return the moment before the attempt ended whose end made the execution fail.

        Ends without an attempt follow from the attempt's end at once: nothing begins in between.
        """
        place = self.failing_place()
        while self.ends[place].attempt == 0:
            place -= 1
        return Moment(self.workflow, self.ends[:place])

    def finish(self):
        """Return how the execution ends, if it may end now."""
        place = self.failing_place()
        failures = [end for end in self.ends if end.status == "failed" and end.retry_delay_seconds is None]
        if place is not None:
            end = self.ends[place]
            error = EXPRESSION_ERROR if end.node in self.misfits else end.error
            return Finish("failed", None, error, end.node, len(failures) - 1)
        if all(self.final_end(node) for node in self.workflow.nodes):
            return Finish("completed", self._output(), None, None, len(failures))
        return None

    def _output(self):
        results = {node: plain(record) for node, record in self.sent.items()}
        last = [node for node in self.workflow.nodes if not self.workflow.outgoing[node]]
        if self.workflow.definition.result:
            return results.get(self.workflow.definition.result)
        if len(last) == 1:
            return results.get(last[0])
        return {node: results[node] for node in last if node in results}
