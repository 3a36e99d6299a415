"""Where an execution stands: everything that is known after some ends, each put in one after the other."""

from copy import copy
from typing import Any, NamedTuple

from reference.joins import FIRE, VALUE, verdict_of
from reference.records import made_by, merged, plain

SECOND = 1_000_000_000


class Ending(NamedTuple):
    """That an execution is ending."""

    status: str
    error: str | None = None
    node: str | None = None


class State:
    """The state of an execution; a new one for each step, so that several may be tried.

    Args:
        workflow: The workflow.
    """

    def __init__(self, workflow):
        self.workflow = workflow
        self.now_ns = 0
        self.inbox: dict[str, dict[int, str]] = {node: {} for node in workflow.nodes}
        """The tokens that came to a node before its join decided, by place of their edges, in the order of arrival."""
        self.opened_ns: dict[str, int] = {}
        """When the first token came to a node."""
        self.expired: set[str] = set()
        """The nodes whose joins became what they are to become."""
        self.verdicts: dict[str, str] = {}
        self.ready_ns: dict[str, int] = {}
        """From when on the next attempt of a node may begin; only of nodes that fired and are not at it."""
        self.begun_ns: dict[str, int] = {}
        """When the attempt began that is under way."""
        self.first_ns: dict[str, int] = {}
        """When the first attempt of a node began."""
        self.numbers: dict[str, int] = {}
        """The number of the attempt that is under way or comes next."""
        self.outcomes: dict[str, str] = {}
        """How nodes ended; `never`: without a record, since the execution was ending."""
        self.errors: dict[str, str] = {}
        """The node with whose failure that of a node began."""
        self.came: dict[str, Any] = {}
        """What came to each node, without what its own join adds to that."""
        self.given: dict[str, Any] = {}
        self.conflicts: dict[str, list[str]] = {}
        self.produced: dict[str, Any] = {}
        self.sent: dict[tuple[str, str], Any] = {}
        """The record that goes over the edges of a kind, by node and kind."""
        self.owed: dict[str, list[Any]] = {}
        """The records that are due at once, before anything else happens; one of those of a node."""
        self.interrupted: dict[str, tuple[str | None, ...]] = {}
        """The nodes whose attempts are to end now, with what the log says of it: one of these."""
        self.kept: dict[str, tuple[Any, ...]] = {}
        """What came with signals that nobody has taken yet, by their names."""
        self.answered: set[str] = set()
        """The nodes that took a signal."""
        self.early: tuple[str, ...] = ()
        """The nodes whose joins decided in this step, before all of their tokens were in."""
        self.rescuing: set[str] = set()
        self.ending: Ending | None = None
        self.is_stopped = False
        self.absorbed = 0
        self.late = 0
        self.retries = 0

    def copied(self):
        """Return a state that can be changed without changing this one."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | set):
                setattr(other, name, value.copy())
        other.inbox = {node: tokens.copy() for node, tokens in self.inbox.items()}
        return other

    # --- what a node is given ---

    def receive(self, node):
        """Work out the record that a node is given, and the keys on which unordered nodes disagree."""
        records = [
            self.sent[edge.source, edge.on]
            for place, edge in self.workflow.incoming[node]
            if self.inbox[node].get(place) == "value"
        ]
        record, self.conflicts[node] = merged(records or [made_by(None, self.workflow.input)], self.workflow.descends)
        self.came[node] = record
        self.given[node] = record | made_by((node, "success"), self.outcomes_of_sources(node))

    def outcomes_of_sources(self, node):
        """Return what a node that waits until all have settled is given besides its record, and produces first."""
        join, incoming = self.workflow.nodes[node].join, self.workflow.incoming[node]
        if not incoming or "all_settled" not in {join.rule, join.otherwise}:
            return {}
        tokens = self.inbox[node]
        return {"outcomes": [self._outcome(edge, tokens[place]) for place, edge in incoming if place in tokens]}

    def _outcome(self, edge, token):
        outcome = {"node": edge.source, "outcome": token}
        return outcome | {"value": self.value_over(edge)} if token == VALUE else outcome

    def value_over(self, edge):
        """Return what went over an edge, without what its source had been given."""
        if edge.on == "success":
            return self.produced[edge.source]
        origin = (edge.source, edge.on)
        return {key: value for key, (value, made_by_whom) in self.sent[origin].items() if made_by_whom == origin}

    def produced_by(self, node, returned):
        """Return what a node produces when its attempt returned something."""
        return returned if self.workflow.nodes[node].emit == "replace" else self.outcomes_of_sources(node) | returned

    def payload(self, node, produced):
        """Return the record that goes over `success` edges when a node produced something."""
        base = {} if self.workflow.nodes[node].emit == "replace" else self.given[node]
        return base | made_by((node, "success"), produced)

    def told(self, node, on, keys):
        """Return the record that goes over `failure` or `always` edges."""
        return self.came[node] | made_by((node, on), keys)

    def tokens_over(self, node, on, record, chosen=None):
        """Return what the edges of a kind carry for a record, by place; raises `ExpressionError`."""
        return {
            place: "value" if self.is_taken(edge, plain(record), chosen) else "skipped"
            for place, edge in self.workflow.edges_on(node, on)
        }

    def is_taken(self, edge, record, chosen):
        """Say whether an edge carries a record, where its source chose some handles; raises `ExpressionError`."""
        branches = edge.on == "success" and self.workflow.scripts[edge.source].handles is not None
        if branches and chosen is not None and edge.source_handle is not None and edge.source_handle not in chosen:
            return False
        return self.workflow.holds(edge, record)

    # --- what a join says ---

    def verdict(self, node):
        """Return what a node's join says to the tokens that are in."""
        join, incoming = self.workflow.nodes[node].join, self.workflow.incoming[node]
        if not incoming:
            return FIRE
        rule = join.otherwise if node in self.expired else join.rule
        return verdict_of(rule, list(self.inbox[node].values()), len(incoming))

    def is_early(self, node):
        """Say whether a join has decided before all of its tokens were in."""
        return len(self.inbox[node]) < len(self.workflow.incoming[node])

    def fires_to_rescue(self, node):
        """Say whether a value came to a node over a `failure` or `always` edge, or from a rescuing node."""
        return any(
            self.inbox[node].get(place) == "value" and (edge.on != "success" or edge.source in self.rescuing)
            for place, edge in self.workflow.incoming[node]
        )

    def failed_sources(self, node):
        """Return the nodes whose failed tokens a node got, in the order of the edges, each once."""
        incoming = self.workflow.incoming[node]
        return list(dict.fromkeys(edge.source for place, edge in incoming if self.inbox[node].get(place) == "failed"))

    # --- where nodes are ---

    def number(self, node):
        """Return the number of a node's attempt that is under way or comes next."""
        return self.numbers.get(node, 1)

    def attempt(self, node):
        """Return what the attempt does that is under way or comes next."""
        return self.workflow.attempt(node, self.number(node))

    def goes_on(self, node):
        """Say whether a node goes on although the execution is ending."""
        return node in self.rescuing and not self.is_stopped

    @property
    def is_at_rest(self):
        """Nothing is under way, and nothing may begin."""
        return not (self.owed or self.interrupted or self.begun_ns or self.ready_ns)
