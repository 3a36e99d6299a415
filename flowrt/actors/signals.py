"""Signals: what people and other systems tell an execution, and the firings that wait for it."""

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from flowrt.actors import live, supervisor
from flowrt.actors.parking import ParkedForSignal
from flowrt.actors.snapshots import message_of
from flowrt.clock import NANOSECONDS, NEVER_NS
from flowrt.errors import AttemptTimeoutError, SignalRefusedError, SignalTimeoutError
from flowrt.graph.fresh import fresh
from flowrt.typing import SignalWait

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


def ask(execution: "Execution", node: "PlanNode", signal: SignalWait, started_ns: int) -> None:
    """Let a firing wait for its signal; go on at once if it has come already."""
    kept = execution.rare.signals.take(signal.name)
    if kept:
        live.signal_taken(execution, node, signal.name)
        _deliver(execution, node, signal, kept[0], started_ns)
        return
    kernel = execution.kernel
    now_ns = kernel.monotonic_ns()
    limit = _limit(execution, node, signal, (now_ns - started_ns) / NANOSECONDS)
    seconds, produced, error = (None, None, None) if limit is None else limit
    due_ns = NEVER_NS if seconds is None else now_ns + round(seconds * NANOSECONDS)
    give_up = partial(supervisor.wait_is_over, produced=produced, error=error, started_ns=started_ns)
    parked = ParkedForSignal(execution, node, "signal", now_ns, due_ns, give_up)
    parked.signal = signal.name
    execution.parking.put(parked)
    live.parked(execution, node, parked, seconds)


def _limit(
    execution: "Execution", node: "PlanNode", signal: SignalWait, used_seconds: float
) -> tuple[float, Any, Exception | None] | None:
    """Return how long to wait, and what comes of it then; `None` is no limit."""
    timeout = node.attempt_timeout_seconds
    left = None if timeout is None else max(timeout - used_seconds, 0.0)
    seconds = signal.timeout_seconds
    if left is not None and timeout is not None and (seconds is None or left < seconds):
        return left, None, AttemptTimeoutError(node.id, execution.attempt_number(node), timeout)
    if seconds is None:
        return None
    error = SignalTimeoutError(signal.name, seconds) if signal.default is msgspec.UNSET else None
    return seconds, signal.default, error


def _deliver(execution: "Execution", node: "PlanNode", signal: SignalWait, payload: Any, started_ns: int) -> None:
    try:
        produced = signal.accept(payload)
    except ValueError as error:
        supervisor.end_wait(execution, node, None, error, started_ns)
    else:
        supervisor.end_wait(execution, node, produced, None, started_ns)


def send(execution: "Execution", name: str, payload: Any) -> None:
    """Give a signal to the node that has waited longest for it, or keep it for the first that will.

    Raises:
        SignalRefusedError: No node can take it, or the payload does not fit.
    """
    signals = execution.plan.signals.get(name, ())
    if not signals:
        known = ", ".join(sorted(execution.plan.signals)) or "none"
        raise SignalRefusedError(
            execution.id, name, f"no node of {execution.plan.name!r} waits for it; it knows {known}"
        )
    if execution.status != "running":
        raise SignalRefusedError(execution.id, name, f"the execution is over, it is {execution.status}")
    waiting = _longest_waiting(execution, name)
    node = waiting or _one_that_may_wait(execution, name)
    payload = fresh(payload)
    signal = signals[node]
    try:
        produced = signal.accept(payload)
    except ValueError as error:
        raise SignalRefusedError(execution.id, name, f"the payload does not fit: {message_of(error)}") from error
    parked = None if waiting is None else execution.parking.take(waiting)
    if parked is None:
        execution.rare.signals.keep(name, payload)
        live.signal_kept(execution, name)
    else:
        live.signal_taken(execution, node, name)
        live.resumed(execution, node, parked)
        supervisor.end_wait(execution, node, produced, None, parked.since_ns)


def _one_that_may_wait(execution: "Execution", name: str) -> "PlanNode":
    nodes = [node for node in execution.plan.signals[name] if not execution.flow.states[node.index]]
    if not nodes:
        raise SignalRefusedError(execution.id, name, "every node that waits for it has ended already")
    if execution.rare.signals.count(name) >= len(nodes):
        raise SignalRefusedError(execution.id, name, "as many are kept already as there are nodes that may take one")
    return nodes[0]


def _longest_waiting(execution: "Execution", name: str) -> "PlanNode | None":
    return next((node for node, parked in execution.parking.items() if parked.signal == name), None)
