"""How many problems an error lists."""

from collections.abc import Sequence

from flowrt.definition.limits import MAX_PROBLEMS
from flowrt.errors import Problem


def first_problems(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems, or the first `MAX_PROBLEMS` with the last saying how many more there are."""
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    more = len(problems) - MAX_PROBLEMS + 1
    return (*problems[: MAX_PROBLEMS - 1], Problem("", f"there are {more} more: repair these first"))
