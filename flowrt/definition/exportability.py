"""What keeps a Python workflow from being run from its JSON form."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import msgspec

from flowrt.definition.arguments import Argument, Constant, DictOf, ListOf
from flowrt.definition.constants import comes_back, json_form
from flowrt.definition.findings import to_pointer
from flowrt.definition.function_path import why_not_importable
from flowrt.definition.inputs import InputParameter
from flowrt.definition.recorded_nodes import RecordedCall, RecordedNode
from flowrt.definition.type_conversion import entry_type, item_type
from flowrt.errors import Problem
from flowrt.policies import Default

_Path: TypeAlias = tuple[str | int, ...]
_ADVICE = "JSON has no form that becomes it again: pass it as a parameter, or make it in a step"


def export_problems(nodes: Iterable[RecordedNode], parameters: Iterable[InputParameter]) -> tuple[Problem, ...]:
    """Return everything that is in the way, with its place in the exported JSON."""
    problems: list[Problem] = []
    for place, parameter in enumerate(parameters):
        value = parameter.default
        if value is not msgspec.UNSET and not _survives(value, parameter.type):
            message = f"the default of {parameter.name!r} is {_shown(value)}: {_ADVICE}"
            problems.append(Problem(to_pointer(("parameters", place, "default")), message))
    for place, node in enumerate(nodes):
        if isinstance(node, RecordedCall):
            found = _call_problems(node, ("nodes", place))
            problems += [Problem(to_pointer(where), message) for where, message in found]
    return tuple(problems)


def _call_problems(node: RecordedCall, path: _Path) -> Iterator[tuple[_Path, str]]:
    reason = why_not_importable(node.step.function)
    if reason is not None:
        yield (*path, "data", "function"), f"the step {node.step.name!r} can't be found by a path: {reason}"
    for name, argument in node.arguments.items():
        for where, value in _lost(argument, node.step.signature.type_of(name), (*path, "data", "arguments", name)):
            yield where, f"the argument is {_shown(value)}: {_ADVICE}"
    on_error = node.step.policy.on_error
    if isinstance(on_error, Default) and not _survives(on_error.default, Any):
        yield (*path, "policy", "on_error"), f"the default is {_shown(on_error.default)}: {_ADVICE}"


def _lost(argument: Argument, wanted: Any, path: _Path) -> Iterator[tuple[_Path, Any]]:
    """Find the constants that can't be made of JSON again."""
    match argument:
        case Constant(value) if not _survives(value, wanted):
            yield path, value
        case ListOf(items):
            for place, item in enumerate(items):
                yield from _lost(item, item_type(wanted), (*path, "list", place))
        case DictOf(entries):
            for key, entry in entries.items():
                yield from _lost(entry, entry_type(wanted), (*path, "dict", key))
        case _:
            pass


def _survives(value: Any, wanted: Any) -> bool:
    form = json_form(value)
    return form is not msgspec.UNSET and (comes_back(value, form, wanted) or comes_back(value, form, Any))


def _shown(value: Any) -> str:
    return f"{value!r:.80}"
