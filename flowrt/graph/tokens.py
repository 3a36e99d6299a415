"""The tokens of one execution: what every edge carried, and which joins they decided. Pure; no clock, no tasks."""

from collections import deque
from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from flowrt.definition.model import JoinRule
from flowrt.graph.edges import PlanEdge
from flowrt.graph.joins import Token, Verdict, judge, may_decide
from flowrt.graph.plan import Plan, PlanNode, by_last_edge
from flowrt.graph.progress import Progress


class News(Enum):
    """What tokens did to a node, beside letting it fire."""

    OPENED = "opened"
    """The first token came to a join that has a time."""
    DECIDED_EARLY = "decided early"
    """The join decided before all tokens were in, and nodes that feed nothing else are to be cancelled."""
    SKIPPED = "skipped"
    FAILED = "failed"
    TIMED_OUT = "timed out"


NONE: Mapping[int, dict[int, Token]] = MappingProxyType({})


class JoinExtras:
    """What happens to the joins of few executions."""

    __slots__ = ("closed", "late", "rescuing", "rules")

    def __init__(self) -> None:
        self.rules: dict[int, JoinRule] = {}
        """By node: the rules of joins whose time was over."""
        self.closed: set[int] = set()
        """The nodes that never fire, whatever comes."""
        self.rescuing: set[int] = set()
        """The nodes that fired because of a failure or an outcome."""
        self.late = 0
        """How many values came to joins that had decided."""


