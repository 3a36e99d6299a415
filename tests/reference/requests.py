"""Cancels and signals from outside that are drawn with a workflow."""

from typing import NamedTuple

from hypothesis import strategies as st
from reference.ends import CANCEL, CANCEL_NODE, SIGNAL, End
from reference.state import SECOND

TIMES_NS = tuple(round(seconds * SECOND) for seconds in (0, 1, 1.7, 2.6, 7))
SIGNALS = ("go", "stop")
EVERYTHING = {
    "seconds": (1.0, 2.5, 60.0),
    "timeout_seconds": 3.0,
    "failures": True,
    "times": (1.7, 4.1, 30.3),
    "signals": SIGNALS,
}
"""What workflows are drawn with that have all that flowrt has."""


class Drawn(NamedTuple):
    """Something that is asked for from outside."""

    at_ns: int
    place: int | None
    """The node to cancel; `None`: the execution."""
    signal: str | None
    """The signal to send; `None`: cancel."""


def requests():
    """Draw what is asked for from outside, in the order of its times."""
    times = st.sampled_from(TIMES_NS)
    cancels = st.builds(Drawn, times, st.none() | st.integers(0, 11), st.none())
    signals = st.builds(Drawn, times, st.none(), st.sampled_from(SIGNALS))
    return st.lists(cancels | signals, max_size=4).map(lambda several: sorted(several, key=lambda one: one.at_ns))


def as_ends(drawn, document):
    """Return what was drawn as the reference knows it."""
    count = len(document["nodes"])
    return [_as_end(one, turn, count) for turn, one in enumerate(drawn)]


def _as_end(one, turn, count):
    if one.signal is not None:
        return End("", 0, SIGNAL, produced={"answer": turn}, note=one.signal, at_ns=one.at_ns)
    if one.place is None:
        return End("", 0, CANCEL, at_ns=one.at_ns)
    return End(f"n{one.place % count}", 0, CANCEL_NODE, note="asked", at_ns=one.at_ns)
