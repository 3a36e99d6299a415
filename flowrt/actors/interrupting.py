"""How single firings are interrupted, wherever they are, and what becomes of them."""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from flowrt.actors import ending, placing, supervisor
from flowrt.actors.interruptions import ABANDONED, FINISHED_ANYWAY, Interruption
from flowrt.actors.raised import Raised
from flowrt.errors import StepResultError
from flowrt.graph.node_ends import CANCELLED, COMPLETED, NEVER_BEGAN
from flowrt.typing import INSTRUCTIONS

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from flowrt.actors.execution import Execution
    from flowrt.actors.timers import Timer
    from flowrt.actors.worker import Worker
    from flowrt.graph.plan import PlanNode

Failure: TypeAlias = "Callable[[Execution, PlanNode], Exception]"
"""Makes what an attempt of a node fails with."""

logger = logging.getLogger("flowrt")

MANY = 16
"""From how many nodes on it pays to sort what is ready once, instead of searching it for each."""


def interrupt_node(execution: "Execution", node: "PlanNode", interruption: Interruption) -> None:
    """Interrupt one node, wherever it is; nothing happens if it has ended or is being interrupted."""
    if execution.flow.states[node.index] or execution.rare.interruptions.find(node) is not None:
        return
    execution.is_held = True
    if node in execution.parking:
        interrupt_parked(execution, node, interruption)
    elif (worker := execution.suspended.get(node)) is not None:
        interrupt_suspended(execution, worker, node, interruption)
    elif not execution.flow.has_fired(node) or _withdraw(execution, node) or _is_settling(execution, node):
        _interrupt_waiting(execution, node, interruption)
    else:
        execution.rare.interruptions.begin(node, interruption)  # its step asked for this itself, and still runs


def _interrupt_waiting(execution: "Execution", node: "PlanNode", interruption: Interruption) -> None:
    """End a node that has not begun, or not begun once more."""
    if interruption.kind == "total":
        supervisor.node_timed_out(execution, node, None, None)
        return
    if execution.is_ending and not ending.goes_on(execution, node):
        ending.never_begin(execution, node)
        return
    number = execution.attempt_number(node)
    execution.tell(node, "cancelled", attempt=number if number > 1 else 0, note=interruption.note)
    execution.rare.interruptions.keep_note(node, interruption.note)
    execution.count_end(node, CANCELLED if number > 1 else NEVER_BEGAN)
    ending.deliver_cancel(execution, node, has_begun=number > 1)
    if not execution.flow.left:
        execution.finish()


def _is_settling(execution: "Execution", node: "PlanNode") -> bool:
    """Say whether its tokens have decided to end a node without an attempt, and nobody has done so yet."""
    return any(settling is node for settling, _ in execution.flow.news)


def interrupt_losers(execution: "Execution", losers: "tuple[PlanNode, ...]", interruption: Interruption) -> None:
    """Interrupt nodes that work for nothing, of which there may be thousands."""
    if len(losers) >= MANY:
        _put_last(execution.flow.ready, losers)
    for node in losers:
        interrupt_node(execution, node, interruption)


def _put_last(ready: "deque[PlanNode]", nodes: "tuple[PlanNode, ...]") -> None:
    """Let those of the nodes that are ready lie last, in reverse: so each is found without a search."""
    found = set(ready).intersection(nodes)
    others = [node for node in ready if node not in found]
    ready.clear()
    ready.extend(others)
    ready.extend(node for node in reversed(nodes) if node in found)


def _withdraw(execution: "Execution", node: "PlanNode") -> bool:
    """Take a node out of what is ready; say whether it was."""
    for queue in (execution.flow.ready, execution.rare.held):
        if queue and queue[-1] is node:
            queue.pop()
        elif node in queue:
            queue.remove(node)
        else:
            continue
        placing.give_back(execution, node)
        return True
    return False


def interrupt_parked(execution: "Execution", node: "PlanNode", interruption: Interruption) -> None:
    """Take a firing away from what it waits for; it has ended then."""
    parked = execution.parking.take(node)
    if parked is not None:
        execution.rare.interruptions.begin(node, interruption)
        end_interrupted(execution, node, parked.since_ns)


def interrupt_suspended(execution: "Execution", worker: "Worker", node: "PlanNode", interruption: Interruption) -> None:
    """Cancel a suspended step, and give it up if it does not end within its grace time."""
    execution.is_held = True
    execution.rare.interruptions.begin(node, interruption)
    worker.cancel()
    seconds = grace_seconds(execution, node)
    give_up = partial(abandon, execution, worker, node, seconds)
    execution.rare.timers.append(execution.kernel.timers.set(seconds, give_up))


def grace_seconds(execution: "Execution", node: "PlanNode") -> float:
    """Return how long a node's step may take to end when it is interrupted."""
    own = node.policy.cancel.grace_seconds
    return execution.kernel.grace_seconds if own is None else own


