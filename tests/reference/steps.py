"""What each step does to a state: the rules of the page on semantics, one after the other."""

from reference.ends import (
    BEGINS,
    CANCEL,
    CANCEL_NODE,
    DEADLINE,
    EXECUTION_TIMEOUT,
    EXPIRES,
    EXPRESSION_ERROR,
    JOIN_TIMEOUT,
    SIGNAL,
    UPSTREAM_ERROR,
    WAITS,
    End,
)
from reference.interpreter import ends_with
from reference.joins import FIRE, SKIP, VALUE, WAIT
from reference.records import plain
from reference.state import SECOND, Ending, State

from flowrt.errors import ExpressionError
from flowrt.policies import Default


def start(workflow):
    """Return the state in which nothing has happened."""
    state = State(workflow)
    for node in workflow.nodes:
        _judge(state, node)
    return state


def after(state, end):
    """Return the state after one more end, or after what happens without an event."""
    new = state.copied()
    if end.at_ns is not None:
        new.now_ns = end.at_ns
    {
        BEGINS: _begin,
        EXPIRES: _expire,
        DEADLINE: lambda state, _: _fail_execution(state, EXECUTION_TIMEOUT, None),
        CANCEL: lambda state, _: _cancel(state),
        CANCEL_NODE: _cancel_node,
        SIGNAL: _signal,
        "completed": _complete,
        "failed": _fail,
        "skipped": _skip,
        "cancelled": _cancelled,
    }[end.status](new, end)
    while new.early or _may_not_start(new):
        _cancel_losers(new)
        for node in _may_not_start(new):
            _never_begin(new, node)
    return new


# --- attempts ---


def _begin(state, end):
    node = end.node
    state.begun_ns[node] = state.ready_ns.pop(node)
    state.first_ns.setdefault(node, state.begun_ns[node])
    first, *rest = state.kept.get(state.workflow.scripts[node].signal) or (None,)
    if state.attempt(node).runs == "signal" and first is not None:
        state.kept[state.workflow.scripts[node].signal] = tuple(rest)
        _answer(state, node, first)


def _signal(state, end):
    """Give a signal to the node that has waited longest for it, or keep it for one that may still wait."""
    nodes = [node for node, script in state.workflow.scripts.items() if script.signal == end.note]
    waiting = [node for node in state.begun_ns if node in nodes and state.attempt(node).runs == "signal"]
    if waiting:
        _answer(state, waiting[0], end.produced)
    elif any(node not in state.outcomes for node in nodes):
        state.kept[end.note] = (*state.kept.get(end.note, ()), end.produced)


def _answer(state, node, payload):
    state.answered.add(node)
    for end in ends_with(state, node, payload, None):
        _owe(state, end)


def _over(state, node, outcome):
    """Note that a node has ended."""
    for places in (state.ready_ns, state.begun_ns, state.owed, state.interrupted):
        places.pop(node, None)
    state.outcomes[node] = outcome


def _complete(state, end):
    node = end.node
    is_interrupted = node in state.interrupted
    chosen = None if node in state.answered else state.attempt(node).chooses
    record = state.payload(node, end.produced)
    told = state.told(node, "always", {"outcome": "completed", "value": end.produced})
    _over(state, node, "completed")
    state.produced[node], state.sent[node, "success"], state.sent[node, "always"] = end.produced, record, told
    success = _tokens(state, node, "success", record, chosen, is_strict=not is_interrupted)
    always = _tokens(state, node, "always", told, is_strict=not is_interrupted)
    _deliver(state, success | _all(state, node, "failure", "skipped") | always)


def _tokens(state, node, on, record, chosen=None, *, is_strict):
    """Return the tokens of a node's edges; unless it is strict, those whose conditions fail carry skipped."""
    if is_strict:
        return state.tokens_over(node, on, record, chosen)
    return _lenient(state, node, on, record, chosen)[0]


def _lenient(state, node, on, record, chosen=None):
    """Return the tokens of a node's edges, and whether a condition failed; its edge carries skipped."""
    tokens, has_failed = {}, False
    for place, edge in state.workflow.edges_on(node, on):
        try:
            tokens[place] = "value" if state.is_taken(edge, plain(record), chosen) else "skipped"
        except ExpressionError:
            tokens[place], has_failed = "skipped", True
    return tokens, has_failed


def _all(state, node, on, token):
    return {place: token for place, _ in state.workflow.edges_on(node, on)}


def _fail(state, end):
    node = end.node
    if end.retry_delay_seconds is not None:
        state.begun_ns.pop(node, None)
        state.ready_ns.pop(node, None)
        state.numbers[node] = end.attempt + 1
        state.ready_ns[node] = state.now_ns + round(end.retry_delay_seconds * SECOND)
        state.retries += 1
        return
    sources = state.failed_sources(node)
    state.errors[node] = state.errors[sources[0]] if end.error == UPSTREAM_ERROR else node
    on_error = state.workflow.on_error(node)
    failure = {"node": node, "type": end.error, "message": end.message, "attempts": end.attempt}
    is_default = isinstance(on_error, Default)
    _over(state, node, "failed")
    failed = state.sent[node, "failure"] = state.told(node, "failure", {"error": failure})
    told = state.sent[node, "always"] = state.told(node, "always", {"outcome": "failed", "error": failure})
    failure_tokens, is_misfit = _lenient(state, node, "failure", failed)
    always_tokens, is_also_misfit = _lenient(state, node, "always", told)
    is_misfit = is_misfit or is_also_misfit
    if is_default:
        produced = state.produced_by(node, on_error.default)
        record = state.payload(node, produced)
        success_tokens, has_failed = _lenient(state, node, "success", record)
        if has_failed:
            success_tokens = _all(state, node, "success", "skipped")
        is_misfit = is_misfit or has_failed
        state.produced[node], state.sent[node, "success"] = produced, record
        state.outcomes[node] = "failed" if is_misfit else "completed"
    else:
        success_tokens = _all(state, node, "success", "failed" if on_error == "continue" else "skipped")
    is_handled = "value" in failure_tokens.values()
    _deliver(state, success_tokens | failure_tokens | always_tokens)
    if is_misfit:
        _fail_execution(state, EXPRESSION_ERROR, node)
    elif on_error == "fail" and not is_handled:
        _fail_execution(state, end.error, node)
    else:
        state.absorbed += 1


