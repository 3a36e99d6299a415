"""Hypothesis strategies for random workflows of `scripted` nodes. Needs hypothesis, which flowrt does not install.

    @given(workflows(), inputs())
    def test_it_ends(definition, input):
        simulate(definition, input, seed=0, catalog=registry)

What fails shrinks to few nodes, few edges, no policies and joins that wait for all.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

KEYS = ("a", "b", "c")
"""The keys of records: so few that nodes collide on them."""
HANDLES = ("x", "y")
"""The handles of every node that branches."""
CONDITIONS = (
    "default(a, 1) > 0",
    "default(b, 0) == 0",
    "has(c) and c > 1",
    "not has(a) or a != 2",
    "false",
    "b < 3",
    "a >= c",
)
"""Conditions of edges; the last two fail with an `ExpressionError` where the record lacks a key."""
ERRORS = ("ValueError", "LookupError", "KeyError", "ConnectionError", "TimeoutError")
RETRY_LISTS: tuple[dict[str, Any], ...] = (
    {},
    {"retryable_errors": ["LookupError", "AttemptTimeoutError"]},
    {"fatal_errors": ["OSError"]},
    {"retryable_errors": ["Exception"], "fatal_errors": ["ValueError"]},
)
_RECORDS: list[dict[str, int]] = [
    {key: value for key, value in zip(KEYS, values, strict=True) if value is not None}
    for values in product((None, 0, 1, 2, 3), repeat=len(KEYS))
    if values.count(None)
]
TOO_LONG = 10
"""How many times its node's timeout an attempt takes that is to time out."""


def inputs() -> st.SearchStrategy[dict[str, int]]:
    """Return inputs with some of the keys that nodes produce."""
    return _records()


def workflows(
    *,
    max_nodes: int = 12,
    max_incoming: int = 4,
    seconds: Sequence[float] = (0.001, 0.002),
    timeout_seconds: float | None = 0.003,
    failures: bool = False,
    times: Sequence[float] = (),
    signals: Sequence[str] = (),
) -> st.SearchStrategy[dict[str, Any]]:
    """Return definitions, as `load_definition` takes them, of `scripted` nodes.

    They have edges with handles and conditions, every join, both ways to emit, retries without jitter, attempt
    timeouts and every `on_error`.

    Args:
        max_nodes: The greatest number of nodes.
        max_incoming: The greatest number of edges into a node; some of them may come from one node.
        seconds: The times that attempts and the pauses before retries take.
        timeout_seconds: The attempt timeout of nodes that have one; attempts that are to time out take `TOO_LONG` times
            as long. Choose another than `seconds` has, for there a timeout is a race. `None`: no node has one.
        failures: They have `failure` and `always` edges, too.
        times: The times that joins and the totals of nodes and executions have, in seconds; they also have budgets of
            retries then. Empty: they have none.
        signals: The names of the signals that nodes wait for. Empty: none does.
    """
    shape = _Shape(max_incoming, tuple(seconds), timeout_seconds, failures, tuple(times), tuple(signals))
    return st.builds(
        _definition,
        st.lists(_nodes(shape), min_size=1, max_size=max_nodes),
        is_reversed=st.booleans(),
        result=st.none() | st.integers(0, max_nodes - 1),
        policy=_workflow_policies(shape.times),
    )


class _Shape(NamedTuple):
    """What is drawn."""

    max_incoming: int
    seconds: tuple[float, ...]
    timeout_seconds: float | None
    failures: bool
    times: tuple[float, ...]
    signals: tuple[str, ...]


def _workflow_policies(times: tuple[float, ...]) -> st.SearchStrategy[dict[str, Any]]:
    if not times:
        return st.just({})
    none: list[dict[str, Any]] = [{}] * 4
    deadlines = [{"deadline_seconds": 3 * seconds} for seconds in times]
    return st.sampled_from([*none, *deadlines, {"max_retries": 1}, {"max_retries": 2}])


def _records() -> st.SearchStrategy[dict[str, int]]:
    # one choice for a record instead of one for each key: drawing is what takes the time
    return st.sampled_from(_RECORDS[:1] * 8 + _RECORDS[1:]).map(dict)


def _nodes(shape: _Shape) -> st.SearchStrategy[dict[str, Any]]:
    """Return nodes without ids, and with `back` instead of the sources of the edges into them."""
    seconds = shape.seconds
    return st.fixed_dictionaries(
        {
            "incoming": st.lists(_edges(failures=shape.failures), max_size=shape.max_incoming),
            "join": st.sampled_from(["all", "all", "any", "quorum", "all_settled"]),
            "quorum": st.integers(0, shape.max_incoming),
            "within": st.sampled_from((*[None] * 6, *shape.times)),
            "else": st.sampled_from((None, "any", "all", "quorum", "all_settled")),
            "losers": st.sampled_from(("cancel", "cancel", "run")),
            "emit": st.sampled_from(["merge", "merge", "replace"]),
            "signal": st.sampled_from(shape.signals or (None,)),
            "attempts": st.lists(_attempts(shape), min_size=1, max_size=2),
            "branches": st.sampled_from((False, False, True)),
            "echo": st.sampled_from((None, None, "given")),
            "retry": st.one_of(st.none(), _retries(seconds)),
            "timeout": st.sampled_from((None, None, shape.timeout_seconds)),
            "total": st.sampled_from((*[None] * 6, *shape.times)),
            "on_error": _on_error(),
        }
    )


def _edges(*, failures: bool) -> st.SearchStrategy[dict[str, Any]]:
    kinds = (None, None, None, "failure", "always") if failures else (None,)
    return st.fixed_dictionaries(
        {
            "on": st.sampled_from(kinds),
            "back": st.integers(0, 3),
            "handle": st.sampled_from((None, None, None, None, *HANDLES)),
            "condition": st.sampled_from((*[None] * 9, *CONDITIONS)),
        }
    )


