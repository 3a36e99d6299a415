"""Firings that are no more than calls: one after another, until one is out of the ordinary."""

from contextvars import Context
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NamedTuple

from flowrt.actors.drive import DONE, PLAIN_TYPES, Driver
from flowrt.actors.raised import SPECIAL
from flowrt.graph.plan import PlanNode
from flowrt.graph.progress import COUNTED

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.actors.worker import Worker


class Stopped(NamedTuple):
    """A firing that is out of the ordinary: its worker brings it to its end."""

    node: PlanNode
    context: Context
    started_ns: int
    trap: object = DONE
    """What its step yielded when it suspended."""
    result: Any = None
    error: BaseException | None = None


def goes_straight(execution: "Execution") -> bool:
    """Say whether the next firings may be those of the plan's order."""
    is_ordinary = not (execution.is_held or execution.is_overseen)
    return is_ordinary and execution.flow.begun != COUNTED and execution.plan.is_settled


def fire_in_order(worker: "Worker", execution: "Execution", driver: Driver) -> Stopped | None:
    """Fire the nodes in the plan's order, until the turn is over or all have ended, and so has the execution.

    Nothing is counted, as long as each step returns a value and nobody looks at the execution or holds it meanwhile.
    The hot loop of flowrt.
    """
    flow, kernel = execution.flow, execution.kernel
    turn, now_ns, is_watched = kernel.turn, kernel.monotonic_ns, execution.is_watched
    keep, new_context, innermost, marker = flow.keep_result, execution.context.copy, worker.innermost, worker.marker
    order, sent, begun, started_ns, trap = execution.plan.by_index, flow.sent, flow.begun, now_ns(), DONE
    if started_ns >= turn.ends_ns:
        return None
    flow.go_straight()
    while begun < len(order):
        node, context = order[begun], new_context()
        flow.begun = begun = begun + 1
        try:
            if node.is_async:
                worker.invoke = node.invoke
                trap = context.run(driver.__next__)
                result = worker.result
            else:
                result = context.run(node.invoke, flow)
            is_value = type(result) in PLAIN_TYPES or _is_value(result)
            if (
                trap is not DONE
                or not is_value
                or execution.is_held
                or flow.begun != begun
                or innermost() is not marker
            ):
                return Stopped(node, context, started_ns, trap, result)
            if node.takes_record:
                keep(node, result)
            else:
                sent[node.index] = result
            if is_watched:
                kernel.journal.completed(execution, node, started_ns, None)
        except BaseException as error:  # noqa: BLE001 - sorted out by the worker
            return Stopped(node, context, started_ns, error=error)
        taken_ns, started_ns = started_ns, now_ns()
        if started_ns >= turn.ends_ns:
            flow.is_between = True
            worker.end_stretch(execution, node, None, started_ns - taken_ns)
            break
    turn.seen_ns = started_ns
    flow.is_between = True
    if begun == len(order):
        flow.rest()
        execution.finish()
    return None


def _is_value(result: Any) -> bool:
    return type(result) not in SPECIAL and not isawaitable(result)
