"""Ids, types, handles and names: what a text must be to serve as one."""

import re
from typing import Any

from flowrt.definition.findings import Findings, JsonPath, shown
from flowrt.definition.json_kinds import kind_of
from flowrt.definition.limits import MAX_NAME_LENGTH

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")


def read_name(value: Any, what: str, path: JsonPath, findings: Findings) -> str | None:
    """Return the text if it can name something, otherwise report why not and return `None`.

    A name is a text that is not blank, at most 256 characters long and free of control characters, so that it can stand
    in a log, a URL or a terminal.
    """
    if type(value) is str:
        if len(value) <= MAX_NAME_LENGTH and value.isprintable() and not value.isspace() and value:
            return value
        return _judged(value, what, path, findings)
    if isinstance(value, int | float) and not isinstance(value, bool):
        findings.problem(path, f'found the number {value}, expected a text: write {what} in quotes, "{value}"')
    else:
        findings.problem(path, f"found {kind_of(value)}, expected a text as {what}")
    return None


def _judged(value: str, what: str, path: JsonPath, findings: Findings) -> str | None:
    if not value or value.isspace():
        findings.problem(path, f"{what} is {'blank' if value else 'empty'}, expected a text")
    elif len(value) > MAX_NAME_LENGTH:
        findings.problem(path, f"{what} is {len(value)} characters long, at most {MAX_NAME_LENGTH} are allowed")
    elif _CONTROL.search(value):
        findings.problem(path, f"{what} holds a control character: {shown(value)}; remove it")
    else:
        return value
    return None
