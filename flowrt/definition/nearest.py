"""The nearest known name to a misspelt one."""

import difflib
from collections.abc import Iterable

MAX_LOOKS = 200_000
"""The most names that one `NearestNames` looks at: keeps a document of many misspelt names among many nodes cheap."""
MAX_COMPARISONS = 4_000
MAX_WORD_LENGTH = 64
LIKELY = 0.6
"""How alike a name must be to be offered for a wrong one (1 is equal)."""
CERTAIN = 0.75
"""How alike a key must be for an unknown key, which may well be meant, to be called misspelt."""


class NearestNames:
    """Finds the nearest known names, on a budget; when that is spent there are no more hints."""

    __slots__ = ("_comparisons", "_looks")

    def __init__(self) -> None:
        self._looks = MAX_LOOKS
        self._comparisons = MAX_COMPARISONS

    def find(self, word: str, known: Iterable[str], cutoff: float = LIKELY) -> str | None:
        """Return the known name that is most like the word, the first of equals, or `None` if none is alike."""
        if not word or len(word) > MAX_WORD_LENGTH:
            return None
        plain = _plain(word)
        matcher = difflib.SequenceMatcher(b=plain, autojunk=False)
        best, best_ratio = None, cutoff
        for name in known:
            self._looks -= 1
            if self._looks < 0 or self._comparisons < 0:
                break
            if 2 * min(len(name), len(word)) < best_ratio * (len(name) + len(word)):
                continue
            ratio = self._ratio(matcher, plain, _plain(name), best_ratio)
            if ratio > best_ratio or (best is None and ratio == best_ratio):
                best, best_ratio = name, ratio
        return best

    def hint(self, word: str, known: Iterable[str]) -> str:
        """Return `; did you mean 'x'?`, or nothing if no known name is alike."""
        name = self.find(word, known)
        return f"; did you mean {name!r}?" if name is not None else ""

    def _ratio(self, matcher: difflib.SequenceMatcher[str], word: str, name: str, enough: float) -> float:
        if word == name:
            return 1.0
        if len(word) > 2 and sorted(word) == sorted(name):  # noqa: PLR2004 - `tpye`: two letters are too few to tell
            return 0.99
        matcher.set_seq1(name)
        self._comparisons -= 1
        return matcher.ratio() if matcher.quick_ratio() >= enough else 0.0


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
