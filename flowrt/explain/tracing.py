"""Walks from a node back to where its failure, its skip or its wait began."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from flowrt.explain.explanation import State
from flowrt.explain.facts import Arrival, Facts
from flowrt.explain.skips import why_skipped
from flowrt.graph.joins import Token

MAX_STEPS = 500
"""How long a way back may be; what began further away is not looked for."""

Leads: TypeAlias = Callable[[str], Sequence[str]]
"""The nodes because of which a node stands as it does."""


def way_back(facts: Facts, node_id: str, through: State, leads: Leads) -> tuple[str, ...]:
    """Return the nodes from this one back to the first that is in another state, over those because of which.

    Where several are, one whose source is in another state is taken before the others. The node alone: there is no
    such way, or it is too long.
    """
    path = [node_id]
    while facts.node(path[-1]).state == through and len(path) <= MAX_STEPS:
        sources = leads(path[-1])
        if not sources:
            break
        path.append(next((s for s in sources if facts.node(s).state != through), sources[0]))
    return tuple(path) if len(path) <= MAX_STEPS else (node_id,)


def failed_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to where a failure by tokens began."""
    return way_back(
        facts, node_id, "failed without running", _sources(facts, lambda found: found.token is Token.FAILED)
    )


def skipped_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to the node because of which a node was skipped, or to the one whose flags were not so."""
    return way_back(facts, node_id, "skipped", lambda found: why_skipped(facts, found).sources)


def awaited_path(facts: Facts, node_id: str) -> tuple[str, ...]:
    """Return the way back to what a node waits for in the end."""
    return way_back(facts, node_id, "waiting for inputs", _sources(facts, lambda found: not found.is_in))


def _sources(facts: Facts, follows: Callable[[Arrival], bool]) -> Leads:
    return lambda node_id: [found.edge.source for found in facts.arrivals(node_id) if follows(found)]
