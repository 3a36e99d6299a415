"""How a Python step's parameters are wired: where each argument comes from."""

from typing import Any, TypeAlias

import msgspec


class FromInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is a parameter of the workflow."""

    input: str


class FromNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is what another node produced."""

    node: str


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


class FromOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is the `NodeOutcome` of another node, over an `always` edge."""

    outcome: str


class FirstOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The argument is the first of these that has a value; branches that were not taken have none."""

    first: tuple[Any, ...]


Argument: TypeAlias = FromInput | FromNode | FromFailure | FromOutcome | FirstOf | Constant | ListOf | DictOf
"""In JSON: `{"input": "lead"}`, `{"node": "enrich"}`, `{"failure": "enrich"}`, `{"outcome": "enrich"}`,
`{"first": [...]}`, `{"value": 3}`, `{"list": [...]}` or `{"dict": {...}}`."""
