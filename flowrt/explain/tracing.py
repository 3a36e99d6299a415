"""Walks from a node back to where its failure, its skip or its wait began."""

from collections.abc import Callable
from typing import TypeAlias

from flowrt.explain.explanation import State
from flowrt.explain.facts import Arrival, Facts
from flowrt.graph.joins import Token

MAX_STEPS = 500
"""How long a way back may be; what began further away is not looked for."""

Follows: TypeAlias = Callable[[Arrival], bool]


def way_back(facts: Facts, node_id: str, through: State, follows: Follows) -> tuple[str, ...]:
    """Return the nodes from this one back to the first that is in another state, over edges that are worth following.

    Where several are, one whose source is in another state is taken before the others. The node alone: there is no
    such way, or it is too long.
    """
    path = [node_id]
    while facts.node(path[-1]).state == through and len(path) <= MAX_STEPS:
        sources = [arrival.edge.source for arrival in facts.arrivals(path[-1]) if follows(arrival)]
        if not sources:
            break
        path.append(next((s for s in sources if facts.node(s).state != through), sources[0]))
    return tuple(path) if len(path) <= MAX_STEPS else (node_id,)


def failed_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to where a failure by tokens began."""
    return way_back(facts, node_id, "failed without running", lambda arrival: arrival.token is Token.FAILED)


def skipped_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to the node because of which a node was skipped."""
    return way_back(facts, node_id, "skipped", lambda arrival: arrival.token is not Token.VALUE)


def awaited_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to what a node waits for in the end."""
    return way_back(facts, node_id, "waiting for inputs", lambda arrival: not arrival.is_in)
