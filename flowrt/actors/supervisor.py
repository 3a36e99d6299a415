"""The supervisor: what becomes of a firing that failed. Policies decide; this acts on what they say."""

from typing import TYPE_CHECKING, Any

from flowrt.actors import ending, interrupting, live, waiting
from flowrt.actors.interruptions import Interruption
from flowrt.actors.snapshots import message_of, text_of, type_name
from flowrt.errors import (
    ExpressionError,
    FlagError,
    JoinTimeoutError,
    NodeTimeoutError,
    StepExitedError,
    StepResultError,
    StepTransferError,
    UpstreamFailedError,
)
from flowrt.graph.fresh import fresh
from flowrt.graph.getters import NoValueError
from flowrt.graph.joins import Token
from flowrt.graph.node_ends import COMPLETED, FAILED, SKIPPED
from flowrt.graph.plan import PlanNode
from flowrt.graph.tokens import News
from flowrt.outcomes import NodeFailure
from flowrt.policies import Default

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.parking import Parked

NEVER_RETRIED = (ExpressionError, FlagError, StepResultError, StepExitedError, StepTransferError)


# --- attempts ---------------------------------------------------------------------------------------------------------


def attempt_failed(execution: "Execution", node: PlanNode, error: Exception, started_ns: int) -> None:
    """Retry an attempt that failed, or let its node fail."""
    if execution.is_held and (execution.flow.states[node.index] or execution.status != "running"):
        return
    if execution.is_interrupted(node):
        interrupting.end_interrupted(execution, node, started_ns, None if type(error) is NoValueError else error)
        return
    if type(error) is NoValueError:
        skip(execution, node)
    else:
        _retry_or_fail(execution, node, error, started_ns)
    follow_up(execution)


def _retry_or_fail(execution: "Execution", node: PlanNode, error: Exception, started_ns: int) -> None:
    attempts = execution.attempts
    attempt = attempts.number(node)
    delay, note = _delay_before_retry(execution, node, error, attempt)
    if delay is None:
        attempts.add_notes(node, error)
        execution.rare.failures.keep_note(node, note)
    execution.tell(node, "failed", started_ns=started_ns, error=error, retry_delay_seconds=delay, note=note)
    if delay is None:
        node_failed(execution, node, error, attempt)
    else:
        waiting.retry_later(execution, node, error, delay, started_ns)


def _delay_before_retry(
    execution: "Execution", node: PlanNode, error: Exception, attempt: int
) -> tuple[float | None, str | None]:
    """Return the time to the next attempt, `None` if there is none, and what else the log says."""
    retry = node.policy.retry
    try:
        if retry is None or isinstance(error, NEVER_RETRIED):
            return None, None
        delay = retry.delay_before_next(error, attempt, execution.kernel.random)
    except Exception as broken:  # noqa: BLE001 - the error is a user's, and may do anything when it is looked at
        return None, f"not retried: looking at its error raised {text_of(broken)}"
    most = execution.plan.policy.max_retries
    if delay is not None and most is not None and execution.attempts.retries >= most:
        return None, f"not retried: the execution has used up its {most} retries"
    return delay, None


def wait_is_over(parked: "Parked", *, produced: Any, error: Exception | None, started_ns: int) -> None:
    """Go on with a firing whose time to wait is over."""
    release(parked)
    end_wait(parked.execution, parked.node, produced, error, started_ns)


def release(parked: "Parked") -> None:
    """Note that a wait is over."""
    del parked.execution.parking[parked.node]
    live.resumed(parked.execution, parked.node, parked)


def end_wait(execution: "Execution", node: PlanNode, produced: Any, error: Exception | None, started_ns: int) -> None:
    """Go on where the wait of a firing is over."""
    if error is None:
        try:
            following = execution.succeed(node, produced, started_ns)
        except Exception as failure:  # noqa: BLE001 - a condition or a result that does not fit fails the node
            error = failure
        else:
            if following is not None:
                execution.flow.ready.appendleft(following)
    if error is not None:
        attempt_failed(execution, node, error, started_ns)
    execution.call_hands()
    execution.check_rest()


