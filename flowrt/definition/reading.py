"""From a definition's source, whatever it is, to a JSON object that can be checked further."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from flowrt.definition.findings import Findings
from flowrt.definition.json_check import JsonCheck
from flowrt.definition.json_kinds import is_object, kind_of
from flowrt.definition.limits import MAX_BYTES, MAX_CONTAINERS, MAX_VALUES

Source: TypeAlias = str | bytes | Mapping[str, Any] | Path
"""JSON text, the same as bytes, a JSON object that was parsed already, or a file."""

_EXPECTED = "expected an object with `nodes` and `edges`"
_TOO_LONG = f"the text is longer than {MAX_BYTES // 1024**2} MiB"


def read_document(source: Source, findings: Findings) -> dict[str, Any]:
    """Return the JSON object; it shares nothing with the source.

    Values that flowrt can't keep, and keys that stand twice in one object, are reported as problems.

    Raises:
        DefinitionError: The source can't be read, is too large, is no JSON, or is no object.
    """
    match source:
        case Mapping():
            return _detached(dict(source), findings)
        case Path():
            text = _decoded(_read_file(source, findings), findings)
        case bytes():
            text = _decoded(source, findings)
        case str():
            text = source
        case _:
            findings.refuse(f"found {kind_of(source)}, {_EXPECTED}")
    return _parsed(text.removeprefix("\ufeff"), findings)


def _detached(document: dict[str, Any], findings: Findings) -> dict[str, Any]:
    findings.document = document
    JsonCheck(findings, {}).check(document)
    try:
        text = json.dumps(document, default=lambda _: None, skipkeys=True)
        return dict(json.loads(text))
    except ValueError:  # a whole number of more than 4,300 digits: reported by the check
        findings.refuse()


def _read_file(path: Path, findings: Findings) -> bytes:
    findings.origin = os.fspath(path)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        findings.refuse("there is no such file")
    except OSError as error:
        findings.refuse(f"the file can't be read: {error.strerror or error}")
    except ValueError:
        findings.refuse("the file's name holds a NUL character")


def _decoded(content: bytes, findings: Findings) -> str:
    if len(content) > MAX_BYTES:
        findings.refuse(_TOO_LONG)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.refuse(f"the text is not UTF-8 (byte {error.start}): save it in UTF-8")


def _parsed(text: str, findings: Findings) -> dict[str, Any]:
    _check_size(text, findings)
    hook = _DuplicateKeys()
    try:
        document = json.loads(text, object_pairs_hook=hook.take)
    except json.JSONDecodeError as error:
        findings.refuse(_syntax_message(text, error))
    except RecursionError:
        findings.refuse("the document nests too deep to be read")
    except ValueError:  # Python converts no more than 4,300 digits
        findings.refuse("a whole number has thousands of digits: write a smaller one, or, in `data`, a text")
    if not is_object(document):
        findings.refuse(f"found {kind_of(document)}, {_EXPECTED}")
    findings.document = document
    JsonCheck(findings, hook.keys).check(document)
    return document


def _check_size(text: str, findings: Findings) -> None:
    if len(text) > MAX_BYTES:
        findings.refuse(_TOO_LONG)
    if text.count("{") + text.count("[") > MAX_CONTAINERS:
        findings.refuse(f"the document has more than {MAX_CONTAINERS} objects and lists")
    if text.count(",") > MAX_VALUES:
        findings.refuse(f"the document has more than {MAX_VALUES} values")


def _syntax_message(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "the document is empty, expected a JSON object"
    if text.endswith((".json", ".yaml", ".yml")) and "\n" not in text:
        return "this is a text, not a file: pass `Path(...)` to load a file"
    return f"this is no JSON: line {error.lineno}, column {error.colno}: {error.msg}"


class _DuplicateKeys:
    """Notes the keys that stand twice in one object: `json` keeps the last value and says nothing."""

    def __init__(self) -> None:
        self.keys: dict[int, list[str]] = {}
        self._kept: list[dict[str, Any]] = []  # keeps their ids from being given to another object

    def take(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            times = Counter(key for key, _ in pairs)
            self.keys[id(made)] = [key for key, count in times.items() if count > 1]
            self._kept.append(made)
        return made
