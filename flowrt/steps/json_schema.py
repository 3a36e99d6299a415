"""JSON Schemas that come with a definition: checked before they are used, bounded in work, fetched from nowhere."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, cast

import jsonschema
from jsonschema import validators
from jsonschema_specifications import REGISTRY as SPECIFICATIONS  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT7, specification_with

from flowrt.definition.expression_kinds import is_list, is_mapping
from flowrt.errors import FlowrtError, Problem
from flowrt.steps.data import pointer
from flowrt.steps.multiples import exact_multiple_of
from flowrt.steps.patterns import compile_pattern, pattern_keywords

Misfits: TypeAlias = Callable[[Any], Iterator[tuple[str, str]]]
"""Yields the path and the message of everything in a value that does not fit a schema."""

MOST_CHECKS = 200_000
"""How many keywords may be checked for one value: references can double the work with every line of a schema."""
LONGEST_MESSAGE = 300
"""How many characters of a message are kept: it may quote a whole record."""
NOTHING_IS_FETCHED = "nothing is fetched: put the schema under `$defs` and refer to it by `#/$defs/...`"
_PLAIN_VALUES = frozenset({"const", "default", "enum", "examples"})
"""Keywords whose values are data, not schemas."""
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"})
"""Keywords whose values are schemas by names, which are no keywords."""
UNEVALUATED = "unevaluatedProperties"
"""Which asks what patterns matched that no bound can be set to."""
_REFERENCES = frozenset({"$ref", "$dynamicRef"})
_TOLD = _REFERENCES | {"$id", "$schema", "pattern", UNEVALUATED}
MOST_HOPS = 10
"""How many references in a row are followed to find that they lead in a circle."""


class SchemaWorkError(FlowrtError):
    """To check a value against a schema takes too much work."""

    def __str__(self) -> str:
        return f"the schema needs more than {MOST_CHECKS} checks for this data: make it simpler, or the data smaller"


class SchemaReferenceError(FlowrtError):
    """A reference leads nowhere, from a part of a schema that has an address of its own.

    Args:
        reference: The reference.
    """

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference

    def __str__(self) -> str:
        return f"the reference {self.reference[:LONGEST_MESSAGE]!r} in the schema leads nowhere; {NOTHING_IS_FETCHED}"


def make_checker(schema: Mapping[str, Any], problems: list[Problem], *place: str) -> Misfits | None:
    """Return what checks values against the schema: draft 7, unless its `$schema` says otherwise.

    What it returns may be called in any thread, and raises `SchemaWorkError` rather than work without bound, and
    `SchemaReferenceError` for a reference that could not be looked up before.

    Args:
        schema: The schema.
        problems: Where the schema's problems are added; then the result is `None`.
        place: The keys that lead to the schema in `data`.
    """
    kind: Any = validators.validator_for(schema, default=jsonschema.Draft7Validator)
    try:
        kind.check_schema(dict(schema), format_checker=None)  # which would judge patterns by Python's `re`
    except jsonschema.SchemaError as error:
        message = f"it is no valid JSON Schema: {error.message[:LONGEST_MESSAGE]}"
        problems.append(Problem(pointer(*place, *error.absolute_path), message))
        return None
    before = len(problems)
    problems.extend(_unsound_references(kind, schema, place))
    problems.extend(_unsound_patterns(kind, schema, place))
    return None if len(problems) > before else _bounded(kind, schema)


def _bounded(kind: Any, schema: Mapping[str, Any]) -> Misfits:
    budget = _Budget()
    usual = kind.VALIDATORS
    multiples = {"multipleOf": exact_multiple_of(usual["multipleOf"])} if "multipleOf" in usual else {}
    checks = {**usual, **pattern_keywords(usual, budget.spend), **multiples}
    keywords = {keyword: budget.counted(keyword, check) for keyword, check in checks.items()}
    plain = {key: value for key, value in schema.items() if key != "$schema"}  # it would bring the unbounded kind back
    extend: Any = cast("Any", validators).extend  # it has no annotations
    validator = extend(kind, keywords)(plain, registry=SPECIFICATIONS)

    def misfits(value: Any) -> Iterator[tuple[str, str]]:
        budget.left = MOST_CHECKS
        try:
            for error in validator.iter_errors(value):
                yield ".".join(map(str, error.absolute_path)) or "root", error.message[:LONGEST_MESSAGE]
        except RecursionError:
            raise SchemaWorkError from None
        except Unresolvable as error:
            raise SchemaReferenceError(str(error.ref)) from None

    return misfits


class _Budget(threading.local):
    left = MOST_CHECKS

    def spend(self, checks: int) -> None:
        self.left -= checks
        if self.left < 0:
            raise SchemaWorkError

    def counted(self, keyword: str, check: Callable[..., Any]) -> Callable[..., Any]:
        def checked(validator: Any, keyword_value: Any, instance: Any, schema: Any) -> Any:
            self.spend(1)
            if keyword == "uniqueItems" and is_list(instance):
                self.spend(len(instance) * len(instance) // 16)  # each with each, where they can't be sorted
            return check(validator, keyword_value, instance, schema)

        return checked


def _unsound_patterns(kind: Any, schema: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[Problem]:
    found = list(_found(schema, place))
    for path, keyword, pattern in found:
        try:
            _ = compile_pattern(pattern) if keyword == "pattern" else None
        except ValueError as error:
            advice = "use what RE2 knows, which has no look-around and no back-references"
            yield Problem(pointer(*path), f"the pattern {pattern[:LONGEST_MESSAGE]!r} can't be used: {error}; {advice}")
    if UNEVALUATED in kind.VALIDATORS and any("patternProperties" in path for path, _, _ in found):
        for path, keyword, _ in found:
            if keyword == UNEVALUATED:
                advice = "use `additionalProperties`"
                yield Problem(pointer(*path), f"it can't stand in one schema with `patternProperties`: {advice}")


def _unsound_references(kind: Any, schema: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[Problem]:
    found = list(_found(schema, place))
    for path, keyword, _ in found:
        if keyword == "$schema" and path != (*place, "$schema"):
            yield Problem(pointer(*path), "only a whole schema says which draft it follows: remove it here")
    if any(keyword == "$id" and path != (*place, "$id") for path, keyword, _ in found):
        return  # references are relative to the nested addresses; a wrong one fails the node, and fetches nothing
    address = str(schema.get("$id", ""))
    resource = specification_with(str(schema.get("$schema", "")), default=DRAFT7).create_resource(schema)
    resolver = SPECIFICATIONS.with_resource(address, resource).resolver(address)
    for path, keyword, reference in found:
        try:
            is_endless = keyword in _REFERENCES & kind.VALIDATORS.keys() and _is_endless(resolver, reference)
        except Unresolvable:
            message = f"the reference {reference[:LONGEST_MESSAGE]!r} leads nowhere; {NOTHING_IS_FETCHED}"
            yield Problem(pointer(*path), message)
        else:
            if is_endless:
                yield Problem(pointer(*path), f"the reference {reference[:LONGEST_MESSAGE]!r} leads back to itself")


def _is_endless(resolver: Any, reference: str) -> bool:
    """Say whether a reference leads in a circle of nothing but references.

    Raises:
        Unresolvable: It leads nowhere.
    """
    seen: set[int] = set()
    for _ in range(MOST_HOPS):
        found = resolver.lookup(reference)
        resolver, part = found.resolver, found.contents
        if id(part) in seen:
            return True
        seen.add(id(part))
        following = part.get("$ref") if is_mapping(part) else None
        if not isinstance(following, str):
            return False
        reference = following
    return False


def _found(schema: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """Find what a schema refers to, is called and matches, and its `unevaluatedProperties`; each with its place."""
    waiting: list[tuple[tuple[Any, ...], Any, bool]] = [(place, schema, False)]
    while waiting:
        path, part, is_by_name = waiting.pop()
        if is_by_name and path[-1] == "patternProperties":
            yield from (((*path, pattern), "pattern", pattern) for pattern in part)
        children = part.items() if is_mapping(part) else enumerate(part) if is_list(part) else ()
        for key, value in children:
            if not is_by_name and key in _TOLD:
                yield (*path, key), str(key), value if isinstance(value, str) else ""
            if is_by_name or key not in _PLAIN_VALUES:
                waiting.append(((*path, key), value, not is_by_name and key in _BY_NAME))
