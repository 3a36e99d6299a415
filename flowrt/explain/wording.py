"""Words of explanations that several sentences need."""

from collections.abc import Sequence

from flowrt.explain.carried import SUCCEEDED
from flowrt.explain.explanation import State
from flowrt.explain.facts import ENDED, FAILED, Arrival, NodeFacts
from flowrt.graph.joins import Token

MAX_ERROR_CHARACTERS = 300
LOST = "lost: "


def in_seconds(seconds: float) -> str:
    """Return a time for a person.

    >>> in_seconds(3600.0), in_seconds(2.0), in_seconds(0.25), in_seconds(0.00002)
    ('3,600 s', '2 s', '0.25 s', 'less than 0.001 s')
    """
    if 0 < seconds < 0.001:  # noqa: PLR2004
        return "less than 0.001 s"
    return f"{seconds:,.0f} s" if seconds >= 100 else f"{max(seconds, 0):.3g} s"  # noqa: PLR2004


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_ERROR_CHARACTERS else f"{line[:MAX_ERROR_CHARACTERS]} ..."


def listed(phrases: Sequence[str], last: str = "and") -> str:
    """Return phrases as a list of a sentence.

    >>> listed(["'a'", "'b'", "'c'"])
    "'a', 'b' and 'c'"
    """
    *others, final = phrases
    return f"{', '.join(others)} {last} {final}" if others else final


WAITING: dict[State, str] = {
    "waiting for inputs": "waits for inputs itself",
    "ready": "waits for its turn",
    "paused": "could begin, but the execution is paused",
    "running": "runs",
    "stopping": "was asked to end and has not ended yet",
    "retrying": "waits for its next attempt",
    "delayed": "waits for a time",
    "waiting for a thread": "waits for a free thread",
    "waiting for a process": "waits for a free process",
    "unknown": "has no end in the log",
}
ENDINGS: dict[State, str] = {
    "completed": "completed",
    "finished anyway": "completed",
    "failed": "failed",
    "failed without running": "failed without running",
    "skipped": "was skipped",
    "cancelled": "was cancelled",
    "abandoned": "was cancelled",
    "never began": "never began",
}


def doing(facts: NodeFacts) -> str:
    """Return what a node does or did, without a subject: `has run for 3 s`."""
    due = facts.due_in_seconds
    match facts.state:
        case "running" if facts.since_seconds is not None:
            where = "" if facts.placement == "inline" else f" in a {facts.placement}"
            return f"has run{where} for {in_seconds(facts.since_seconds)}"
        case "retrying" if due is not None:
            return f"waits {in_seconds(due)} for attempt {facts.attempt}"
        case "delayed" if due is not None:
            return f"waits another {in_seconds(due)}"
        case "waiting for a signal":
            return f"waits for the signal {facts.signal!r}"
        case state if state in FAILED and facts.error:
            return f"{ENDINGS[state]} ({shortened(facts.error)})"
        case state:
            return ENDINGS[state] if state in ENDED else WAITING[state]


def arrival_text(arrival: Arrival, source: NodeFacts) -> str:
    """Return what a source does, or what its end put on an edge and why, without a subject."""
    edge, token = arrival.edge, arrival.token
    told = doing(source)
    if not arrival.is_in or token is Token.VALUE:
        return f"{told}, and its default went on" if _is_default(arrival, source) else told
    if token is None and _is_default(arrival, source):
        return f"{told}; the log does not tell whether its default went on"
    if edge.on == "failure" and source.state not in FAILED and source.state != "skipped":
        return f"{told}, and the edge is for its failure"
    is_kept_back = token in (Token.SKIPPED, None) and source.state != "skipped"
    if not is_kept_back or (edge.on == "success" and edge.condition is None and source.state not in SUCCEEDED):
        return told
    return _kept_back(arrival, told)


def _is_default(arrival: Arrival, source: NodeFacts) -> bool:
    return arrival.is_in and arrival.edge.on == "success" and source.state in FAILED


def _kept_back(arrival: Arrival, told: str) -> str:
    """Say that a branch or condition kept a value back, or that nobody can tell."""
    edge = arrival.edge
    deciding: list[tuple[str, str, str]] = []
    if edge.source_handle is not None:
        deciding.append((f"its branch {edge.source_handle!r}", "was chosen", "was not chosen"))
    if edge.condition is not None:
        deciding.append((f"the condition `{shortened(edge.condition)}`", "held", "did not hold"))
    if not deciding:
        return told
    if arrival.token is None:
        return f"{told}; the log does not tell whether {listed([f'{what} {held}' for what, held, _ in deciding])}"
    return f"{told}, but {listed([f'{what} {failed}' for what, _, failed in deciding], 'or')}"
