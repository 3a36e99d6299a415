"""Why a node was skipped: by its flags, for want of an argument, or by its inputs."""

from collections.abc import Sequence
from typing import NamedTuple

from flowrt.definition.arguments import FromNode
from flowrt.definition.model import Quorum
from flowrt.explain.explanation import MAX_NAMED
from flowrt.explain.facts import Arrival, Facts
from flowrt.explain.wiring import FlagFact, Gate, Source, Wiring, read_wiring
from flowrt.explain.wording import arrival_text, listed
from flowrt.graph.joins import Token


class Skip(NamedTuple):
    """Why a node was skipped."""

    told: str
    """What follows the words that it was."""
    sources: tuple[str, ...] = ()
    """The nodes because of which; none: it began here."""


def skipped(facts: Facts, node_id: str, path: tuple[str, ...]) -> str:
    """Return the sentence about a skipped node.

    Args:
        facts: The execution that it belongs to.
        node_id: The node.
        path: The way back to where that began.
    """
    sentence = f"{skip_text(facts, node_id)}."
    if len(path) < 2:  # noqa: PLR2004 - it began here
        return sentence
    *_, before, origin = path
    if facts.node(origin).state == "skipped":
        return f"{sentence} That began with {origin!r}{why_skipped(facts, origin).told}."
    if len(path) > 2:  # noqa: PLR2004 - the node, its input, and where that was skipped from
        arrival = next((a for a in _empty(facts.arrivals(before)) if a.edge.source == origin), None)
        if arrival is not None:
            sentence += f" That began with {origin!r}: it {arrival_text(arrival, facts.node(origin))}."
    return sentence


def skip_text(facts: Facts, node_id: str) -> str:
    """Return that a node was skipped, and why."""
    return f"{node_id!r} was skipped{why_skipped(facts, node_id).told}"


def why_skipped(facts: Facts, node_id: str) -> Skip:
    """Return why a node was skipped, and the nodes because of which it was."""
    wiring = read_wiring(facts.written(node_id))
    if wiring is None:
        return _by_inputs(facts, node_id)
    found = [(gate, facts.flag(node_id, gate.flag)) for gate in wiring.gates]
    broken = [(gate, fact) for gate, fact in found if _is_broken(gate, fact)]
    if broken:
        return _by_flags(facts, node_id, broken)
    unsure = [(gate, fact) for gate, fact in found if fact.is_there is None or fact.value is None]
    missing = _missing(facts, node_id, wiring)
    if not (unsure or missing) or not _may_be_met(facts, node_id):
        return _by_inputs(facts, node_id)
    if not unsure:
        return _by_parameters(facts, node_id, missing)
    return _by_flags(facts, node_id, unsure) if len(unsure) == 1 and not missing else _by_any(unsure, missing)


def _may_be_met(facts: Facts, node_id: str) -> bool:
    """Say whether the join of a node may have let it go on."""
    join = facts.design(node_id).join
    needed = join.quorum if isinstance(join, Quorum) else 1
    arrivals = facts.arrivals(node_id)
    return not arrivals or sum(arrival.token in (Token.VALUE, None) for arrival in arrivals) >= needed


def _empty(arrivals: Sequence[Arrival]) -> list[Arrival]:
    return [arrival for arrival in arrivals if arrival.token is not Token.VALUE]


def _told(facts: Facts, arrivals: Sequence[Arrival]) -> str:
    """Return what became of sources, each once, and not too many of them."""
    told = list(dict.fromkeys(f"{a.edge.source!r} {arrival_text(a, facts.node(a.edge.source))}" for a in arrivals))
    more = f"; and {len(told) - MAX_NAMED:,} more" if len(told) > MAX_NAMED else ""
    return f"{'; '.join(told[:MAX_NAMED])}{more}"


# --- flags ------------------------------------------------------------------------------------------------------------


def _is_broken(gate: Gate, fact: FlagFact) -> bool:
    return fact.is_there is False or (fact.value is not None and fact.value is not gate.wanted)


def _by_flags(facts: Facts, node_id: str, found: Sequence[tuple[Gate, FlagFact]]) -> Skip:
    """Return that flags were not as they must be; one of which nobody can tell is the only one that can be to blame."""
    told = [f"its flag, {gate.name}, {_was(facts, node_id, gate, fact)}" for gate, fact in found[:MAX_NAMED]]
    sources = [gate.flag.node for gate, fact in found if fact.is_there is False and isinstance(gate.flag, FromNode)]
    return Skip(f": {'; '.join(told)}", tuple(sources) if len(sources) == len(found) else ())


