"""The supervisor: what becomes of a firing that failed. Policies decide; this acts on what they say."""

from typing import TYPE_CHECKING, Any

from flowrt.errors import ExpressionError, StepExitedError, StepResultError, UpstreamFailedError
from flowrt.graph.bindings import NoValueError
from flowrt.graph.fresh import fresh
from flowrt.graph.joins import Token, Verdict
from flowrt.graph.plan import PlanNode
from flowrt.policies import Default

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution

NEVER_RETRIED = (ExpressionError, StepResultError, StepExitedError)


def attempt_failed(execution: "Execution", node: PlanNode, error: Exception, started_ns: int) -> PlanNode | None:
    """Retry an attempt that failed or let its node fail; the node to go on with, if one became ready."""
    if isinstance(error, NoValueError):
        node_skipped(execution, node)
        return None
    if execution.is_ending:
        execution.record_cancelled(node, started_ns, error)
        return None
    attempt = execution.attempts.number(node)
    delay = _delay_before_retry(execution, node, error, attempt)
    execution.record_failed(node, error, started_ns, delay)
    if delay is None:
        return node_failed(execution, node, error, attempt)
    execution.retry_later(node, error, delay)
    return None


def _delay_before_retry(execution: "Execution", node: PlanNode, error: Exception, attempt: int) -> float | None:
    retry = node.policy.retry
    if retry is None or isinstance(error, NEVER_RETRIED):
        return None
    return retry.delay_before_next(error, attempt, execution.kernel.random)


def delay_ended(
    execution: "Execution", node: PlanNode, produced: Any, error: Exception | None, started_ns: int
) -> None:
    """Go on where a step returned a `Delay`, whose time is over."""
    following = None
    if error is None:
        try:
            following = execution.succeed(node, produced, started_ns)
        except Exception as failure:  # noqa: BLE001 - a condition or a result that does not fit fails the node
            error = failure
    if error is not None:
        following = attempt_failed(execution, node, error, started_ns)
    if following is not None:
        execution.flow.ready.appendleft(following)
    if execution.flow.ready:
        execution.kernel.crew.call(execution)
    execution.check_rest()


def node_failed(execution: "Execution", node: PlanNode, error: Exception, attempt: int) -> PlanNode | None:
    """Apply `on_error` of a node whose last attempt failed, or that failed by its tokens (attempt 0)."""
    following = _apply_on_error(execution, node, error, attempt)
    settle(execution)
    return None if execution.is_ending else following


def node_skipped(execution: "Execution", node: PlanNode) -> None:
    """End a node without running it, and spread that over its edges."""
    execution.skip(node)
    settle(execution)


def settle(execution: "Execution") -> None:
    """End the nodes that were decided by their tokens, and what follows from that; iterative: chains may be long."""
    settled = execution.flow.settled
    while settled and not execution.is_ending:
        node, verdict = settled.popleft()
        if verdict is Verdict.SKIP:
            execution.skip(node)
            continue
        upstream = execution.flow.failed_sources(node)
        error = UpstreamFailedError(node.id, upstream, execution.attempts.root_cause(upstream[0]))
        execution.record_failed_by_tokens(node, error)
        following = _apply_on_error(execution, node, error, attempt=0)
        if following is not None:
            execution.flow.ready.append(following)


def _apply_on_error(execution: "Execution", node: PlanNode, error: Exception, attempt: int) -> PlanNode | None:
    if node.on_error == "fail" or isinstance(error, StepExitedError):
        execution.fail(node, error, attempt)
        return None
    if not isinstance(node.on_error, Default):
        execution.absorb(node, Token.FAILED if node.on_error == "continue" else Token.SKIPPED, error)
        return None
    try:
        return execution.absorb_with(node, fresh(node.on_error.default))
    except (StepResultError, ExpressionError) as unfit:
        execution.fail(node, unfit, attempt)
        return None
