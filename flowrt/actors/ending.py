"""How an execution is brought to its end, and single firings to theirs: what is interrupted, and what still runs.

An execution that failed or was cancelled is *ending*. What runs and does not rescue is interrupted; a node that becomes
ready runs only if it rescues, and otherwise ends as cancelled before it began. In a plan without `failure` and `always`
edges nothing can rescue, so nothing has to be told to anybody: the execution ends when its steps have.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from flowrt.actors import live, placing, supervisor
from flowrt.actors.interruptions import Interruption, Request
from flowrt.actors.node_ends import CANCELLED, COMPLETED, NEVER_BEGAN
from flowrt.errors import StepResultError
from flowrt.typing import INSTRUCTIONS

if TYPE_CHECKING:
    from collections import deque

    from flowrt.actors.execution import Execution
    from flowrt.actors.worker import Worker
    from flowrt.graph.plan import PlanNode

logger = logging.getLogger("flowrt")

FINISHED_ANYWAY = "finished anyway"
ABANDONED = "abandoned: it did not end within"
MANY = 16
"""From how many nodes on it pays to sort what is ready once, instead of searching it for each."""


# --- the execution ----------------------------------------------------------------------------------------------------


def begin(execution: "Execution") -> None:
    """Let an execution end: interrupt what runs or waits and does not rescue."""
    execution.is_ending = execution.is_held = True
    execution.is_paused = False
    execution.flow.ready.extendleft(reversed(execution.rare.held))
    execution.rare.held.clear()
    _interrupt_all(execution, Interruption("cancel", execution.kernel.monotonic_ns()))


def cancel(execution: "Execution", reason: str, asked_by: str | None) -> None:
    """Cancel an execution that is not ending yet."""
    execution.reason = reason
    execution.rare.interruptions.request = Request(reason, asked_by, execution.kernel.clock.time_ns())
    live.cancel_requested(execution, reason, asked_by)
    begin(execution)


def stop(execution: "Execution", reason: str) -> None:
    """End an execution without what would rescue; the reason counts if it was not ending yet."""
    execution.is_stopped = True
    if not execution.is_ending:
        cancel(execution, reason, None)
        return
    live.cancel_requested(execution, reason)
    _interrupt_all(execution, Interruption("cancel", execution.kernel.monotonic_ns()))


def _interrupt_all(execution: "Execution", interruption: Interruption) -> None:
    for node in _running_now(execution):
        if not goes_on(execution, node):
            execution.rare.interruptions.begin(node, interruption)
    for node in execution.rare.parking.nodes():
        if goes_on(execution, node):
            continue
        interrupt_parked(execution, node, interruption)
    for node, worker in list(execution.suspended.items()):
        if not goes_on(execution, node):
            interrupt_suspended(execution, worker, node, interruption)
    sift(execution)
    execution.check_rest()


def _running_now(execution: "Execution") -> "list[PlanNode]":
    """Return the nodes whose steps asked for this themselves: they neither wait nor are suspended."""
    if execution.kernel.parent.get() is None:
        return []
    elsewhere = {*execution.flow.ready, *execution.rare.parking.nodes(), *execution.suspended}
    nodes = [node for node in execution.plan.nodes if _has_begun(execution, node)]
    return [node for node in nodes if node not in elsewhere]


def _has_begun(execution: "Execution", node: "PlanNode") -> bool:
    return not execution.states[node.index] and execution.flow.tokens.has_fired(node)


def goes_on(execution: "Execution", node: "PlanNode") -> bool:
    """Say whether a node may run although its execution is ending."""
    return node.index in execution.flow.tokens.rescuing and not execution.is_stopped


def sift(execution: "Execution") -> None:
    """Keep of what is ready only what may start now; iterative: what is kept from starting may make others ready."""
    ready = execution.flow.ready
    if execution.is_ending and not execution.plan.has_ports:
        for node in ready:
            _tell_retried(execution, node)
        ready.clear()
        execution.news.clear()
        return
    while execution.is_ending and execution.status == "running":
        if execution.news:
            supervisor.act_on_news(execution)
        kept_out = [node for node in ready if not goes_on(execution, node)]
        if not kept_out:
            break
        going_on = [node for node in ready if goes_on(execution, node)]
        ready.clear()
        ready.extend(going_on)
        for node in kept_out:
            never_begin(execution, node)
    if execution.is_paused:
        execution.rare.held.extend(ready)
        ready.clear()
    execution.call_hands()


def never_begin(execution: "Execution", node: "PlanNode") -> None:
    """End a node as cancelled before it began, or before it began once more."""
    if execution.states[node.index]:
        return
    has_begun = _tell_retried(execution, node)
    execution.count_end(node, CANCELLED if has_begun else NEVER_BEGAN)
    _deliver_cancel(execution, node, has_begun=has_begun)
    if not execution.left:
        execution.finish()


def _tell_retried(execution: "Execution", node: "PlanNode") -> bool:
    """Log that a node was cancelled which was to begin once more; say whether it was. A slot of its is given back."""
    placing.give_back(execution, node)
    is_retried = execution.attempt_number(node) > 1
    if is_retried and not execution.states[node.index]:
        execution.tell(node, "cancelled")
    return is_retried


def _deliver_cancel(execution: "Execution", node: "PlanNode", *, has_begun: bool) -> None:
    carried = execution.flow.cancel(node, has_begun=has_begun)
    if carried.misfit is not None:
        execution.fail(node, carried.misfit, execution.attempt_number(node))


# --- one firing -------------------------------------------------------------------------------------------------------


def interrupt_node(execution: "Execution", node: "PlanNode", interruption: Interruption) -> None:
    """Interrupt one node, wherever it is; nothing happens if it has ended or is being interrupted."""
    if execution.states[node.index] or execution.rare.interruptions.find(node) is not None:
        return
    execution.is_held = True
    if node in execution.rare.parking:
        interrupt_parked(execution, node, interruption)
    elif (worker := execution.suspended.get(node)) is not None:
        interrupt_suspended(execution, worker, node, interruption)
    elif not execution.flow.tokens.has_fired(node) or _withdraw(execution, node) or _is_settling(execution, node):
        _interrupt_waiting(execution, node, interruption)
    else:
        execution.rare.interruptions.begin(node, interruption)  # its step asked for this itself, and still runs


def cancel_node(execution: "Execution", node: "PlanNode", reason: str, asked_by: str | None) -> None:
    """Cancel one node because somebody asked for it, and go on with what that sets free."""
    if execution.status != "running":
        return
    if not execution.states[node.index]:
        live.cancel_requested(execution, reason, asked_by, node)
    note = reason if asked_by is None else f"{reason} (by {asked_by})"
    interrupt_node(execution, node, Interruption("cancel", execution.kernel.monotonic_ns(), note))
    supervisor.act_on_news(execution)
    if execution.is_held:
        sift(execution)
    execution.check_rest()


def _interrupt_waiting(execution: "Execution", node: "PlanNode", interruption: Interruption) -> None:
    """End a node that has not begun, or not begun once more."""
    if interruption.kind == "total":
        supervisor.node_timed_out(execution, node, None, None)
        return
    if execution.is_ending and not goes_on(execution, node):
        never_begin(execution, node)
        return
    number = execution.attempt_number(node)
    execution.tell(node, "cancelled", attempt=number if number > 1 else 0, note=interruption.note)
    execution.rare.interruptions.keep_note(node, interruption.note)
    execution.count_end(node, CANCELLED if number > 1 else NEVER_BEGAN)
    _deliver_cancel(execution, node, has_begun=number > 1)
    if not execution.left:
        execution.finish()


def _is_settling(execution: "Execution", node: "PlanNode") -> bool:
    """Say whether its tokens have decided to end a node without an attempt, and nobody has done so yet."""
    return any(settling is node for settling, _ in execution.news)


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
    parked = execution.rare.parking.take(node)
    if parked is not None:
        execution.rare.interruptions.begin(node, interruption)
        end_interrupted(execution, node, parked.since_ns)


def interrupt_suspended(execution: "Execution", worker: "Worker", node: "PlanNode", interruption: Interruption) -> None:
    """Cancel a suspended step, and give it up if it does not end within its grace time."""
    execution.is_held = True
    execution.rare.interruptions.begin(node, interruption)
    worker.cancel()
    seconds = grace_seconds(execution, node)
    give_up = partial(_abandon, execution, worker, node, seconds)
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
    if execution.states[node.index] or execution.status != "running":
        return
    interruption = execution.rare.interruptions.find(node)
    is_timed_out = interruption is not None and interruption.kind == "total"
    if is_timed_out and (not execution.is_ending or goes_on(execution, node)):
        execution.rare.interruptions.forget(node)
        supervisor.node_timed_out(execution, node, started_ns, error)
        return
    note = None if interruption is None else interruption.note
    execution.tell(node, "cancelled", started_ns=started_ns, error=error, note=note)
    execution.rare.interruptions.end(node, "cancelled", execution.kernel.monotonic_ns())
    _end_cancelled(execution, node)


def _end_cancelled(execution: "Execution", node: "PlanNode") -> None:
    execution.count_end(node, CANCELLED)
    if execution.plan.has_ports or not execution.is_ending:
        _deliver_cancel(execution, node, has_begun=True)
        if not execution.left:
            execution.finish()
        supervisor.act_on_news(execution)
        sift(execution)


def finish_anyway(execution: "Execution", node: "PlanNode", result: Any, started_ns: int) -> None:
    """Take what an interrupted step returned all the same."""
    if type(result) in INSTRUCTIONS:
        end_interrupted(execution, node, started_ns)
        return
    try:
        execution.flow.finish_anyway(node, result)
    except StepResultError as error:
        end_interrupted(execution, node, started_ns, error)
        return
    execution.tell_success(node, started_ns, FINISHED_ANYWAY)
    execution.rare.interruptions.end(node, "finished anyway", execution.kernel.monotonic_ns())
    execution.count_end(node, COMPLETED)
    if not execution.left:
        execution.finish()
    supervisor.act_on_news(execution)
    sift(execution)


def is_cleaning_up(execution: "Execution") -> bool:
    """Say whether anything that rescues still runs or waits in an execution that is ending."""
    if execution.status != "running" or execution.is_stopped:
        return False
    under_way = (*execution.flow.ready, *execution.rare.parking.nodes(), *execution.suspended)
    return any(goes_on(execution, node) for node in under_way)


def abandon_all(execution: "Execution") -> None:
    """Go on without the steps that have not ended yet, now."""
    for node, worker in list(execution.suspended.items()):
        _abandon(execution, worker, node, execution.kernel.grace_seconds)
    execution.finish()


def _abandon(execution: "Execution", worker: "Worker", node: "PlanNode", seconds: float) -> None:
    """Go on without a step that refuses to end; it stays in the runtime's nursery."""
    if execution.suspended.get(node) is not worker or execution.status != "running":
        return
    del execution.suspended[node]
    execution.rare.lost.add(worker)
    execution.hands -= 1
    interruption = execution.rare.interruptions.find(node)
    reason = "" if interruption is None or interruption.note is None else f"; {interruption.note}"
    note = f"{ABANDONED} {seconds:g} s{reason}"
    execution.tell(node, "cancelled", note=note)
    execution.rare.interruptions.end(node, "abandoned", execution.kernel.monotonic_ns(), note)
    logger.warning(
        "node %r of workflow %r did not end within %g s of its cancel; leaving the runtime waits for it",
        node.id,
        execution.plan.name,
        seconds,
    )
    _end_cancelled(execution, node)
    execution.check_rest()