def _was(facts: Facts, node_id: str, gate: Gate, fact: FlagFact) -> str:
    if fact.is_there is False or (fact.is_there is None and fact.value is gate.wanted):
        empty = [a for a in _empty(facts.arrivals(node_id)) if _brings(a, gate)]
        return f"had no value: {_told(facts, empty)}" if empty else "had no value yet"
    missing = " or had no value" if fact.is_there is None else ""
    return f"was {_word(not gate.wanted)}{missing}, and must be {_word(gate.wanted)}"


def _brings(arrival: Arrival, gate: Gate) -> bool:
    return isinstance(gate.flag, FromNode) and _source(arrival) == (gate.flag.node, "success")


def _word(flag: bool) -> str:  # noqa: FBT001 - it is what is worded
    return "true" if flag else "false"


# --- arguments --------------------------------------------------------------------------------------------------------


def _missing(facts: Facts, node_id: str, wiring: Wiring) -> dict[str, frozenset[Source]]:
    """Return the parameters that have no value, as far as anybody knows, each with what brought none."""
    places = {_source(arrival): place for place, arrival in enumerate(_empty(facts.arrivals(node_id)))}
    found = {name: sources & places.keys() for name, sources in wiring.parameters.items()}
    missing = {name: sources for name, sources in found.items() if sources}
    # in the order of the edges, as the log does not keep that of the parameters
    return dict(sorted(missing.items(), key=lambda item: min(places[source] for source in item[1])))


def _source(arrival: Arrival) -> Source:
    return arrival.edge.source, arrival.edge.on


def _by_parameters(facts: Facts, node_id: str, missing: dict[str, frozenset[Source]]) -> Skip:
    """Return that a parameter has no value; of several, only the function knows which ones need one."""
    brought_none = frozenset[Source]().union(*missing.values())
    empty = [arrival for arrival in _empty(facts.arrivals(node_id)) if _source(arrival) in brought_none]
    sources = tuple(dict.fromkeys(arrival.edge.source for arrival in empty))
    if facts.written(node_id).type == "branch":
        lacking = ""  # all it does is to pass this on
    elif len(missing) == 1:
        lacking = f", as its parameter {next(iter(missing))!r} had no value"
    elif len(facts.arrivals(node_id)) == len(empty):
        return _by_inputs(facts, node_id)
    else:
        names = listed([repr(name) for name in missing][:MAX_NAMED])
        lacking = f", as some of its parameters had no value, and not all of these have a default: {names}"
    return Skip(f"{lacking}: {_told(facts, empty)}", sources)


def _by_any(unsure: Sequence[tuple[Gate, FlagFact]], missing: dict[str, frozenset[Source]]) -> Skip:
    reasons = [f"its flag, {gate.name}, was not {_word(gate.wanted)}" for gate, _ in unsure]
    reasons += [f"its parameter {name!r} had no value" for name in missing]
    return Skip(f", as {listed(reasons, 'or')}; the log does not tell which")


# --- inputs -----------------------------------------------------------------------------------------------------------


def _by_inputs(facts: Facts, node_id: str) -> Skip:
    arrivals = facts.arrivals(node_id)
    empty = _empty(arrivals)
    if not empty:  # its join did not wait for all, and what it needs came later
        return Skip(", as an argument that it needs had no value yet")
    sources = tuple(arrival.edge.source for arrival in empty)
    return Skip(f"{_lacking(facts, node_id, len(arrivals), len(empty))}: {_told(facts, empty)}", sources)


def _lacking(facts: Facts, node_id: str, total: int, empty: int) -> str:
    """Return what a join lacked, where several edges lead to it."""
    join, otherwise, _ = facts.design(node_id)
    if total == 1:
        return ""
    if join == "all" and empty < total and otherwise is not None:
        join = otherwise  # only that could be skipped with a value
    if isinstance(join, Quorum):
        return f", as fewer than {join.quorum:,} of its {total:,} inputs were values"
    if empty < total:
        return ", as an argument that it needs had no value"
    return f", as none of its {total:,} inputs was a value"
