"""Whether a source of ids keeps its promises."""

from itertools import pairwise

from flowrt.testing.conformance.expectation import breach, expect_equal, shown
from flowrt.typing import Ids

COUNT = 10_000


def check_ids(ids: Ids) -> None:
    """Check that a source of ids keeps every promise of `flowrt.typing.Ids`.

    Raises:
        AssertionError: An id is no text, comes twice, or sorts before one that was made earlier.
    """
    made = [ids.new_id() for _ in range(COUNT)]
    found: list[object] = [*made]
    odd = [value for value in found if not isinstance(value, str) or not value]
    if odd:
        raise breach("new_id()", shown(odd[0]), "a text that is not empty", "return text")
    expect_equal(f"different ids of {COUNT}", len(set(made)), COUNT, "never return an id again")
    for earlier, later in pairwise(made):
        if later < earlier:
            advice = "begin ids with the time, in a fixed width, and count within one tick of the clock"
            raise breach("new_id()", f"{later!r} after {earlier!r}", "ids that sort by their making", advice)