def _attempts(shape: _Shape) -> st.SearchStrategy[dict[str, Any]]:
    """Return attempts; `None` seconds are longer than the node's timeout, if it has one."""
    ways = ["plain", "plain", "checkpoint", "sleep", "delay", *(["signal"] if shape.signals else [])]
    return st.fixed_dictionaries(
        {
            "runs": st.sampled_from(ways),
            "seconds": st.sampled_from((*shape.seconds, None)),
            "fails": st.sampled_from((*[None] * 15, *ERRORS)),
            "produces": _records(),
            "chooses": st.sampled_from(((), ("x",), ("y",), HANDLES)),
        }
    )


def _retries(seconds: tuple[float, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _retry,
        st.fixed_dictionaries(
            {
                "max_attempts": st.sampled_from((2, 3, 1)),
                "delay_seconds": st.sampled_from((0.0, *seconds)),
                "backoff": st.sampled_from(("exponential", "exponential", "constant", "linear")),
                "backoff_multiplier": st.sampled_from((1.0, 2.0, 3.0)),
                "max_delay_seconds": st.just(2 * max(seconds)),
                "jitter": st.just(0),
            }
        ),
        st.sampled_from(RETRY_LISTS),
    )


def _retry(numbers: dict[str, Any], lists: dict[str, Any]) -> dict[str, Any]:
    retry = {**numbers, **lists}
    if retry["backoff"] == "exponential":
        del retry["backoff"]
    else:
        del retry["backoff_multiplier"]
    return retry


def _on_error() -> st.SearchStrategy[Any]:
    modes: st.SearchStrategy[Any] = st.sampled_from(["skip", "continue", "fail"])
    return st.one_of(st.none(), modes, st.fixed_dictionaries({"default": _records()}))


def _definition(
    drawn: list[dict[str, Any]], *, is_reversed: bool, result: int | None, policy: dict[str, Any]
) -> dict[str, Any]:
    """Make a definition of what was drawn."""
    nodes = [_node(place, node) for place, node in enumerate(drawn)]
    edges = [edge for place, node in enumerate(drawn) if place for edge in _incoming(place, node["incoming"])]
    definition: dict[str, Any] = {"name": "random", "nodes": nodes[::-1] if is_reversed else nodes, "edges": edges}
    if policy:
        definition["policy"] = policy
    if result is not None:
        definition["result"] = f"n{result % len(drawn)}"
    return definition


def _incoming(place: int, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    edges: list[dict[str, Any]] = []
    for edge in drawn:
        made = {"source": f"n{place - 1 - edge['back'] % place}", "target": f"n{place}"}
        if edge["on"]:
            made["on"] = edge["on"]
        elif edge["handle"]:
            made["sourceHandle"] = edge["handle"]
        if edge["condition"]:
            made["condition"] = edge["condition"]
        edges.append(made)
    return edges


def _node(place: int, drawn: dict[str, Any]) -> dict[str, Any]:
    """Make a node; what is as by default is left out, to be read more easily."""
    node: dict[str, Any] = {"id": f"n{place}", "type": "scripted", "data": _data(drawn)}
    fan_in = len(drawn["incoming"]) if place else 0
    if fan_in:
        node |= _join(drawn, fan_in)
    if drawn["emit"] != "merge":
        node["emit"] = drawn["emit"]
    policy = {key: drawn[key] for key in ("retry", "on_error") if drawn[key] is not None}
    timeout = {"attempt": drawn["timeout"], "total": drawn["total"]}
    if drawn["total"] is not None and drawn["timeout"] is not None and drawn["total"] < drawn["timeout"]:
        timeout["total"] = None
    if any(timeout.values()):
        policy["timeout"] = {key: seconds for key, seconds in timeout.items() if seconds is not None}
    if policy:
        node["policy"] = policy
    return node


def _join(drawn: dict[str, Any], fan_in: int) -> dict[str, Any]:
    """Return the key of a join, if it is not that of every node."""
    rules: dict[str, Any] = {"quorum": {"quorum": 1 + drawn["quorum"] % fan_in}}
    rule: Any = rules.get(drawn["join"], drawn["join"])
    options: dict[str, Any] = {}
    if drawn["within"] is not None:
        options["within"] = drawn["within"]
        if drawn["else"] is not None and rules.get(drawn["else"], drawn["else"]) != rule:
            options["else"] = rules.get(drawn["else"], drawn["else"])
    if drawn["losers"] == "run" and drawn["join"] in {"any", "quorum"}:
        options["losers"] = "run"
    if options:
        return {"join": {"join": rule, **options}}
    return {} if rule == "all" else {"join": rule}


def _data(drawn: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"attempts": [_attempt(attempt, drawn) for attempt in drawn["attempts"]]}
    if drawn["branches"]:
        data["handles"] = list(HANDLES)
    if any(attempt["runs"] == "signal" for attempt in drawn["attempts"]):
        data["signal"] = drawn["signal"]
    if drawn["echo"]:
        data["echo"] = drawn["echo"]
    return data


def _attempt(drawn: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    attempt: dict[str, Any] = {}
    if drawn["runs"] != "plain":
        attempt["runs"] = drawn["runs"]
    if drawn["runs"] in {"sleep", "delay", "signal"}:
        too_long = TOO_LONG * (node["timeout"] or 0)
        attempt["seconds"] = too_long if drawn["seconds"] is None else drawn["seconds"]
    if drawn["fails"]:
        attempt["fails"] = drawn["fails"]
    if drawn["produces"]:
        attempt["produces"] = drawn["produces"]
    if node["branches"]:
        attempt["chooses"] = list(drawn["chooses"])
    return attempt
