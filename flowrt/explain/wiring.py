"""How a node with arguments is called, and whether it is: read from the definition."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from flowrt.definition.arguments import (
    DictOf,
    Flag,
    FromFailure,
    FromInput,
    FromNode,
    FromOutcome,
    ListOf,
)
from flowrt.definition.json_kinds import is_array, is_object
from flowrt.definition.model import EdgeOn, Node
from flowrt.steps.python_arguments import argument_form

Source: TypeAlias = tuple[str, EdgeOn]
"""A node, and which edge of it brings an argument."""


class Gate(NamedTuple):
    """A flag of a node, and what it must be."""

    flag: Flag
    wanted: bool

    @property
    def name(self) -> str:
        """What the flag is, for a person."""
        if isinstance(self.flag, FromInput):
            return f"the workflow's parameter {self.flag.input!r}"
        return f"the result of {self.flag.node!r}"


class FlagFact(NamedTuple):
    """What a flag of a node was when that was to run."""

    value: bool | None
    """`None`: nobody can tell, or it has no value."""
    is_there: bool | None
    """It has a value; `None`: nobody can tell."""


class Wiring(NamedTuple):
    """What a node depends on besides its join."""

    gates: tuple[Gate, ...]
    parameters: Mapping[str, frozenset[Source]]
    """By parameter: the nodes whose results it is made of; only those that are made of any."""


def takes_arguments(node: Node) -> bool:
    """Say whether a node is called with arguments, so that it may be skipped although its join was met."""
    return node.type == "branch" or "arguments" in node.data


def read_wiring(node: Node) -> Wiring | None:
    """Return what a node depends on besides its join; `None` if it takes its record, or is of an unknown type."""
    data = node.data
    if node.type == "branch":
        arguments = {"value": data.get("value")}
    elif node.type == "python" and is_object(found := data.get("arguments")):
        arguments = found
    else:
        return None
    sources = {name: frozenset(_sources(written)) for name, written in arguments.items()}
    gates = (*_gates(data.get("when"), wanted=True), *_gates(data.get("unless"), wanted=False))
    return Wiring(gates, {name: found for name, found in sources.items() if found})


def _gates(written: Any, *, wanted: bool) -> Iterator[Gate]:
    for flag in map(argument_form, written if is_array(written) else ()):
        if isinstance(flag, FromInput | FromNode):
            yield Gate(flag, wanted)


def _sources(written: Any) -> Iterator[Source]:
    match argument_form(written):
        case FromNode(node):
            yield node, "success"
        case FromFailure(node):
            yield node, "failure"
        case FromOutcome(node):
            yield node, "always"
        case ListOf(items):
            for item in items:
                yield from _sources(item)
        case DictOf(entries):
            for entry in entries.values():
                yield from _sources(entry)
        case _:
            return
