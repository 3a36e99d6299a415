"""A workflow as data: what is parsed, stored and exchanged."""

from typing import Any, Literal, TypeAlias

import msgspec

from flowrt.policies import NO_POLICY, NodePolicy


class Quorum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A join that fires when `quorum` values are in."""

    quorum: int


Join: TypeAlias = Literal["all", "any", "all_settled"] | Quorum
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
    join: Join = "all"
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
    on: Literal["success"] = "success"
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
    extra: dict[str, Any] = {}
