"""The arguments of a `python` node: from JSON to what the function's parameters are wired to."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from flowrt.definition.arguments import (
    Argument,
    Constant,
    DictOf,
    FromFailure,
    FromInput,
    FromNode,
    FromOutcome,
    ListOf,
)
from flowrt.definition.json_kinds import is_object
from flowrt.definition.nearest import NearestNames
from flowrt.definition.signature import FunctionSignature
from flowrt.definition.type_conversion import converter_for, entry_type, item_type
from flowrt.errors import Problem
from flowrt.steps.data import pointer

_FORMS: Mapping[str, Any] = {
    "input": FromInput,
    "node": FromNode,
    "failure": FromFailure,
    "outcome": FromOutcome,
    "value": Constant,
    "list": ListOf,
    "dict": DictOf,
}
_EXAMPLES = '{"node": "enrich"}, {"input": "lead"}, {"value": 3}, {"list": [...]} or {"dict": {...}}'
_Path: TypeAlias = tuple[str | int, ...]


def argument_form(found: Any) -> Argument | None:
    """Return an argument as it is written, its parts as they are; `None` if it is none."""
    form = _FORMS.get(next(iter(found))) if is_object(found) and len(found) == 1 else None
    try:
        argument: Argument | None = None if form is None else msgspec.convert(found, form)
    except msgspec.ValidationError:
        return None
    return argument


class ArgumentParser:
    """Parses the arguments of one node.

    Args:
        signature: What the function takes.
    """

    def __init__(self, signature: FunctionSignature) -> None:
        self.problems: list[Problem] = []
        self.input_types: dict[str, Any] = {}
        """For each parameter of the workflow that is read: the type that the function wants."""
        self._signature = signature

    def parse(self, written: Mapping[str, Any]) -> dict[str, Argument]:
        """Return the arguments by parameter, constants converted to the parameters' types."""
        known = self._signature.parameters
        for name in written:
            if name not in known:
                hint = NearestNames().hint(name, known) or f"; it takes {self._signature}"
                self._report(("arguments", name), f"the function has no parameter {name!r}{hint}")
        for name in self._signature.missing(written):
            self._report(("arguments",), f"the argument {name!r} is missing; the function takes {self._signature}")
        types = {name: self._signature.type_of(name) for name in known}
        return {name: self._parse(written[name], types[name], ("arguments", name)) for name in known if name in written}

    def _parse(self, found: Any, wanted: Any, path: _Path) -> Argument:
        argument = argument_form(found)
        match argument:
            case FromInput(name):
                self.input_types.setdefault(name, wanted)
            case Constant(value):
                return self._constant(value, wanted, (*path, "value"))
            case ListOf(items):
                kind = item_type(wanted)
                return ListOf(tuple(self._parse(item, kind, (*path, "list", at)) for at, item in enumerate(items)))
            case DictOf(entries):
                kind = entry_type(wanted)
                return DictOf({key: self._parse(entry, kind, (*path, "dict", key)) for key, entry in entries.items()})
            case None:
                self._report(path, f"expected an argument, such as {_EXAMPLES}")
            case _:
                pass
        return argument or Constant(None)

    def _constant(self, value: Any, wanted: Any, path: _Path) -> Constant:
        try:
            return Constant(converter_for(wanted)(value))
        except msgspec.ValidationError as error:
            self._report(path, f"it does not fit the parameter: {str(error).replace('`$', '`value')}")
        return Constant(value)

    def _report(self, path: _Path, message: str) -> None:
        self.problems.append(Problem(pointer(*path), message))
