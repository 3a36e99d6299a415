"""When a node fires: joins are total functions of the tokens that came in.

| join | fires when | is skipped when | fails when |
|---|---|---|---|
| `all` | all are in, at least one is a value, none failed | all are in, none is a value or failed | one failed |
| `any` | the first value is in | all are in, none is a value or failed | all are in, none is a value, some failed |
| quorum k | k values are in | all are in, fewer than k values, none failed | k can't come any more, some failed |
| `all_settled` | all tokens are in | never | never |

A verdict does not depend on the order in which tokens came: a join fails as soon as that is certain, and is skipped
only when all tokens are in, because the last one might still have failed.
"""

from enum import Enum

from flowrt.definition.model import Join, Quorum


class Token(Enum):
    """What an edge carried."""

    VALUE = "value"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Verdict(Enum):
    """What a join says."""

    WAIT = "wait"
    FIRE = "fire"
    SKIP = "skip"
    FAIL = "fail"


def judge(join: Join, expected: int, values: int, failed: int, others: int) -> Verdict:
    """Return what a join says to the tokens that are in.

    Args:
        join: The node's join.
        expected: How many tokens will come, at least 1.
        values: How many values are in.
        failed: How many failed tokens are in.
        others: How many skipped and cancelled tokens are in.
    """
    missing = expected - values - failed - others
    if join == "all_settled":
        return Verdict.WAIT if missing else Verdict.FIRE
    needed = needed_values(join, values)
    if join == "all":
        if failed:
            return Verdict.FAIL
    elif values >= needed:
        return Verdict.FIRE
    elif failed and values + missing < needed:
        return Verdict.FAIL
    if missing:
        return Verdict.WAIT
    return Verdict.FIRE if values >= needed else Verdict.SKIP


def needed_values(join: Join, values: int = 1) -> int:
    """Return how many values a join needs; `all` takes what there is, but at least one."""
    if isinstance(join, Quorum):
        return join.quorum
    return 1 if join in {"all", "any"} else values
