"""A workflow as data: what is parsed, stored and exchanged."""

from typing import Any, Literal, TypeAlias

import msgspec

from flowrt.policies import NO_POLICY, NO_WORKFLOW_POLICY, NodePolicy, WorkflowPolicy


class Quorum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A join that fires when `quorum` values are in."""

    quorum: int


JoinRule: TypeAlias = Literal["all", "any", "all_settled"] | Quorum
"""Which tokens a node waits for."""


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """When a node fires, and what becomes of those that feed it and come too late.

    In JSON a rule alone stands for a join of that rule; `{"join": "all", "within": 5, "else": "any"}` has options, and
    `{"quorum": 2, "losers": "run"}` too.
    """

    rule: JoinRule = "all"
    within: float | None = None
    """How many seconds after its first token the join becomes `otherwise`, or fails without one; `None` is no limit."""
    otherwise: JoinRule | None = None
    """`else` in JSON: the rule from then on, for the tokens that are in and those that come."""
    losers: Literal["cancel", "run"] = "cancel"
    """What becomes of nodes that feed nothing but this join, when it decides before they have ended."""


WAIT_FOR_ALL = Join()
EdgeOn: TypeAlias = Literal["success", "failure", "always"]
"""At which end of its source an edge carries a value."""
ParameterType: TypeAlias = Literal["string", "number", "integer", "boolean", "array", "object", "any"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One named part of a workflow's input."""

    name: str
    type: ParameterType = "any"
    required: bool = True
    default: Any = msgspec.UNSET
    description: str = ""
    extra: dict[str, Any] = {}
    """Keys that flowrt does not read: kept for export."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a workflow."""

    id: str
    type: str
    data: dict[str, Any] = {}
    """What the node's type reads, and whatever an editor keeps there."""
    policy: NodePolicy = NO_POLICY
    join: Join = WAIT_FOR_ALL
    emit: Literal["merge", "replace"] = "merge"
    """`merge`: the node sends on its record with what it produced; `replace`: only what it produced."""
    extra: dict[str, Any] = {}
    """Keys that flowrt does not read, such as an editor's `position`: kept for export."""


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One edge of a workflow."""

    source: str
    target: str
    id: str | None = None
    source_handle: str | None = None
    """`sourceHandle` in JSON: the branch of the source that this edge belongs to; `None`: always taken."""
    condition: str | None = None
    """An expression over the source's record; the edge carries `skipped` where it does not hold."""
    on: EdgeOn = "success"
    """`success`: what the source produced; `failure`: its error; `always`: its outcome, with either."""
    extra: dict[str, Any] = {}


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as data. It is sound: parsing refuses anything else."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    version: int | None = None
    parameters: tuple[Parameter, ...] = ()
    """What the input must hold; empty: any JSON object."""
    result: str | None = None
    """The id of the node whose payload is the result; `None`: the end nodes decide."""
    policy: WorkflowPolicy = NO_WORKFLOW_POLICY
    extra: dict[str, Any] = {}
