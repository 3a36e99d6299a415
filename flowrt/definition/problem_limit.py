"""How many problems an error lists."""

from collections.abc import Sequence

from flowrt.definition.limits import MAX_COLLECTED, MAX_PROBLEMS
from flowrt.errors import Problem


def first_problems(problems: Sequence[Problem], seen: int | None = None) -> tuple[Problem, ...]:
    """Return the problems, or the first `MAX_PROBLEMS` with the last saying how many more there are.

    Args:
        problems: Those that were kept.
        seen: How many there were, as far as they were looked for; `None`: no more than those.
    """
    count = len(problems) if seen is None else seen
    if count <= MAX_PROBLEMS:
        return tuple(problems)
    at_least = "at least " if seen is not None and seen >= MAX_COLLECTED else ""
    last = Problem("", f"there are {at_least}{count - MAX_PROBLEMS + 1} more: repair these first")
    return (*problems[: MAX_PROBLEMS - 1], last)
