"""What may happen next: every way in which an attempt may end at a moment."""

import builtins

from reference.ends import COROUTINES, EXPRESSION_ERROR, FINISHED_ANYWAY, TIMEOUT_ERROR, UPSTREAM_ERROR, End
from reference.joins import SKIP
from reference.records import plain

from flowrt.errors import AttemptTimeoutError, ExpressionError


def possible_ends(moment):
    """Return every end that may come next.

    What tokens decide alone is done at once: nothing else ends before.
    """
    if moment.failing_place() is not None:
        return _ends_while_failing(moment)
    settled = moment.settled_nodes()
    if settled:
        return [_settled_end(moment, node) for node in settled]
    return [end for node in moment.active_nodes() for end in _attempt_ends(moment, node)]


def _settled_end(moment, node):
    if moment.decisions[node].verdict == SKIP:
        return End(node, 0, "skipped")
    sources = moment.failed_sources(node)
    blames = f"{', '.join(map(repr, sources))} failed ({moment.root_cause(sources[0])}"
    return End(node, 0, "failed", error=UPSTREAM_ERROR, blames=blames)


# --- an attempt ---


def _attempt_ends(moment, node):
    """Return how the attempt of a node that fired may end."""
    workflow = moment.workflow
    attempt = workflow.attempt(node, moment.attempt_number(node))
    timeout = workflow.nodes[node].policy.timeout.attempt
    may_time_out = attempt.runs != "plain" and timeout is not None
    is_too_long = may_time_out and attempt.seconds > timeout
    ends = []
    if not is_too_long:
        ends += _own_ends(moment, node, attempt, note=None)
    if may_time_out and attempt.runs in COROUTINES and not workflow.is_timely:
        ends += _own_ends(moment, node, attempt, note=FINISHED_ANYWAY)
    if is_too_long or (may_time_out and not workflow.is_timely):
        ends.append(_failed(moment, node, TIMEOUT_ERROR))
    return ends


def _own_ends(moment, node, attempt, *, note):
    """Return how an attempt ends that comes to its own end; a note tells that it came too late."""
    if attempt.fails:
        return [_failed(moment, node, attempt.fails)]
    produced = moment.produced_by(node, _returned(moment, node, attempt))
    try:
        moment.tokens_of_value(node, moment.payload(node, produced), attempt.chooses)
    except ExpressionError:
        return [_failed(moment, node, EXPRESSION_ERROR)]
    if moment.conflicts[node]:
        note = f"unordered nodes disagree on: {', '.join(moment.conflicts[node])}"
    return [End(node, moment.attempt_number(node), "completed", produced=produced, note=note)]


def _returned(moment, node, attempt):
    echo = moment.workflow.scripts[node].echo
    if echo is None:
        return attempt.produces
    given = plain(moment.given[node])
    return attempt.produces | {echo: {key: value for key, value in given.items() if key != echo}}


def _failed(moment, node, error):
    number = moment.attempt_number(node)
    delay = _pause(moment.workflow.nodes[node].policy.retry, error, number)
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
    pause = retry.delay_seconds * retry.backoff_multiplier ** (number - 1)
    return pause if retry.max_delay_seconds is None else min(pause, retry.max_delay_seconds)


def _class_names(error):
    kind = AttemptTimeoutError if error == TIMEOUT_ERROR else getattr(builtins, error)
    return {base.__name__ for base in kind.__mro__}


# --- an execution that fails ---


def _ends_while_failing(moment):
    """Return the ends that may still come: those of attempts that were under way when the execution began to fail."""
    before = moment.turn_before_failing()
    ended = {end.node for end in moment.ends[len(before.ends) :]}
    return [end for node in before.active_nodes() if node not in ended for end in _interrupted(before, node)]


def _interrupted(moment, node):
    """Return how the attempt of a node ends if the execution is failing; one that did not begin has no end."""
    number = moment.attempt_number(node)
    attempt = moment.workflow.attempt(node, number)
    cancelled = End(node, number, "cancelled")
    if attempt.runs in COROUTINES and attempt.fails:
        return [cancelled, cancelled._replace(error=attempt.fails)]
    if attempt.runs in COROUTINES:
        produced = _returned(moment, node, attempt)
        return [cancelled, End(node, number, "completed", produced=produced, note=FINISHED_ANYWAY)]
    waits = attempt.runs == "delay" or number > 1
    return [cancelled] if waits else []