def _skip(state, end):
    _over(state, end.node, "skipped")
    _deliver(state, {place: "skipped" for place, _ in state.workflow.outgoing[end.node]})


def _cancelled(state, end):
    _end_cancelled(state, end.node, has_begun=end.attempt > 0)
    _over(state, end.node, "cancelled")


def _end_cancelled(state, node, *, has_begun):
    tokens = _all(state, node, "success", "cancelled") | _all(state, node, "failure", "skipped")
    is_misfit = False
    if has_begun:
        told = state.sent[node, "always"] = state.told(node, "always", {"outcome": "cancelled"})
        always, is_misfit = _lenient(state, node, "always", told)
    else:
        always = _all(state, node, "always", "cancelled")
    _over(state, node, "cancelled")
    _deliver(state, tokens | always)
    if is_misfit:
        _fail_execution(state, EXPRESSION_ERROR, node)


# --- tokens and joins ---


def _deliver(state, tokens):
    for place, token in tokens.items():
        node = state.workflow.definition.edges[place].target
        if state.verdicts.get(node, WAIT) != WAIT:
            state.late += token == VALUE
            continue
        if node in state.outcomes:
            continue
        if not state.inbox[node]:
            state.opened_ns[node] = state.now_ns
        state.inbox[node][place] = token
        _judge(state, node)


def _expire(state, end):
    node = end.node
    state.expired.add(node)
    if state.workflow.nodes[node].join.otherwise is not None:
        _judge(state, node)
        return
    state.verdicts[node] = "time out"
    _owe(state, End(node, 0, "failed", error=JOIN_TIMEOUT))
    _decided(state, node)


def _judge(state, node):
    verdict = state.verdict(node)
    if verdict == WAIT:
        return
    state.verdicts[node] = verdict
    if verdict == FIRE:
        state.ready_ns[node] = state.now_ns
    elif verdict == SKIP:
        _owe(state, End(node, 0, "skipped"))
    else:
        sources = state.failed_sources(node)
        blames = f"{', '.join(map(repr, sources))} failed ({state.errors[sources[0]]}"
        _owe(state, End(node, 0, "failed", error=UPSTREAM_ERROR, blames=blames))
    _decided(state, node)


def _owe(state, end):
    state.owed[end.node] = [*state.owed.get(end.node, []), end]


def _decided(state, node):
    state.receive(node)
    if state.fires_to_rescue(node):
        state.rescuing.add(node)
    if state.is_early(node) and state.workflow.nodes[node].join.losers == "cancel":
        state.early = (*state.early, node)


def _cancel_losers(state):
    """Interrupt the nodes that feed only joins which decided without them, in this step."""
    early, state.early = state.early, ()
    before = {*state.interrupted}
    for node in early:
        note = f"lost: the join of {node!r} had decided"
        for loser in state.workflow.losers(node):
            if loser in state.interrupted and loser not in before:
                state.interrupted[loser] += (note,)  # of two joins that decide at once, either may be named
            _interrupt(state, loser, note)


# --- interrupting ---


def _interrupt(state, node, note):
    """Interrupt a node, wherever it is; what has begun to wait ends at once, what has not begun, too."""
    if node in state.outcomes or node in state.interrupted:
        return
    number = state.number(node)
    is_suspended = node in state.begun_ns and state.attempt(node).runs not in WAITS
    is_unknown = not state.workflow.is_timely and node in state.ready_ns and state.attempt(node).runs != "plain"
    if is_suspended or is_unknown:
        state.interrupted[node] = (note,)
    elif node in state.begun_ns or number > 1:
        _owe(state, End(node, number, "cancelled", note=note))
    elif state.ending is not None and not state.goes_on(node):
        _never_begin(state, node)
    else:
        _owe(state, End(node, 0, "cancelled", note=note))


def _cancel_node(state, end):
    _interrupt(state, end.node, end.note)


def _cancel(state):
    if state.ending is None:
        _end(state, Ending("cancelled"))
    else:
        state.is_stopped = True
        _end(state, state.ending)


def _fail_execution(state, error, node):
    if state.ending is None:
        _end(state, Ending("failed", error, node))


def _end(state, ending):
    """Let the execution end: what is under way and does not rescue is interrupted."""
    state.ending = ending
    for node in [*state.begun_ns, *state.ready_ns]:
        is_unknown = not state.workflow.is_timely and state.attempt(node).runs != "plain"
        is_under_way = node in state.begun_ns or state.number(node) > 1 or is_unknown
        if is_under_way and not state.goes_on(node) and node not in state.owed:
            _interrupt(state, node, None)


def _may_not_start(state):
    """Return what became ready or was decided while the execution is ending, and does not rescue."""
    if state.ending is None:
        return []
    return [node for node in [*state.ready_ns, *state.owed] if _is_kept_out(state, node)]


def _never_begin(state, node):
    """End a node that may not start; nobody logs it."""
    state.outcomes[node] = "never"
    _end_cancelled(state, node, has_begun=False)
    state.outcomes[node] = "never"


def _is_kept_out(state, node):
    has_begun = node in state.begun_ns or node in state.interrupted or state.number(node) > 1
    return not has_begun and not state.goes_on(node)
