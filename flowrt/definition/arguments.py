"""How a Python step's parameters are wired: where each argument comes from."""

from typing import Any, Literal, TypeAlias

import msgspec


class FromInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is a parameter of the workflow."""

    input: str

    def __str__(self) -> str:
        return f"the parameter {self.input!r}"


class FromNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is what another node produced."""

    node: str

    def __str__(self) -> str:
        return f"the result of {self.node!r}"


class Constant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is a value that stands in the workflow."""

    value: Any


class ListOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is a list of arguments."""

    list: tuple[Any, ...]


class DictOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is a dict of arguments."""

    dict: dict[str, Any]


class FromFailure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is the `NodeFailure` of another node, over a `failure` edge."""

    failure: str

    def __str__(self) -> str:
        return f"the failure of {self.failure!r}"


class FromOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is the `NodeOutcome` of another node, over an `always` edge."""

    outcome: str

    def __str__(self) -> str:
        return f"the outcome of {self.outcome!r}"


Gives: TypeAlias = Literal["value", "values", "outcomes"]
"""What a join passes on: the first value, a list of the values, or a list of how the nodes ended."""


class Arrived(msgspec.Struct, frozen=True):
    """The argument is what came over the edges into the node, in their order. Only `join` nodes have it."""

    gives: Gives


Flag: TypeAlias = FromInput | FromNode
"""What decides whether a node runs: true or false when it is there."""
Argument: TypeAlias = FromInput | FromNode | FromFailure | FromOutcome | Arrived | Constant | ListOf | DictOf
"""In JSON: `{"input": "lead"}`, `{"node": "enrich"}`, `{"failure": "enrich"}`, `{"outcome": "enrich"}`,
`{"value": 3}`, `{"list": [...]}` or `{"dict": {...}}`."""