def node_timed_out(execution: "Execution", node: PlanNode, started_ns: int | None, cause: BaseException | None) -> None:
    """Let a node fail because its time for all attempts is over."""
    attempt = execution.attempt_number(node)
    error = NodeTimeoutError(node.id, attempt, node.total_timeout_seconds or 0.0)
    error.__cause__ = cause
    execution.attempts.add_notes(node, error)
    execution.tell(node, "failed", started_ns=started_ns, error=error)
    node_failed(execution, node, error, attempt)
    act_on_news(execution)
    ending.sift(execution)


# --- nodes ------------------------------------------------------------------------------------------------------------


def node_failed(execution: "Execution", node: PlanNode, error: Exception, attempt: int) -> None:
    """Apply `on_error` of a node whose last attempt failed, or that failed by its tokens (attempt 0)."""
    is_fatal = type(error) is StepExitedError
    fails = is_fatal or node.on_error == "fail"
    execution.rare.failures.keep(node, error, attempt)
    if fails and not execution.plan.has_ports:
        execution.count_end(node, FAILED)
        execution.fail(node, error, attempt)
        return
    failure = NodeFailure(node=node.id, type=type_name(error), message=message_of(error), attempts=attempt)
    on_error = "fail" if is_fatal else node.on_error
    carried = execution.flow.fail(node, failure, _success_token(on_error))
    execution.count_end(node, COMPLETED if isinstance(on_error, Default) and carried.misfit is None else FAILED)
    if carried.misfit is not None or is_fatal or (fails and not carried.is_handled):
        execution.fail(node, carried.misfit or error, attempt)
    else:
        execution.rare.failures.absorbed += 1
    if not execution.flow.left:
        execution.finish()


def _success_token(on_error: str | Default) -> Token | Default:
    if isinstance(on_error, Default):
        return Default(fresh(on_error.default))
    return Token.FAILED if on_error == "continue" else Token.SKIPPED


def skip(execution: "Execution", node: PlanNode) -> None:
    """End a node without running it, and spread that over its edges."""
    execution.tell(node, "skipped", attempt=0)
    execution.count_end(node, SKIPPED)
    execution.flow.skip(node)
    if not execution.flow.left:
        execution.finish()


# --- news of tokens ---------------------------------------------------------------------------------------------------


def follow_up(execution: "Execution") -> None:
    """Do what follows from the end of a firing, beside its tokens; what is ready then may have to wait or to end."""
    act_on_news(execution)
    if execution.is_held:
        ending.sift(execution)


def act_on_news(execution: "Execution") -> None:
    """Do what tokens ask for, and what follows from that; iterative: chains may be long.

    What ends meanwhile waits until it is its turn: all that a join has lost is cancelled before the join ends.
    """
    if not execution.flow.news or execution.rare.is_acting:
        return
    execution.rare.is_acting = True
    while (news := execution.flow.news) and execution.status == "running":
        _act(execution, *news.popleft())
    execution.rare.is_acting = False


def _act(execution: "Execution", node: PlanNode, what: News) -> None:
    if what is News.OPENED:
        waiting.open_join(execution, node)
    elif what is News.DECIDED_EARLY:
        _cancel_losers(execution, node)
    elif not execution.flow.states[node.index]:
        _end_by_tokens(execution, node, what)


def _end_by_tokens(execution: "Execution", node: PlanNode, what: News) -> None:
    if execution.is_ending and not ending.goes_on(execution, node):
        ending.never_begin(execution, node)
    elif what is News.SKIPPED:
        skip(execution, node)
    else:
        _fail_by_tokens(execution, node, what)


def _cancel_losers(execution: "Execution", join: PlanNode) -> None:
    note = f"lost: the join of {join.id!r} had decided"
    interruption = Interruption("cancel", execution.kernel.monotonic_ns(), note)
    interrupting.interrupt_losers(execution, execution.plan.losers(join), interruption)


def _fail_by_tokens(execution: "Execution", node: PlanNode, what: News) -> None:
    flow = execution.flow
    error: JoinTimeoutError | UpstreamFailedError
    if what is News.TIMED_OUT:
        error = JoinTimeoutError(node.id, node.within_seconds or 0.0, flow.missing_sources(node))
    else:
        upstream = flow.failed_sources(node)
        error = UpstreamFailedError(node.id, upstream, execution.rare.failures.root_cause(upstream[0]))
    execution.tell(node, "failed", attempt=0, error=error)
    node_failed(execution, node, error, attempt=0)
