"""Where the runtime is known to differ from the design; each has an expected failure in `test_disagreements.py`.

A comparison stops where one of them shows. Once the runtime is changed its expected failure passes, and it has to go.
"""

from reference.ends import COROUTINES
from reference.joins import FAIL


def disagreements_of(moment):
    """Return the names of the disagreements that show at a moment."""
    return [name for name, shows in KNOWN.items() if shows(moment)]


def no_disagreements(_moment):
    """Compare everything."""
    return []


def _merges_pairwise(moment):
    """Records are merged one after the other, each node's at the place of its first edge.

    So an ancestor wins if a third node beat its descendant before, and a conflict is named that their descendant ends.
    """
    descends = moment.workflow.descends
    for node in moment.given:
        records = list({id(record): record for record in moment.records_over_edges(node)}.values())
        for key in {key for record in records for key in record}:
            value, is_conflict = _pairwise([record[key] for record in records if key in record], descends)
            if value != moment.merged[node][key] or is_conflict != (key in moment.conflicts[node]):
                return True
    return False


def _pairwise(found, descends):
    (value, origin), is_conflict = found[0], False
    for other, candidate in found[1:]:
        if candidate == origin or _beats(origin, candidate, descends):
            continue
        if not _beats(candidate, origin, descends):
            is_conflict = is_conflict or value != other
        value, origin = other, candidate
    return (value, origin), is_conflict


def _beats(one, other, descends):
    return other is None or (one is not None and descends(one, other))


def _passes_outcomes_on(moment):
    """The outcomes that a node was given count as the input's when they are merged."""
    brought = [moment.records_over_edges(node) for node in moment.given]
    return any(len({record["outcomes"][1] for record in records if "outcomes" in record}) > 1 for records in brought)


def _blames_twice(moment):
    """A failed node is blamed once for each edge."""
    for node in moment.settled_nodes():
        verdict, tokens = moment.decisions[node]
        if verdict == FAIL and len(moment.failed_sources(node)) < list(tokens.values()).count("failed"):
            return True
    return False


def _starts_while_failing(moment):
    """When the end of one node makes another ready and a third fail by its tokens, the ready one runs all the same."""
    if moment.failing_place() is None:
        return False
    turn = moment.turn_before_failing()
    return bool(set(moment.active_nodes()) - set(turn.active_nodes()))


def _logs_choices(moment):
    """A value that arrives while the execution is failing is logged with the handles that its node chose."""
    if moment.failing_place() is None:
        return False
    turn = moment.turn_before_failing()
    attempts = [moment.workflow.attempt(node, turn.attempt_number(node)) for node in turn.active_nodes()]
    return any(attempt.chooses is not None and attempt.runs in COROUTINES for attempt in attempts)


KNOWN = {
    "merges pairwise": _merges_pairwise,
    "passes outcomes on": _passes_outcomes_on,
    "blames twice": _blames_twice,
    "starts while failing": _starts_while_failing,
    "logs choices": _logs_choices,
}
