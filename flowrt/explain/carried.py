"""What the end of a node puts on its edges: the table of docs/semantics.md."""

from typing import Final

from flowrt.definition.model import Edge
from flowrt.explain.explanation import State
from flowrt.explain.facts import ENDED
from flowrt.graph.joins import Token
from flowrt.policies import Default, OnError

SUCCEEDED: Final[frozenset[State]] = frozenset({"completed", "finished anyway"})
INTERRUPTED: Final[frozenset[State]] = frozenset({"cancelled", "abandoned"})


def carried(edge: Edge, source: State, on_error: OnError) -> Token | None:
    """Return what an edge carries once its source has ended so.

    `None`: a value or `skipped`, as its condition or branch decides; or nothing yet, if the source has not ended.

    >>> carried(Edge(source="a", target="b"), "failed", "continue")
    <Token.FAILED: 'failed'>
    """
    if source not in ENDED:
        return None
    token = _unless_kept_back(edge, source, on_error)
    decides = edge.condition is not None or (edge.source_handle is not None and source in SUCCEEDED)
    return None if token is Token.VALUE and decides else token


def is_fatal(error: str) -> bool:
    """Say whether a failure, told by its class and message, fails its execution whatever `on_error` says."""
    return error.startswith("StepExitedError:")


def _unless_kept_back(edge: Edge, source: State, on_error: OnError) -> Token:
    match edge.on, source:
        case _, "skipped":
            return Token.SKIPPED
        case "success", _:
            return _over_success(source, on_error)
        case "failure", "failed" | "failed without running":
            return Token.VALUE
        case "failure", _:
            return Token.SKIPPED
        case _, "never began":
            return Token.CANCELLED
        case _:
            return Token.VALUE


def _over_success(source: State, on_error: OnError) -> Token:
    if source in SUCCEEDED:
        return Token.VALUE
    if source in INTERRUPTED or source == "never began":
        return Token.CANCELLED
    if isinstance(on_error, Default):
        return Token.VALUE
    return Token.FAILED if on_error == "continue" else Token.SKIPPED