def end_interrupted(
    execution: "Execution",
    node: "PlanNode",
    started_ns: int,
    error: BaseException | None = None,
) -> None:
    """End a firing that was interrupted, or whose worker was: as cancelled, or as failed if its time is over."""
    if (
        execution.flow.states[node.index]
        or execution.status != "running"
        or _time_out(execution, node, started_ns, error)
    ):
        return
    interruption = execution.rare.interruptions.find(node)
    note = None if interruption is None else interruption.note
    execution.tell(node, "cancelled", started_ns=started_ns, error=error, note=note)
    execution.rare.interruptions.end(node, "cancelled", execution.kernel.monotonic_ns())
    _end_cancelled(execution, node)


def _time_out(execution: "Execution", node: "PlanNode", started_ns: int, error: BaseException | None) -> bool:
    """Let a node fail if it was interrupted because its time for all attempts is over; say whether it was."""
    interruption = execution.rare.interruptions.find(node)
    if interruption is None or interruption.kind != "total":
        return False
    if execution.is_ending and not ending.goes_on(execution, node):
        return False
    execution.rare.interruptions.forget(node)
    supervisor.node_timed_out(execution, node, started_ns, error)
    return True


def _end_cancelled(execution: "Execution", node: "PlanNode") -> None:
    execution.count_end(node, CANCELLED)
    if execution.plan.has_ports or not execution.is_ending:
        ending.deliver_cancel(execution, node, has_begun=True)
        if not execution.flow.left:
            execution.finish()
        supervisor.act_on_news(execution)
        ending.sift(execution)


def has_ended(execution: "Execution", node: "PlanNode", result: Any, started_ns: int) -> bool:
    """Say whether a firing that returned had been given up or interrupted; what it returned counts all the same."""
    if execution.flow.states[node.index] or execution.status != "running":
        return True
    if execution.rare.interruptions.find(node) is None:
        return False
    finish_anyway(execution, node, result, started_ns)
    return True


def finish_anyway(execution: "Execution", node: "PlanNode", result: Any, started_ns: int) -> None:
    """Take what an interrupted step returned all the same."""
    if type(result) in INSTRUCTIONS or type(result) is Raised:
        end_interrupted(execution, node, started_ns, result.error if type(result) is Raised else None)
        return
    try:
        execution.flow.finish_anyway(node, result)
    except StepResultError as error:
        end_interrupted(execution, node, started_ns, error)
        return
    execution.kernel.journal.completed(execution, node, started_ns, FINISHED_ANYWAY)
    execution.rare.interruptions.end(node, "finished anyway", execution.kernel.monotonic_ns())
    execution.count_end(node, COMPLETED)
    if not execution.flow.left:
        execution.finish()
    supervisor.act_on_news(execution)
    ending.sift(execution)


# --- what refuses to end ----------------------------------------------------------------------------------------------


def abandon(execution: "Execution", worker: "Worker", node: "PlanNode", seconds: float) -> None:
    """Go on without a step that was interrupted and refuses to end."""
    if not _leave_behind(execution, worker, node, seconds):
        return
    if not _time_out(execution, node, worker.started_ns, None):
        interruption = execution.rare.interruptions.find(node)
        reason = "" if interruption is None or interruption.note is None else f"; {interruption.note}"
        note = f"{ABANDONED} {seconds:g} s{reason}"
        execution.tell(node, "cancelled", note=note)
        execution.rare.interruptions.end(node, "abandoned", execution.kernel.monotonic_ns(), note)
        _end_cancelled(execution, node)
    execution.check_rest()


def watch_refusal(
    execution: "Execution", worker: "Worker", node: "PlanNode", failure: Failure, after_seconds: float = 0.0
) -> "Timer":
    """Let an attempt fail whose step has not ended in its grace time, which begins after some time."""
    seconds = grace_seconds(execution, node)
    give_up = partial(_give_up, execution, worker, node, seconds, failure)
    return execution.kernel.timers.set(after_seconds + seconds, give_up)


def _give_up(execution: "Execution", worker: "Worker", node: "PlanNode", seconds: float, failure: Failure) -> None:
    if not execution.is_interrupted(node) and _leave_behind(execution, worker, node, seconds):
        supervisor.end_wait(execution, node, None, failure(execution, node), worker.started_ns)


def _leave_behind(execution: "Execution", worker: "Worker", node: "PlanNode", seconds: float) -> bool:
    """Go on without a worker, which stays in the runtime's nursery; say whether it still was at that node."""
    if execution.suspended.get(node) is not worker or execution.status != "running":
        return False
    del execution.suspended[node]
    worker.is_lost = True
    execution.hands -= 1
    logger.warning(
        "node %r of workflow %r did not end within %g s of its cancel; leaving the runtime waits for it",
        node.id,
        execution.plan.name,
        seconds,
    )
    return True
