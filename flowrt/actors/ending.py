"""How an execution is brought to its end: what is interrupted, and what still runs.

An execution that failed or was cancelled is *ending*. What runs and does not rescue is interrupted; a node that becomes
ready runs only if it rescues, and otherwise ends as cancelled before it began. In a plan without `failure` and `always`
edges nothing can rescue, so nothing has to be told to anybody: the execution ends when its steps have.
"""

from typing import TYPE_CHECKING

from flowrt.actors import interrupting, live, pausing, placing, supervisor
from flowrt.actors.interruptions import Interruption, Request
from flowrt.graph.node_ends import CANCELLED, NEVER_BEGAN

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


def begin(execution: "Execution") -> None:
    """Let an execution end: interrupt what runs or waits and does not rescue."""
    execution.is_ending = execution.is_held = True
    if execution.is_paused:
        pausing.end_pause(execution)
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


def cancel_node(execution: "Execution", node: "PlanNode", reason: str, asked_by: str | None) -> None:
    """Cancel one node because somebody asked for it, and go on with what that sets free."""
    if execution.status != "running":
        return
    if not execution.flow.states[node.index]:
        live.cancel_requested(execution, reason, asked_by, node)
    request = Request(reason, asked_by, execution.kernel.clock.time_ns())
    interruption = Interruption("cancel", execution.kernel.monotonic_ns(), request.told)
    interrupting.interrupt_node(execution, node, interruption)
    supervisor.follow_up(execution)
    execution.check_rest()


def _interrupt_all(execution: "Execution", interruption: Interruption) -> None:
    parked, suspended = list(execution.parking), list(execution.suspended.items())
    interrupted = [*_running_now(execution), *parked, *execution.suspended]
    for node in interrupted:
        if not goes_on(execution, node):
            # all of them first: what one's end sets free must not interrupt another for a reason of its own
            execution.rare.interruptions.begin(node, interruption)
    taken = [execution.parking.take(node) for node in parked if not goes_on(execution, node)]
    sift(execution)  # what never begins ends first: nothing has to be told of it
    for waited in taken:
        if waited is not None:
            interrupting.end_interrupted(execution, waited.node, waited.since_ns)
    for node, worker in suspended:
        if not goes_on(execution, node):
            interrupting.interrupt_suspended(execution, worker, node, interruption)
    sift(execution)
    execution.check_rest()


def _running_now(execution: "Execution") -> "list[PlanNode]":
    """Return the nodes whose steps asked for this themselves: they neither wait nor are suspended."""
    if execution.kernel.parent.get() is None:
        return []
    elsewhere = {*execution.flow.ready, *execution.parking, *execution.suspended}
    nodes = [node for node in execution.plan.nodes if _has_begun(execution, node)]
    return [node for node in nodes if node not in elsewhere]


def _has_begun(execution: "Execution", node: "PlanNode") -> bool:
    return not execution.flow.states[node.index] and execution.flow.has_fired(node)


def goes_on(execution: "Execution", node: "PlanNode") -> bool:
    """Say whether a node may run although its execution is ending."""
    return execution.flow.rescues(node) and not execution.is_stopped


def sift(execution: "Execution") -> None:
    """Keep of what is ready only what may start now; iterative: what is kept from starting may make others ready."""
    ready = execution.flow.ready
    if execution.is_ending and not execution.plan.has_ports:
        for node in ready:
            _tell_retried(execution, node)
        ready.clear()
        execution.flow.news = ()
        return
    while execution.is_ending and execution.status == "running":
        if execution.flow.news:
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
    if execution.flow.states[node.index]:
        return
    has_begun = _tell_retried(execution, node)
    execution.count_end(node, CANCELLED if has_begun else NEVER_BEGAN)
    deliver_cancel(execution, node, has_begun=has_begun)
    if not execution.flow.left:
        execution.finish()


def _tell_retried(execution: "Execution", node: "PlanNode") -> bool:
    """Log that a node was cancelled which was to begin once more; say whether it was. A slot of its is given back."""
    placing.give_back(execution, node)
    is_retried = execution.attempt_number(node) > 1
    if is_retried and not execution.flow.states[node.index]:
        execution.tell(node, "cancelled")
    return is_retried


def deliver_cancel(execution: "Execution", node: "PlanNode", *, has_begun: bool) -> None:
    """Let the edges of a node carry that it was cancelled."""
    carried = execution.flow.cancel(node, has_begun=has_begun)
    if carried.misfit is not None:
        execution.fail(node, carried.misfit, execution.attempt_number(node))


def is_cleaning_up(execution: "Execution") -> bool:
    """Say whether anything that rescues still runs or waits in an execution that is ending."""
    if execution.status != "running" or execution.is_stopped:
        return False
    under_way = (*execution.flow.ready, *execution.parking, *execution.suspended)
    return any(goes_on(execution, node) for node in under_way)


def longest_grace_seconds(execution: "Execution") -> float:
    """Return how long an execution may take to end: the runtime's grace time, or one of a node that is interrupted."""
    find = execution.rare.interruptions.find
    own = (interrupting.grace_seconds(execution, node) for node in execution.suspended if find(node) is not None)
    return max([execution.kernel.grace_seconds, *own])


def abandon_all(execution: "Execution") -> None:
    """Go on without the steps that have not ended yet, now."""
    for node, worker in list(execution.suspended.items()):
        interrupting.abandon(execution, worker, node, interrupting.grace_seconds(execution, node))
    execution.finish()
