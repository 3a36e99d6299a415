"""When a node fires: joins are total functions of the tokens that came in.

| join | fires when | is skipped when all are in and | fails when all are in and |
|---|---|---|---|
| `all` | all are in, at least one is a value, none failed | none is a value or failed | one failed |
| `any` | the first value is in | none is a value or failed | none is a value, some failed |
| quorum k | k values are in | fewer than k are values, none failed | fewer than k are values, some failed |
| `all_settled` | all are in, whatever they are | never | never |

Neither the verdict nor, for a node that does not fire, what it got depends on the order in which tokens came: a join
that can't be met any more waits for the rest all the same.
"""

from enum import Enum

from flowrt.definition.model import JoinRule, Quorum


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


def may_decide(join: JoinRule, expected: int, arrived: int) -> bool:
    """Say whether a join could say anything but `WAIT`, as `arrived` tokens are in: spares counting what they are."""
    if arrived == expected or join in ("all", "all_settled"):
        return arrived == expected
    return arrived >= (join.quorum if isinstance(join, Quorum) else 1)


def judge(join: JoinRule, expected: int, values: int, failed: int, others: int) -> Verdict:
    """Return what a join says to the tokens that are in.

    Args:
        join: The node's join.
        expected: How many tokens will come, at least 1.
        values: How many values are in.
        failed: How many failed tokens are in.
        others: How many skipped and cancelled tokens are in.
    """
    is_complete = values + failed + others == expected
    if join == "all_settled":
        return Verdict.FIRE if is_complete else Verdict.WAIT
    is_met = values >= (join.quorum if isinstance(join, Quorum) else 1) and not (join == "all" and failed)
    if is_met and (is_complete or join != "all"):
        return Verdict.FIRE
    if not is_complete:
        return Verdict.WAIT
    return Verdict.FAIL if failed else Verdict.SKIP
