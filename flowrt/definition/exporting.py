"""From a definition back to JSON."""

from typing import Any, cast

import msgspec

from flowrt.definition.json_kinds import kind_of
from flowrt.definition.model import WAIT_FOR_ALL, Definition, Edge, Join, Node, Parameter, Quorum
from flowrt.errors import DefinitionError, Problem
from flowrt.policies import NO_POLICY, NO_WORKFLOW_POLICY


def export_definition(definition: Definition) -> dict[str, Any]:
    """Return the definition as a JSON object: the inverse of `load_definition`.

    What has its default is left out, what flowrt does not read stands where it stood. The object shares nothing with
    the definition.

    Raises:
        TypeError: It is no definition.
        DefinitionError: The definition was made in Python and holds a value that JSON does not have.
    """
    if not isinstance(cast("object", definition), Definition):
        raise TypeError(f"found {definition!r:.80}, expected a Definition, such as `load_definition(...).definition`")
    exported: dict[str, Any] = msgspec.json.decode(_encode(_workflow(definition), definition.name))
    return exported


def canonical_json(definition: Definition) -> bytes:
    """Return the definition as JSON that is the same for equal definitions: keys sorted, no spaces, in UTF-8.

    Raises:
        DefinitionError: As for `export_definition`.
    """
    return _encode(_workflow(definition), definition.name, is_sorted=True)


def _encode(exported: dict[str, Any], name: str, *, is_sorted: bool = False) -> bytes:
    try:
        return msgspec.json.encode(exported, order="sorted" if is_sorted else None, enc_hook=_refuse)
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise DefinitionError((Problem("", f"it can't be written as JSON: {error}"),), name) from error


def _refuse(value: Any) -> Any:
    message = f"it holds {kind_of(value)} of Python, {value!r:.80}"
    raise TypeError(message)


def _workflow(definition: Definition) -> dict[str, Any]:
    exported: dict[str, Any] = {"name": definition.name}
    if definition.version is not None:
        exported["version"] = definition.version
    if definition.parameters:
        exported["parameters"] = [_parameter(parameter) for parameter in definition.parameters]
    exported["nodes"] = [_node(node) for node in definition.nodes]
    exported["edges"] = [_edge(edge) for edge in definition.edges]
    if definition.result is not None:
        exported["result"] = definition.result
    if definition.policy != NO_WORKFLOW_POLICY:
        exported["policy"] = without_defaults(definition.policy)
    return exported | definition.extra


def _parameter(parameter: Parameter) -> dict[str, Any]:
    exported = without_defaults(parameter)
    extra: dict[str, Any] = exported.pop("extra", {})
    return exported | extra


def _node(node: Node) -> dict[str, Any]:
    exported: dict[str, Any] = {"id": node.id, "type": node.type}
    if node.data:
        exported["data"] = node.data
    if node.policy != NO_POLICY:
        exported["policy"] = without_defaults(node.policy)
    if node.join != WAIT_FOR_ALL:
        exported["join"] = _join(node.join)
    if node.emit != "merge":
        exported["emit"] = node.emit
    return exported | node.extra


def _join(join: Join) -> Any:
    """Return the shortest form of a join."""
    options: dict[str, Any] = {} if join.within is None else {"within": join.within}
    if join.otherwise is not None:
        options["else"] = join.otherwise
    if join.losers != "cancel":
        options["losers"] = join.losers
    if not options:
        return join.rule
    rule = {"quorum": join.rule.quorum} if isinstance(join.rule, Quorum) else {"join": join.rule}
    return rule | options


def _edge(edge: Edge) -> dict[str, Any]:
    exported: dict[str, Any] = {} if edge.id is None else {"id": edge.id}
    exported |= {"source": edge.source, "target": edge.target}
    if edge.source_handle is not None:
        exported["sourceHandle"] = edge.source_handle
    if edge.condition is not None:
        exported["condition"] = edge.condition
    if edge.on != "success":
        exported["on"] = edge.on
    return exported | edge.extra


def without_defaults(struct: msgspec.Struct) -> dict[str, Any]:
    """Return the fields of a policy or the like as JSON writes them: those that have another value than by default."""
    exported: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if value != default and value is not msgspec.UNSET:
            exported[field.encode_name] = without_defaults(value) if isinstance(value, msgspec.Struct) else value
    return exported