class Tokens(Progress):
    """What came over the edges of one execution. A join decides once; values that come after that are late.

    What is seldom needed is made when it is: in a million executions that wait, empty containers would weigh most.
    """

    __slots__ = ("_extras", "_fed", "inboxes", "news")

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._fed: dict[int, tuple[PlanNode, ...]] | None = None
        """By node: those that fed it, where that was not all of its plan's sources."""
        self._extras: JoinExtras | None = None
        self.inboxes: Mapping[int, dict[int, Token]] = NONE
        """By node and edge: the tokens that are no value, and all tokens of nodes that keep them."""
        self.news: deque[tuple[PlanNode, News]] | tuple[()] = ()
        """What the supervisor has to act on, in this order."""

    @property
    def late(self) -> int:
        """How many values came to joins that had decided."""
        return 0 if self._extras is None else self._extras.late

    @property
    def extras(self) -> JoinExtras:
        """What few executions need, made when one does."""
        if self._extras is None:
            self._extras = JoinExtras()
        return self._extras

    def deliver_values(self, targets: tuple[int, ...]) -> PlanNode | None:
        """Take a value for each of a node's plain targets; the first one that becomes ready, others go to `ready`."""
        nodes, missing, inboxes = self.plan.by_index, self.missing, self.inboxes
        following = ready = None
        for index in targets:
            missing[index] = left = missing[index] - 1
            if left:
                continue
            target = nodes[index]
            if not inboxes or index not in inboxes or self.judge(target):
                if following is None:
                    following = target
                elif ready is None:
                    ready = self.ready
                    ready.append(target)
                else:
                    ready.append(target)
        return following

    def deliver(self, edge: PlanEdge, token: Token) -> None:
        """Take the token of an edge; what it makes ready goes to `ready`, what else happens to `news`."""
        target = edge.target
        index = target.index
        self.missing[index] -= 1
        if self.has_decided(target):
            self.extras.late += token is Token.VALUE and index not in self.extras.closed
            return
        if token is not Token.VALUE or target.keeps_tokens:
            inbox = self._inbox(index)
            if target.kind.within_seconds is not None and not inbox:
                self._tell().append((target, News.OPENED))
            inbox[edge.index] = token
        if self.missing[index] and index not in self.inboxes:
            return
        if index not in self.inboxes or self.judge(target):
            self.ready.append(target)

    def deliver_all(self, node: PlanNode | None, tokens: Iterable[Token]) -> None:
        """Take the tokens of all edges of a node, in their order, or of a port if there is one."""
        for edge, token in zip(() if node is None else node.outgoing, tokens, strict=True):
            self.deliver(edge, token)

    def spread(self, node: PlanNode | None, token: Token) -> None:
        """Take the same token for each edge of a node, or of a port if there is one."""
        for edge in () if node is None else node.outgoing:
            self.deliver(edge, token)

    def judge(self, node: PlanNode) -> bool:
        """Say whether the node fires now; one that ends now without firing goes to `news`."""
        if self.has_decided(node):
            return False
        index = node.index
        expected = len(node.incoming)
        arrived = expected - self.missing[index]
        rule = self.rule(node)
        if not may_decide(rule, expected, arrived):
            return False
        kinds = list(self.inboxes[index].values())
        failed = kinds.count(Token.FAILED)
        others = len(kinds) - failed - kinds.count(Token.VALUE)
        verdict = judge(rule, expected, arrived - failed - others, failed, others)
        if verdict is Verdict.WAIT:
            return False
        self._decide(node)
        if verdict is Verdict.FIRE or (verdict is Verdict.SKIP and rule == "all" and not node.takes_record):
            return True  # arguments may have defaults: binding them decides whether the node is skipped
        self._tell().append((node, News.SKIPPED if verdict is Verdict.SKIP else News.FAILED))
        return False

    def expire(self, node: PlanNode) -> bool:
        """Let the time of a join be over: it goes on as what it is to become, or fails; say if it had not decided."""
        if self.has_decided(node):
            return False
        if node.kind.otherwise is None:
            self._decide(node)
            self._tell().append((node, News.TIMED_OUT))
            return True
        self.extras.rules[node.index] = node.kind.otherwise
        if self.judge(node):
            self.ready.append(node)
        return True

    def close(self, node: PlanNode) -> None:
        """Let a node that has not fired never fire, whatever comes."""
        if not self.has_decided(node):
            self.extras.closed.add(node.index)
            self.feed(node, ())
        self._inbox(node.index)

    def has_decided(self, node: PlanNode) -> bool:
        """Say whether it was decided for a node what feeds it, other than by all of its tokens being values."""
        return self._fed is not None and node.index in self._fed

    def feed(self, node: PlanNode, sources: tuple[PlanNode, ...]) -> None:
        """Say which nodes feed a node, of those that could."""
        if self._fed is None:
            self._fed = {}
        self._fed[node.index] = sources

    def sources_of(self, node: PlanNode) -> tuple[PlanNode, ...]:
        """Return the nodes whose values a node was fired with."""
        return node.sources if self._fed is None else self._fed.get(node.index, node.sources)

    def has_fired(self, node: PlanNode) -> bool:
        """Say whether a node's join has let it fire; one that has ended may have been let go otherwise."""
        return self.has_decided(node) or (not self.missing[node.index] and node.index not in self.inboxes)

    def rule(self, node: PlanNode) -> JoinRule:
        """Return the join of a node: its own, or what that has become when its time was over."""
        return node.join if self._extras is None else self._extras.rules.get(node.index, node.join)

    def token_of(self, edge: PlanEdge) -> Token | None:
        """Return what came over an edge of a node that keeps its tokens, if anything has."""
        return self.inboxes.get(edge.target.index, {}).get(edge.index)

    def missing_sources(self, node: PlanNode) -> tuple[str, ...]:
        """Return the ids of the nodes from which a node that keeps its tokens still waits for one."""
        tokens = self.inboxes.get(node.index, {})
        return tuple(dict.fromkeys(edge.source.id for edge in node.incoming if edge.index not in tokens))

    def failed_sources(self, node: PlanNode) -> tuple[str, ...]:
        """Return the ids of the nodes whose failed tokens a node got, each once, in the order of the edges."""
        tokens = self.inboxes.get(node.index, {})
        return tuple(dict.fromkeys(e.source.id for e in node.incoming if tokens.get(e.index) is Token.FAILED))

    def rescues(self, node: PlanNode) -> bool:
        """Say whether a node fired because of a failure or an outcome: it runs although the execution is ending."""
        return self._extras is not None and node.index in self._extras.rescuing

    def _inbox(self, index: int) -> dict[int, Token]:
        if not isinstance(self.inboxes, dict):
            self.inboxes = {}
        return self.inboxes.setdefault(index, {})

    def _tell(self) -> deque[tuple[PlanNode, News]]:
        if not isinstance(self.news, deque):
            self.news = deque()
        return self.news

    def _decide(self, node: PlanNode) -> None:
        index = node.index
        tokens = self.inboxes[index]
        default = None if node.keeps_tokens else Token.VALUE
        valued = [edge for edge in node.incoming if tokens.get(edge.index, default) is Token.VALUE]
        self.feed(node, by_last_edge(valued))
        if node.kind.can_rescue and any(edge.source.kind.is_port or self.rescues(edge.source) for edge in valued):
            self.extras.rescuing.add(index)
        if node.kind.cancels_losers and self.missing[index]:
            self._tell().appendleft((node, News.DECIDED_EARLY))  # first: what else these tokens end may be a loser
