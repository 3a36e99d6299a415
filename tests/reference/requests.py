"""Cancels from outside that are drawn with a workflow."""

from hypothesis import strategies as st
from reference.ends import CANCEL, CANCEL_NODE, End
from reference.state import SECOND

TIMES_NS = tuple(round(seconds * SECOND) for seconds in (0, 1, 1.7, 2.6, 7))


def requests():
    """Draw times, each with the place of a node to cancel or `None` for the execution."""
    drawn = st.tuples(st.sampled_from(TIMES_NS), st.none() | st.integers(0, 11))
    return st.lists(drawn, max_size=3).map(lambda several: sorted(several, key=lambda one: one[0]))


def as_ends(drawn, document):
    """Return what was drawn as the reference knows it."""
    count = len(document["nodes"])
    return [
        End("", 0, CANCEL, at_ns=at_ns)
        if place is None
        else End(f"n{place % count}", 0, CANCEL_NODE, note="asked", at_ns=at_ns)
        for at_ns, place in drawn
    ]
