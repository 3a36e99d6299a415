"""From facts to an explanation: pure."""

from collections.abc import Sequence

import msgspec

from flowrt.explain import sentences
from flowrt.explain.explanation import Explanation, InputFact
from flowrt.explain.facts import ENDED, Arrival, Facts, NodeFacts, Remembered
from flowrt.explain.skips import skip_text, skipped
from flowrt.explain.tracing import awaited_path, failed_path, skipped_path
from flowrt.explain.waits import waits_for_inputs
from flowrt.explain.wording import arrival_text, doing, shortened


def explain_node(facts: Facts, node_id: str) -> Explanation:
    """Return why a node stands as it does.

    Args:
        facts: The execution that it belongs to.
        node_id: A node of that execution's workflow.
    """
    facts = Remembered(facts)
    node = facts.node(node_id)
    arrivals = facts.arrivals(node_id)
    explanation = Explanation(
        node=node_id,
        state=node.state,
        sentence="",
        inputs=tuple(_input(facts, arrival) for arrival in arrivals),
        attempt=node.attempt,
        max_attempts=facts.design(node_id).max_attempts,
        attempts=node.failed,
        signal=node.signal,
        since_seconds=node.since_seconds,
        due_in_seconds=node.due_in_seconds,
    )
    return msgspec.structs.replace(explanation, **_answer(facts, node, arrivals))


def _input(facts: Facts, arrival: Arrival) -> InputFact:
    edge, source = arrival.edge, facts.node(arrival.edge.source)
    return InputFact(
        source=edge.source,
        source_state=source.state,
        on=edge.on,
        branch=edge.source_handle,
        condition=edge.condition,
        is_in=arrival.is_in,
        token=None if arrival.token is None else arrival.token.value,
        why=arrival_text(arrival, source),
    )


def _answer(facts: Facts, node: NodeFacts, arrivals: Sequence[Arrival]) -> dict[str, object]:
    """Return the sentence, and what only some states have."""
    match node.state:
        case "waiting for inputs":
            path = awaited_path(facts, node.id)
            due = facts.join_seconds(node.id)
            sentence = waits_for_inputs(facts, node.id, arrivals, path) + sentences.paused(facts)
            return {"sentence": sentence, "due_in_seconds": due, **_traced(facts, path)}
        case "skipped":
            path = skipped_path(facts, node.id)
            return {"sentence": skipped(facts, node.id, path), **_traced(facts, path)}
        case "failed without running":
            path = failed_path(facts, node.id)
            root = facts.node(path[-1])
            return {"sentence": sentences.failed_by_tokens(node, path, root), **_traced(facts, path)}
        case "unknown":
            return {"sentence": _unknown(node)}
        case state if state in ENDED:
            return {"sentence": sentences.ended(facts, node)}
        case _:
            return {"sentence": sentences.under_way(facts, node)}


def _traced(facts: Facts, path: tuple[str, ...]) -> dict[str, object]:
    if len(path) == 1:
        return {}
    root = facts.node(path[-1])
    happened = skip_text(facts, root.id) if root.state == "skipped" else f"{root.id!r} {doing(root)}"
    return {"path": path, "root_cause": root.error or happened}


def _unknown(node: NodeFacts) -> str:
    if node.attempt > 1:
        error = shortened(node.failed[-1].error)
        return f"{node.id!r} was to begin attempt {node.attempt}, as the one before failed with {error}."
    return f"{node.id!r} had all it needs; the log has no end of it."
