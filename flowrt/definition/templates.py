"""Templates of text over a record: Jinja2's `{{ }}` and `{% %}`, and `{name}` for a plain key.

The text may come from anybody. Jinja2 runs in its sandbox, cut down further: no attribute of a Python object and no
method is reachable, only the functions of expressions as filters, and every loop and every text that is made counts
against a budget. jinja2 is imported when the first template that needs it is compiled.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from flowrt.definition.expression_kinds import is_list, is_mapping
from flowrt.errors import ExpressionError

MAX_TEMPLATE_BYTES = 65_536
"""The longest template, in bytes of UTF-8."""
MAX_OUTPUT_CHARACTERS = 1_000_000
"""The longest text that a template may make."""

Render: TypeAlias = Callable[[Mapping[str, Any]], str]

_PATH = r"[^\W\d][\w-]*(?:\.[\w-]+)*"
_PLACEHOLDER = re.compile(rf"\{{({_PATH})\}}")
_HAS_JINJA = re.compile(r"\{[{%#]")


class Template:
    """A compiled template; any number of threads may render it at the same time."""

    __slots__ = ("_render", "text")

    def __init__(self, text: str, render: Render) -> None:
        self.text = text
        self._render = render

    def render(self, record: Mapping[str, Any]) -> str:
        """Return the text for this record. The record is not changed.

        `{{ name }}` of a missing name is an error; `{name}` of one stays as it is, so that JSON and code in a text
        survive. Texts stand as they are, lists and objects as JSON, true and false in small letters, null as nothing.

        Raises:
            ExpressionError: A name is missing, a function fails, or a budget is exceeded.
        """
        text = self._render(record)
        if len(text) > MAX_OUTPUT_CHARACTERS:
            raise ExpressionError(self.text, f"it makes more than {MAX_OUTPUT_CHARACTERS} characters")
        return text

    def __repr__(self) -> str:
        return f"compile_template({self.text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return compile_template, (self.text,)


def compile_template(text: str) -> Template:
    """Compile a template.

    Raises:
        ExpressionError: It is longer than 64 KB, no valid template, or uses what the sandbox does not allow.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEMPLATE_BYTES:
        raise ExpressionError(text, f"the template is {size} bytes long, at most {MAX_TEMPLATE_BYTES} are allowed")
    if not _HAS_JINJA.search(text):
        return Template(text, _Placeholders(text).render)
    from flowrt.definition.template_sandbox import compile_jinja  # noqa: PLC0415 - loads jinja2

    return Template(text, compile_jinja(text, _PATH))


class _Placeholders:
    """A template that has nothing but `{name}` in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        parts = _PLACEHOLDER.split(text)
        self._parts = [(part, number % 2 == 1) for number, part in enumerate(parts)]

    def render(self, record: Mapping[str, Any]) -> str:
        """Return the text, cut a little beyond the limit if it is longer."""
        pieces: list[str] = []
        room = MAX_OUTPUT_CHARACTERS
        for part, is_path in self._parts:
            pieces.append(self._filled_in(record, part) if is_path else part)
            room -= len(pieces[-1])
            if room < 0:
                break
        return "".join(pieces)

    def _filled_in(self, record: Mapping[str, Any], path: str) -> str:
        try:
            return value_of_path(record, path)
        except (ValueError, RecursionError) as error:
            raise ExpressionError(self._text, f"`{path}` can't be written as a text: {error}") from error


def value_of_path(record: Mapping[str, Any], path: str) -> str:
    """Return the text of what the keys of a path such as `lead.score` lead to, or `{lead.score}` without it."""
    value: Any = record
    for key in path.split("."):
        if not is_mapping(value) or key not in value:
            return f"{{{path}}}"
        value = value[key]
    return text_of(value)


def text_of(value: Any) -> str:
    """Return a value as it stands in a text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_list(value) or is_mapping(value):
        return json_text(value)
    return str(value)


def json_text(value: Any) -> str:
    """Return a value as compact JSON; what JSON does not have is written as a text.

    Raises:
        ValueError: The value contains itself, or a whole number of thousands of digits.
        RecursionError: It nests too deeply.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    return dict(value) if is_mapping(value) else str(value)
