"""`test ? yes : no`, rewritten as Python's `(yes) if (test) else (no)`."""

from collections.abc import Sequence
from typing import TypeAlias, Union

from flowrt.definition.expression_tokens import CLOSING, Token
from flowrt.errors import ExpressionError

_Item: TypeAlias = Union[Token, "_Group"]


class _Group(list[_Item]):
    """What stands between two brackets, the brackets included."""


def rewrite_conditionals(text: str, tokens: Sequence[Token], limit: int) -> Sequence[Token]:
    """Return the tokens without `?`. Their brackets must match.

    Raises:
        ExpressionError: A `?` has no `:`, or there are more of them than the limit.
    """
    count = sum(_is(token, "?") for token in tokens)
    if not count:
        return tokens
    if count > limit:
        raise ExpressionError(text, f"it has {count} conditionals, at most {limit} are allowed")
    return _Rewriter(text).spell(_group(tokens))


def _group(tokens: Sequence[Token]) -> _Group:
    levels = [_Group()]
    for token in tokens:
        if token.kind == "operator" and token.python in CLOSING:
            levels.append(_Group([token]))
        elif token.kind == "operator" and token.python in CLOSING.values():
            levels[-1].append(token)
            levels[-2].append(levels.pop())
        else:
            levels[-1].append(token)
    return levels[0]


def _is(item: _Item, *spellings: str) -> bool:
    return isinstance(item, Token) and item.kind != "text" and item.python in spellings


class _Rewriter:
    def __init__(self, text: str) -> None:
        self._text = text

    def spell(self, items: Sequence[_Item]) -> list[Token]:
        """Return the tokens of one bracket level; commas and the brackets themselves end a part of it."""
        tokens: list[Token] = []
        part: list[_Item] = []
        for item in items:
            if isinstance(item, Token) and _is(item, ",", *CLOSING, *CLOSING.values()):
                tokens += [*self._spell_part(part), item]
                part = []
            else:
                part.append(item)
        return tokens + self._spell_part(part)

    def _spell_part(self, part: Sequence[_Item]) -> list[Token]:
        question = next((at for at, item in enumerate(part) if _is(item, "?")), None)
        if question is None:
            return self._flat(part)
        start = max((at + 1 for at in range(question) if _is(part[at], ":")), default=0)
        colon = self._matching_colon(part, question)
        end = next((at for at in range(colon, len(part)) if _is(part[at], "for")), len(part))
        if any(_is(item, "for", "if") for item in part[:question]):
            raise self._error(part[question], "stands behind `for` or `if`: put it and its parts in brackets")
        pieces = (
            "(",
            part[question + 1 : colon],
            ") if (",
            part[start:question],
            ") else (",
            part[colon + 1 : end],
            ")",
        )
        spelt = self._flat(part[:start])
        for piece in pieces:
            spelt += [self._glue(part[question], piece)] if isinstance(piece, str) else self._spell_part(piece)
        return spelt + self._flat(part[end:])

    def _matching_colon(self, part: Sequence[_Item], question: int) -> int:
        open_questions = 0
        for at in range(question, len(part)):
            open_questions += _is(part[at], "?") - _is(part[at], ":")
            if not open_questions:
                return at
        raise self._error(part[question], "has no `:`: write `test ? yes : no`")

    def _flat(self, part: Sequence[_Item]) -> list[Token]:
        return [token for item in part for token in ((item,) if isinstance(item, Token) else self.spell(item))]

    def _glue(self, question: _Item, python: str) -> Token:
        return Token("operator", python, question.offset if isinstance(question, Token) else 0)

    def _error(self, question: _Item, reason: str) -> ExpressionError:
        offset = question.offset if isinstance(question, Token) else 0
        return ExpressionError(self._text, f"the `?` at character {offset + 1} {reason}")
