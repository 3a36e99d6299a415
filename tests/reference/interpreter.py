"""What may happen next: every way in which something may end at a state, and what happens without an event."""

import builtins

from reference.ends import (
    ATTEMPT_TIMEOUT,
    BEGINS,
    COROUTINES,
    DEADLINE,
    EXPIRES,
    EXPRESSION_ERROR,
    FINISHED_ANYWAY,
    NODE_TIMEOUT,
    SIGNAL_TIMEOUT,
    WAITS,
    End,
    Finish,
)
from reference.joins import WAIT
from reference.records import plain
from reference.state import SECOND

from flowrt.errors import AttemptTimeoutError, ExpressionError, SignalTimeoutError


def possible_ends(state):
    """Return every end that may come next, each with its time.

    What tokens decide alone, and the end of what only waits when it is interrupted, is done at once.
    """
    if state.owed:
        return [_at(state, end) for ends in (*state.owed.values(), _perhaps_not_begun(state)) for end in ends]
    under_way = dict(state.begun_ns)
    if not state.workflow.is_timely:
        under_way = state.ready_ns | under_way
    return [end for node in under_way for end in _attempt_ends(state, node, under_way[node])]


def silent_steps(state):
    """Return what may happen next without an event of the log, each with its time."""
    if state.owed:
        return []
    steps = [End(node, state.number(node), BEGINS, at_ns=at) for node, at in state.ready_ns.items()]
    for node, definition in state.workflow.nodes.items():
        within, is_open = definition.join.within, state.verdicts.get(node, WAIT) == WAIT and node not in state.outcomes
        if within is not None and is_open and node in state.opened_ns and node not in state.expired:
            steps.append(End(node, 0, EXPIRES, at_ns=state.opened_ns[node] + round(within * SECOND)))
    deadline = state.workflow.definition.policy.deadline_seconds
    if deadline is not None and state.ending is None:
        steps.append(End("", 0, DEADLINE, at_ns=round(deadline * SECOND)))
    return steps


def finish_of(state):
    """Return how the execution ends, if it may end now."""
    ending = state.ending
    if ending is None:
        is_over = len(state.outcomes) == len(state.workflow.nodes)
        return Finish("completed", _output(state), None, None, state.absorbed, state.late) if is_over else None
    unknown = set() if state.workflow.is_timely else {node for node in state.interrupted if state.number(node) == 1}
    rest = state.copied()
    for places in (rest.interrupted, rest.ready_ns, rest.begun_ns):
        for node in unknown:
            places.pop(node, None)
    return Finish(ending.status, None, ending.error, ending.node, state.absorbed) if rest.is_at_rest else None


def _output(state):
    results = {node: plain(record) for (node, on), record in state.sent.items() if on == "success"}
    last = state.workflow.last_nodes
    if state.workflow.definition.result:
        return results.get(state.workflow.definition.result)
    if len(last) == 1:
        return results.get(last[0])
    return {node: results[node] for node in last if node in results}


def _at(state, end, at_ns=None):
    if not state.workflow.is_timely:
        return end
    return end._replace(at_ns=state.now_ns if at_ns is None else at_ns)


def _perhaps_not_begun(state):
    """Return the ends of interrupted nodes that had not begun or only waited; on a real clock nobody knows."""
    nodes = {} if state.workflow.is_timely else state.interrupted
    notes = [(node, note) for node, possible in nodes.items() for note in possible]
    ends = [End(node, 0, "cancelled", note=note) for node, note in notes if note and state.number(node) == 1]
    return ends + [
        End(node, state.number(node), "cancelled", note=note)
        for node, note in notes
        if state.attempt(node).runs in WAITS or state.number(node) > 1
    ]


# --- an attempt ---


def _attempt_ends(state, node, begun_ns):
    """Return how an attempt may end that is under way."""
    if node in state.interrupted:
        return _interrupted(state, node, begun_ns)
    attempt = state.attempt(node)
    timeout = state.workflow.nodes[node].policy.timeout
    own_ns = begun_ns + round(attempt.seconds * SECOND)
    limits = []
    if attempt.runs != "plain" and timeout.attempt is not None:
        limits.append((begun_ns + round(timeout.attempt * SECOND), _failed(state, node, ATTEMPT_TIMEOUT)))
    if attempt.runs != "plain" and timeout.total is not None:
        due_ns = state.first_ns.get(node, begun_ns) + round(timeout.total * SECOND)
        limits.append((due_ns, _final(state, node, NODE_TIMEOUT)))
    if not state.workflow.is_timely:
        return _ends_at_any_time(state, node, attempt, limits)
    end_ns = min([own_ns, *(due_ns for due_ns, _ in limits)])
    ends = [_at(state, end, end_ns) for due_ns, end in limits if due_ns == end_ns]
    if own_ns == end_ns:
        notes = [None, FINISHED_ANYWAY] if ends and attempt.runs in COROUTINES else [None]
        ends += [_at(state, end, end_ns) for note in notes for end in _own_ends(state, node, attempt, note)]
    return ends


