"""What a join says to the tokens that are in: the table of the design, row by row."""

from flowrt.definition.model import Quorum

VALUE = "value"
WAIT, FIRE, SKIP, FAIL = "wait", "fire", "skip", "fail"


def verdict_of(join, tokens, expected):
    """Return what a join says to a list of tokens, of which `expected` will come."""
    are_all_in = len(tokens) == expected
    if join == "all_settled":
        return FIRE if are_all_in else WAIT
    wanted = join.quorum if isinstance(join, Quorum) else 1
    has_enough = tokens.count("value") >= wanted
    if join == "all":
        has_enough = are_all_in and has_enough and "failed" not in tokens
    if has_enough:
        return FIRE
    if not are_all_in:
        return WAIT
    return FAIL if "failed" in tokens else SKIP
