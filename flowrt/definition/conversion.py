"""From a JSON value to a typed one, with every problem and its place (msgspec alone reports the first only)."""

import re
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from flowrt.definition.findings import Findings, JsonPath, listed_names, shown
from flowrt.definition.json_kinds import is_array, is_object, kind_of
from flowrt.definition.keys import LATER, LATER_FIELDS

_MISMATCH = re.compile(r"Expected `(?P<expected>.+)`, got `(?P<found>.+)`$")
_BOUND = re.compile(r"Expected `(?P<kind>\w+)` (?P<bound>(of length )?[<>]=? .+)$")
_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "None": "null",
    "object": "an object",
    "dict": "an object",
    "array": "a list",
    "list": "a list",
    "tuple": "a list",
}


def convert(value: Any, wanted: Any, path: JsonPath, findings: Findings) -> Any:
    """Return the value as the wanted type, strictly, or report every problem and return `None`."""
    try:
        return msgspec.convert(value, wanted, strict=True)
    except msgspec.ValidationError as error:
        before = findings.count
        _explain(value, wanted, path, findings)
        if findings.count == before:  # each field alone is right: the Struct itself refused
            _report(error, path, findings)
        return None


def _explain(value: Any, wanted: Any, path: JsonPath, findings: Findings) -> None:
    struct = _struct_of(wanted)
    if struct is not None and is_object(value):
        _explain_fields(value, struct, path, findings)
        return
    item_type = _item_of(wanted)
    if item_type is not None and is_array(value):
        for index, item in enumerate(value):
            _explain(item, item_type, (*path, index), findings)
        return
    choices = _choices_of(wanted)
    if isinstance(value, str) and choices and value not in choices:
        hint = findings.names.hint(value, choices)
        findings.problem(path, f"found {shown(value)}, expected one of {listed_names(choices)}{hint}")
        return
    try:
        msgspec.convert(value, wanted, strict=True)
    except msgspec.ValidationError as error:
        _report(error, path, findings, value)


def _explain_fields(value: dict[str, Any], struct: type[msgspec.Struct], path: JsonPath, findings: Findings) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        if name in value:
            _explain(value[name], field.type, (*path, name), findings)
        elif field.required:
            findings.problem(path, f"`{name}` is missing")
    if not struct.__struct_config__.forbid_unknown_fields:
        return
    for key in value:
        if key in LATER_FIELDS.get(struct, ()):
            findings.problem((*path, key), f"`{key}` {LATER}")
        elif key not in fields:
            hint = findings.names.hint(key, fields) or f": there are {', '.join(fields)}"
            findings.problem((*path, key), f"unknown key {shown(key)}{hint}")


def _struct_of(wanted: Any) -> type[msgspec.Struct] | None:
    """Return the only Struct that a type allows, such as that of `Retry | None`."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        has_plain_shape = not wanted.__struct_config__.array_like and wanted.__struct_config__.tag is None
        return wanted if has_plain_shape else None
    structs = [struct for part in _parts_of(wanted) if (struct := _struct_of(part)) is not None]
    return structs[0] if len(structs) == 1 else None


def _item_of(wanted: Any) -> Any:
    """Return what a list's items must be, such as `Case` for `tuple[Case, ...] | None`, or `None`."""
    arguments = get_args(wanted)
    is_list = get_origin(wanted) is list or (get_origin(wanted) is tuple and arguments[1:] == (...,))
    if is_list:
        return arguments[0]
    items = [item for part in _parts_of(wanted) if (item := _item_of(part)) is not None]
    return items[0] if len(items) == 1 else None


def _parts_of(wanted: Any) -> tuple[Any, ...]:
    """Return the members of a union, the bare type of an `Annotated`, or nothing."""
    if get_origin(wanted) is Annotated:
        return get_args(wanted)[:1]
    return get_args(wanted) if get_origin(wanted) in {Union, UnionType} else ()


def _choices_of(wanted: Any) -> tuple[str, ...]:
    if get_origin(wanted) is Literal:
        return tuple(choice for choice in get_args(wanted) if isinstance(choice, str))
    parts = _parts_of(wanted)
    return () if str in parts else tuple(choice for part in parts for choice in _choices_of(part))


def _report(error: msgspec.ValidationError, path: JsonPath, findings: Findings, value: Any = None) -> None:
    reason, _, place = str(error).partition(" - at `")
    found = f"found {shown(value) if isinstance(value, str) else value}, " if not place and _is_scalar(value) else ""
    findings.problem((*path, *_path_in(place)), _in_words(reason, found))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _path_in(place: str) -> JsonPath:
    """Return the path of msgspec's `$.cases[0].when`, up to the first key that it does not name."""
    keys: list[str | int] = []
    for name, index, unnamed in re.findall(r"\.([^.\[`]+)|\[(\d+)\]|(\[\.\.\.\])", place):
        if unnamed:
            break
        keys.append(name or int(index))
    return tuple(keys)


def _in_words(reason: str, found: str) -> str:
    if (bound := _BOUND.match(reason)) is not None:
        return f"{found}expected {_WORDS.get(bound['kind'], bound['kind'])} {bound['bound']}"
    match = _MISMATCH.match(reason)
    if match is None:
        return reason[:1].lower() + reason[1:]
    expected = [_WORDS.get(name.strip(), f"`{name.strip()}`") for name in match["expected"].split("|")]
    return f"found {_WORDS.get(match['found'], match['found'])}, expected {' or '.join(expected)}"


def expected(findings: Findings, path: JsonPath, value: Any, wanted: str) -> None:
    """Report that a value is not of the wanted kind."""
    findings.problem(path, f"found {kind_of(value)}, expected {wanted}")
