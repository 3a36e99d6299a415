"""The text of an expression as tokens, spelt as Python does.

JavaScript's spellings (`&&`, `||`, `!`, `===`, `true`, `null`) become Python's here. Nothing is evaluated.
"""

import keyword
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flowrt.errors import ExpressionError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w))
    | (?P<name>[^\W\d]\w*)
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<operator>===|!==|==|!=|<=|>=|&&|\|\||\*\*|//|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "\\": "\\", "'": "'", '"': '"', "/": "/"}
_OPERATORS = {"&&": "and", "||": "or", "!": "~", "===": "==", "!==": "!="}
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_HINTS = {
    "=": "use `==` to compare",
    "&": "use `and` or `&&`",
    "|": "use `or` or `||`",
    "~": "use `not` or `!`",
    "^": "use `**` for a power",
    "`": "write a text in quotes",
    "'": "the text's closing quote is missing",
    '"': "the text's closing quote is missing",
}
CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """A piece of an expression, already spelt as Python does."""

    kind: str
    """`number`, `name`, `text` or `operator`."""
    python: str
    offset: int
    """Where it began in the expression's text."""


def read_tokens(text: str) -> list[Token]:
    """Split the text into tokens.

    Raises:
        ExpressionError: It holds a character that belongs to no token.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            hint = _HINTS.get(text[at], "see docs/expressions.md for what can be written")
            raise ExpressionError(text, f"unexpected {text[at]!r} at character {at + 1}: {hint}")
        kind = str(match.lastgroup)
        if kind != "space":
            after_dot = bool(tokens) and tokens[-1].python == "."
            if after_dot and keyword.iskeyword(match.group()):
                tokens.pop()  # `.class` becomes `["class"]`
            tokens.extend(_spelt_in_python(text, kind, match.group(), at, after_dot=after_dot))
        at = match.end()
    return tokens


def _spelt_in_python(text: str, kind: str, found: str, offset: int, *, after_dot: bool) -> Iterable[Token]:
    if kind == "operator":
        return (Token(kind, _OPERATORS.get(found, found), offset),)
    if kind == "text":
        return (Token(kind, repr(_ESCAPE.sub(lambda match: _unescape(text, match), found[1:-1])), offset),)
    if kind == "name" and after_dot and keyword.iskeyword(found):
        return (Token("operator", "[", offset), Token("text", repr(found), offset), Token("operator", "]", offset))
    if kind == "name" and not after_dot:
        return (Token(kind, _CONSTANTS.get(found, found), offset),)
    return (Token(kind, found, offset),)


def _unescape(text: str, match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16))
    if match[3] not in _ESCAPES:
        raise ExpressionError(text, f"unknown escape {match[0]!r} in a text: write a backslash as two")
    return _ESCAPES[match[3]]


def check_nesting(text: str, tokens: Sequence[Token], limit: int) -> None:
    """Raise an `ExpressionError` if brackets don't match, or they or prefix operators nest deeper than the limit."""
    open_brackets: list[Token] = []
    prefixes = 0
    for token in tokens:
        prefixes = prefixes + 1 if token.python in {"~", "-", "+", "not", "**"} else 0
        if token.kind == "operator" and token.python in CLOSING:
            open_brackets.append(token)
        is_closing = token.kind == "operator" and token.python in CLOSING.values()
        if is_closing and (not open_brackets or CLOSING[open_brackets.pop().python] != token.python):
            raise ExpressionError(text, f"{token.python!r} at character {token.offset + 1} closes nothing")
        if max(len(open_brackets), prefixes) > limit:
            raise ExpressionError(text, f"it nests deeper than {limit} levels at character {token.offset + 1}")
    if open_brackets:
        last = open_brackets[-1]
        raise ExpressionError(text, f"{last.python!r} at character {last.offset + 1} is never closed")
