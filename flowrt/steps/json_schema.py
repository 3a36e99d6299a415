"""JSON Schemas that come with a definition: checked before they are used, and never fetched from anywhere."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.validators import validator_for
from jsonschema_specifications import REGISTRY as SPECIFICATIONS  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT7, specification_with

from flowrt.definition.expression_kinds import is_list, is_object
from flowrt.errors import Problem
from flowrt.steps.data import pointer

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

LONGEST_MESSAGE = 300
"""How many characters of a message are kept: it may quote a whole record."""
_PLAIN_VALUES = frozenset({"const", "default", "enum", "examples"})
"""Keywords whose values are data, not schemas."""


def make_validator(schema: dict[str, Any], problems: list[Problem], *place: str) -> "Validator | None":
    """Return what checks values against the schema: draft 7, unless its `$schema` says otherwise.

    Args:
        schema: The schema.
        problems: Where the schema's problems are added; then the result is `None`.
        place: The keys that lead to the schema in `data`.
    """
    kind = validator_for(schema, default=jsonschema.Draft7Validator)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as error:
        message = f"it is no valid JSON Schema: {error.message[:LONGEST_MESSAGE]}"
        problems.append(Problem(pointer(*place, *error.absolute_path), message))
        return None
    before = len(problems)
    problems.extend(_unknown_references(schema, place))
    return kind(schema, registry=SPECIFICATIONS) if len(problems) == before else None


def _unknown_references(schema: dict[str, Any], place: tuple[str, ...]) -> Iterator[Problem]:
    found = list(_references(schema, place))
    if any(keyword == "$id" and path != (*place, "$id") for path, keyword, _ in found):
        return  # references are relative to the nested addresses; a wrong one fails the node, and fetches nothing
    dialect = specification_with(str(schema.get("$schema", "")), default=DRAFT7)
    address = str(schema.get("$id", ""))
    resolver = SPECIFICATIONS.with_resource(address, dialect.create_resource(schema)).resolver(address)
    for path, keyword, reference in found:
        if keyword == "$id":
            continue
        try:
            resolver.lookup(reference)
        except Unresolvable:
            advice = "nothing is fetched: put the schema under `$defs` and refer to it by `#/$defs/...`"
            yield Problem(pointer(*path), f"the reference {reference[:LONGEST_MESSAGE]!r} leads nowhere; {advice}")


def _references(schema: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """Find the `$ref` and nested `$id` of a schema, each with its place."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [(place, schema)]
    while waiting:
        path, part = waiting.pop()
        children = part.items() if is_object(part) else enumerate(part) if is_list(part) else ()
        for key, value in children:
            if key in {"$ref", "$id"} and isinstance(value, str):
                yield (*path, key), key, value
            elif key not in _PLAIN_VALUES:
                waiting.append(((*path, key), value))