def _ends_at_any_time(state, node, attempt, limits):
    """Return how an attempt may end on a real clock, where one may be late."""
    timeout = state.workflow.nodes[node].policy.timeout.attempt
    is_too_long = timeout is not None and attempt.seconds > timeout
    ends = [end for _, end in limits]
    if not is_too_long:
        ends += _own_ends(state, node, attempt, None)
    if limits and attempt.runs in COROUTINES:
        ends += _own_ends(state, node, attempt, FINISHED_ANYWAY)
    return ends


def waiting_ends(state):
    """Return how nodes may end while they wait for their next attempt: their time for all attempts may be over."""
    ends = []
    for node, at_ns in state.ready_ns.items():
        total = state.workflow.nodes[node].policy.timeout.total
        if total is not None and node in state.first_ns and not state.owed and node not in state.interrupted:
            due_ns = state.first_ns[node] + round(total * SECOND)
            if due_ns <= at_ns:
                ends.append(_at(state, _final(state, node, NODE_TIMEOUT), due_ns))
    return ends


def _own_ends(state, node, attempt, note):
    """Return how an attempt ends that comes to its own end; a note tells that it came too late."""
    if attempt.fails:
        return [_failed(state, node, SIGNAL_TIMEOUT if attempt.runs == "signal" else attempt.fails)]
    return ends_with(state, node, _returned(state, node, attempt), attempt.chooses, note)


def ends_with(state, node, returned, chosen, note=None):
    """Return how an attempt ends that returns something."""
    produced = state.produced_by(node, returned)
    told = state.told(node, "always", {"outcome": "completed", "value": produced})
    try:
        state.tokens_over(node, "success", state.payload(node, produced), chosen)
        state.tokens_over(node, "always", told)
    except ExpressionError:
        return [_failed(state, node, EXPRESSION_ERROR)]
    return [_completed(state, node, produced, note)]


def _completed(state, node, produced, note):
    notes = [] if note is None else [note]
    if state.conflicts[node]:
        notes.append(f"unordered nodes disagree on: {', '.join(state.conflicts[node])}")
    return End(node, state.number(node), "completed", produced=produced, note="; ".join(notes) or None)


def _returned(state, node, attempt):
    echo = state.workflow.scripts[node].echo
    if echo is None:
        return attempt.produces
    given = plain(state.given[node])
    return attempt.produces | {echo: {key: value for key, value in given.items() if key != echo}}


def _final(state, node, error):
    return End(node, state.number(node), "failed", error=error)


def _failed(state, node, error):
    number = state.number(node)
    delay = _pause(state.workflow.nodes[node].policy.retry, error, number)
    most = state.workflow.definition.policy.max_retries
    if delay is not None and most is not None and state.retries >= most:
        note = f"not retried: the execution has used up its {most} retries"
        return End(node, number, "failed", error=error, note=note)
    return End(node, number, "failed", error=error, retry_delay_seconds=delay)


def _pause(retry, error, number):
    """Return the time to the next attempt, or `None` if there is none."""
    if retry is None or error == EXPRESSION_ERROR or number >= retry.max_attempts:
        return None
    names = _class_names(error)
    if names & set(retry.fatal_errors):
        return None
    if retry.retryable_errors is not None and not names & set(retry.retryable_errors):
        return None
    grown = {"constant": 1, "linear": number, "exponential": retry.backoff_multiplier ** (number - 1)}
    pause = retry.delay_seconds * grown[retry.backoff]
    return pause if retry.max_delay_seconds is None else min(pause, retry.max_delay_seconds)


def _class_names(error):
    own = {ATTEMPT_TIMEOUT: AttemptTimeoutError, SIGNAL_TIMEOUT: SignalTimeoutError}
    kind = own.get(error) or getattr(builtins, error)
    return {base.__name__ for base in kind.__mro__}


# --- an attempt that was interrupted ---


def _interrupted(state, node, begun_ns):
    """Return how an attempt ends that is to end now; what it returns all the same counts."""
    number, notes = state.number(node), state.interrupted[node]
    attempt = state.attempt(node)
    ends = [End(node, number, "cancelled", note=note) for note in notes]
    ends += [end for end in _perhaps_not_begun(state) if end.node == node]
    own_ns = begun_ns + round(attempt.seconds * SECOND)
    if attempt.runs in COROUTINES and (own_ns == state.now_ns or not state.workflow.is_timely):
        if attempt.fails:
            ends += [End(node, number, "cancelled", error=attempt.fails, note=note) for note in notes]
        else:
            produced = state.produced_by(node, _returned(state, node, attempt))
            ends.append(_completed(state, node, produced, FINISHED_ANYWAY))
    return [_at(state, end) for end in ends]
