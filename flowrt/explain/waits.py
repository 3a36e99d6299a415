"""Sentences about nodes that wait for their inputs."""

from collections.abc import Sequence

from flowrt.definition.model import JoinRule, Quorum
from flowrt.explain.explanation import MAX_NAMED
from flowrt.explain.facts import Arrival, Facts
from flowrt.explain.wording import doing, in_seconds, listed
from flowrt.graph.joins import Token


def waits_for_inputs(facts: Facts, node_id: str, arrivals: Sequence[Arrival], path: tuple[str, ...]) -> str:
    """Return which inputs are missing, what those do, and what the join makes of what came."""
    missing = [arrival for arrival in arrivals if not arrival.is_in]
    join = facts.design(node_id).join
    sentence = f"{node_id!r} waits for {_wanted(join, arrivals, len(missing))}{_named(facts, missing)}."
    if len(path) > 2:  # noqa: PLR2004 - the node, its input, and what that waits for
        sentence += f" In the end it is {path[-1]!r} that {doing(facts.node(path[-1]))}."
    if join == "all" and (failed := next((a for a in arrivals if a.token is Token.FAILED), None)):
        sentence += f" It will fail when all are in, as {failed.edge.source!r} failed."
    return sentence + _time_left(facts, node_id)


def _wanted(join: JoinRule, arrivals: Sequence[Arrival], missing: int) -> str:
    total = len(arrivals)
    if join in ("all", "all_settled"):
        return "its input" if total == 1 else f"{missing:,} of its {total:,} inputs"
    values = sum(arrival.token is Token.VALUE for arrival in arrivals)
    are_missing = f"{missing:,} {'is' if missing == 1 else 'are'} missing"
    if isinstance(join, Quorum):
        return f"{join.quorum:,} values from its {total:,} inputs and has {values:,}; {are_missing}"
    return f"the first value from its {total:,} inputs; {are_missing}"


def _named(facts: Facts, missing: Sequence[Arrival]) -> str:
    """Return what some of the missing inputs do, those first that do not wait for inputs themselves."""
    doers = [facts.node(arrival.edge.source) for arrival in missing]
    names = dict.fromkeys(sorted(doers, key=lambda node: node.state == "waiting for inputs"))
    if len(names) == 1:
        return "".join(f": {node.id!r}, which {doing(node)}" for node in names)
    shown = [f"{node.id!r} ({doing(node)})" for node in list(names)[:MAX_NAMED]]
    return (", among them " if len(names) > MAX_NAMED else ": ") + listed(shown)


def _time_left(facts: Facts, node_id: str) -> str:
    seconds = facts.join_seconds(node_id)
    if seconds is None:
        return ""
    otherwise = facts.design(node_id).otherwise
    then = "it fails" if otherwise is None else f"it goes on as {rule_text(otherwise)}"
    return f" Its join has {in_seconds(seconds)} left, then {then}."


def rule_text(rule: JoinRule) -> str:
    """Return a join's rule in a few words."""
    return f"a quorum of {rule.quorum}" if isinstance(rule, Quorum) else f"`{rule}`"
