"""The operations of `process`: each takes the record and returns what the node produces."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from flowrt.definition.expression_functions import number_in
from flowrt.definition.templates import json_text
from flowrt.typing import Record


class Settings(NamedTuple):
    """What a node tells its operation."""

    fields: tuple[str, ...] | None
    """The keys to work on; `None`: all of the record."""
    names: Mapping[str, str]
    """For `rename`: the new key of each key."""


Change: TypeAlias = Callable[[Record, Settings], Record]


class Operation(NamedTuple):
    """One operation."""

    change: Change
    description: str
    needs: Literal["fields", "names"] | None = None
    """The key of `data` that the operation can't do without."""


def _chosen(record: Record, settings: Settings) -> Iterator[tuple[str, Any]]:
    if settings.fields is None:
        return iter(record.items())
    return ((key, record[key]) for key in settings.fields if key in record)


def _on_texts(change: Callable[[str], Any]) -> Change:
    def changed(record: Record, settings: Settings) -> Record:
        return {key: change(value) for key, value in _chosen(record, settings) if isinstance(value, str)}

    return changed


def _on_values(change: Callable[[Any], Any]) -> Change:
    def changed(record: Record, settings: Settings) -> Record:
        return {key: _named(key, change, value) for key, value in _chosen(record, settings)}

    return changed


def _named(key: str, change: Callable[[Any], Any], value: Any) -> Any:
    try:
        return change(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"the key {key!r}: {error}") from error


def _kept_if(is_kept: Callable[[Any], bool]) -> Change:
    def kept(record: Record, settings: Settings) -> Record:
        worked_on = record if settings.fields is None else settings.fields
        return {key: value for key, value in record.items() if key not in worked_on or is_kept(value)}

    return kept


def _nothing(_: Record, __: Settings) -> Record:
    return {}


def _pick(record: Record, settings: Settings) -> Record:
    return dict(_chosen(record, settings))


def _omit(record: Record, settings: Settings) -> Record:
    return {key: value for key, value in record.items() if key not in (settings.fields or ())}


def _rename(record: Record, settings: Settings) -> Record:
    return {settings.names.get(key, key): value for key, value in record.items()}


def _parse_json(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def _to_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    number = number_in(value)
    if number - number != 0:
        raise ValueError(f"{value[:40]!r} is no finite number")
    return number


def _is_there(value: Any) -> bool:
    return value is not None


def _is_filled(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


OPERATIONS: Mapping[str, Operation] = {
    "passthrough": Operation(_nothing, "Produces nothing: the record goes on as it is."),
    "uppercase": Operation(_on_texts(str.upper), "Texts in capital letters."),
    "lowercase": Operation(_on_texts(str.lower), "Texts in small letters."),
    "capitalize": Operation(_on_texts(str.capitalize), "Texts with a capital first letter, the rest small."),
    "title": Operation(_on_texts(str.title), "Texts with each word capitalised."),
    "trim": Operation(_on_texts(str.strip), "Texts without white space around them."),
    "to_number": Operation(_on_values(_to_number), "Texts as the numbers that they hold.", "fields"),
    "parse_json": Operation(_on_values(_parse_json), "Texts as the JSON values that they hold.", "fields"),
    "to_json": Operation(_on_values(json_text), "Values as JSON texts.", "fields"),
    "pick": Operation(_pick, "Only the given keys.", "fields"),
    "omit": Operation(_omit, "All but the given keys.", "fields"),
    "rename": Operation(_rename, "All keys, some under new names.", "names"),
    "drop_nulls": Operation(_kept_if(_is_there), "All keys but those whose value is null."),
    "drop_empty": Operation(_kept_if(_is_filled), "All keys but those of null, empty texts, lists and objects."),
}
"""By the name in `data.operation`. Those that leave keys out have an effect downstream with `"emit": "replace"`."""
