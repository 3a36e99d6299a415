"""What many nodes of a plan have in common."""

from typing import NamedTuple

import msgspec

from flowrt.definition.model import JoinRule, Node, Quorum
from flowrt.graph.edges import PlanEdges
from flowrt.policies import NodePolicy, OnError
from flowrt.typing import BoundStep


class NodeKind(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What nodes have in common that call the same function, under the same policies, with the same join."""

    edges: PlanEdges
    """All edges of the plan."""
    type: str
    is_port: bool = False
    is_async: bool
    """The step is a coroutine function."""
    is_placed: bool
    """The step runs in a thread or process."""
    takes_record: bool
    """The step takes a record and produces keys of it; otherwise arguments, and it produces a value."""
    emits_only_produced: bool
    gets_outcomes: bool
    """The step is given a list of what came over each edge, and what it produces begins with that."""
    output_key: str | None
    join: JoinRule
    within_seconds: float | None
    """How long after the first token the join becomes `otherwise`."""
    otherwise: JoinRule | None
    """`None`: the join fails then."""
    cancels_losers: bool
    """Nodes that feed only this one are cancelled when its join decides before all tokens are in."""
    keeps_tokens: bool
    """Every token is kept by its edge, not only those that are no value."""
    can_rescue: bool
    """It may fire because of a failure or an outcome: one of its ancestors is a port."""
    policy: NodePolicy
    on_error: OnError

    @property
    def adds_to_record(self) -> bool:
        """What the step returns is added to the node's record as it is."""
        is_as_it_is = not (self.emits_only_produced or self.gets_outcomes) and self.output_key is None
        return self.takes_record and is_as_it_is


class Standing(NamedTuple):
    """What its edges make of a node."""

    keeps_tokens: bool = False
    """It does not wait for all, or may fire because of a failure."""
    can_rescue: bool = False
    """One of its ancestors is a port."""
    is_plain: bool = True
    """Its edges always carry values when it ends with one, and none of their targets keeps its tokens."""
    is_dispensable: bool = False
    """It has edges, and all of them end in joins that may do without it."""
    is_fed: bool = True
    """It has a source; looked at only where its join settles."""
    gets_values: bool = False
    """It takes a record, and one of its sources may send something else."""


USUAL = Standing()


def kind_of(node: Node, step: BoundStep, edges: PlanEdges, standing: Standing, *, is_async: bool) -> NodeKind:
    """Return the kind of a node.

    Args:
        node: The node as the definition has it.
        step: Its step.
        edges: All edges of the plan.
        standing: What its own edges make of it.
        is_async: The step is a coroutine function.
    """
    policy, join, takes_record = node.policy, node.join, step.arguments is None
    is_placed = policy.placement != "inline"
    settles = "all_settled" in (join.rule, join.otherwise)
    return NodeKind(
        edges=edges,
        type=node.type,
        is_async=is_async and not is_placed,
        is_placed=is_placed,
        takes_record=takes_record,
        emits_only_produced=node.emit == "replace",
        gets_outcomes=settles and takes_record and standing.is_fed,
        output_key=step.output_key,
        join="any" if join.rule == Quorum(1) else join.rule,
        within_seconds=join.within,
        otherwise=join.otherwise,
        cancels_losers=join.losers == "cancel",
        keeps_tokens=standing.keeps_tokens,
        can_rescue=standing.can_rescue,
        policy=policy,
        on_error=policy.on_error or ("continue" if standing.is_dispensable else "fail"),
    )


def port_kind(kind: NodeKind, end: str) -> NodeKind:
    """Return the kind of a port of a node.

    Args:
        kind: That of the node.
        end: At what end of the node the port's edges carry a value.
    """
    return msgspec.structs.replace(
        kind,
        type=end,
        is_port=True,
        is_async=False,
        is_placed=False,
        emits_only_produced=False,
        gets_outcomes=False,
        output_key=None,
        join="all",
        within_seconds=None,
        otherwise=None,
        cancels_losers=False,
        keeps_tokens=kind.can_rescue,
    )
