"""What firings wait for: the time of a retry or delay, and the time limits of nodes, joins and executions."""

from functools import partial
from typing import TYPE_CHECKING, Any

from flowrt.actors import ending, interrupting, live, placing, signals, supervisor
from flowrt.actors.instruction_checks import check_instruction
from flowrt.actors.interruptions import Interruption
from flowrt.actors.parking import Parked
from flowrt.actors.raised import Raised
from flowrt.clock import NANOSECONDS
from flowrt.errors import AttemptTimeoutError, ExecutionTimeoutError
from flowrt.events import WaitsFor
from flowrt.typing import Choice, Delay, DelayUntil, PlacedCall, SignalWait

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


def begin(execution: "Execution", node: "PlanNode", instruction: Any, started_ns: int) -> bool:
    """Let a firing wait for what its step asked for; say whether it waits.

    Raises:
        StepInstructionError: Its node can't follow that.
        BaseException: What the step raised elsewhere.
    """
    check_instruction(execution, node, instruction)
    match instruction:
        case Choice():
            return False
        case Raised(error):
            raise error
        case Delay():
            _delay(execution, node, instruction, started_ns)
        case DelayUntil(produced, at_ns):
            seconds = max(at_ns - execution.kernel.clock.time_ns(), 0) / NANOSECONDS
            _delay(execution, node, Delay(produced, seconds), started_ns)
        case SignalWait():
            watch_total(execution, node, started_ns)  # first: a signal that has come already may end the execution
            signals.ask(execution, node, instruction, started_ns)
        case PlacedCall():
            watch_total(execution, node, started_ns)
            placing.ask(execution, node, instruction, started_ns)
        case _:
            raise TypeError(instruction)
    return True


def _delay(execution: "Execution", node: "PlanNode", delay: Delay, started_ns: int) -> None:
    produced, seconds, error = delay
    timeout = node.attempt_timeout_seconds
    if timeout is not None:
        used = (execution.kernel.monotonic_ns() - started_ns) / NANOSECONDS
        if used + seconds > timeout:
            seconds = max(timeout - used, 0.0)
            error = AttemptTimeoutError(node.id, execution.attempt_number(node), timeout)
    end = partial(supervisor.wait_is_over, produced=produced, error=error, started_ns=started_ns)
    park(execution, node, "delay", seconds, end)
    watch_total(execution, node, started_ns)


def retry_later(
    execution: "Execution", node: "PlanNode", error: Exception, delay_seconds: float, started_ns: int
) -> None:
    """Let a firing wait for its next attempt; `started_ns` is when the one began that failed."""
    watch_total(execution, node, started_ns)
    execution.attempts.count_failed(node, error, delay_seconds)
    park(execution, node, "retry", delay_seconds, _begin_again)


def _begin_again(parked: Parked) -> None:
    supervisor.release(parked)
    execution = parked.execution
    execution.flow.ready.append(parked.node)
    if execution.is_held:
        ending.sift(execution)
    execution.call_hands()


def park(
    execution: "Execution", node: "PlanNode", waits_for: WaitsFor, seconds: float, then: "Callable[[Parked], None]"
) -> None:
    """Let a firing wait for a time."""
    now_ns = execution.kernel.monotonic_ns()
    parked = Parked(execution, node, waits_for, now_ns, now_ns + round(seconds * NANOSECONDS), then)
    execution.parking.put(parked)
    live.parked(execution, node, parked, seconds)


# --- limits -----------------------------------------------------------------------------------------------------------


def watch_total(execution: "Execution", node: "PlanNode", started_ns: int) -> None:
    """Begin to count the time that a node has for all of its attempts, unless it is being counted."""
    seconds = node.total_timeout_seconds
    if seconds is None or node in (rare := execution.rare).totals or node in rare.totals_left_ns:
        return
    due_ns = started_ns + round(seconds * NANOSECONDS)
    if execution.is_paused:
        rare.totals_left_ns[node] = due_ns - execution.kernel.monotonic_ns()
    else:
        set_total(execution, node, due_ns)


def set_total(execution: "Execution", node: "PlanNode", due_ns: int) -> None:
    """Let a node fail at that time, whatever it does then."""
    timer = execution.kernel.timers.set_at(due_ns, partial(_total_is_over, execution, node))
    execution.rare.timers.append(timer)
    execution.rare.totals[node] = timer


def _total_is_over(execution: "Execution", node: "PlanNode") -> None:
    interrupting.interrupt_node(execution, node, Interruption("total", execution.kernel.monotonic_ns()))
    ending.sift(execution)
    execution.check_rest()


def open_join(execution: "Execution", node: "PlanNode") -> None:
    """Begin to count the time of a join."""
    seconds = node.within_seconds or 0.0
    timer = execution.kernel.timers.set(seconds, partial(_join_is_over, execution, node))
    execution.rare.timers.append(timer)
    execution.rare.joins[node] = timer
    live.join_opened(execution, node, seconds)


def _join_is_over(execution: "Execution", node: "PlanNode") -> None:
    if execution.flow.states[node.index]:
        return
    if execution.flow.expire(node):
        live.join_expired(execution, node)
    supervisor.follow_up(execution)
    execution.call_hands()
    execution.check_rest()


def watch_deadline(execution: "Execution", seconds: float) -> None:
    """Let an execution fail when its time is over."""
    error = ExecutionTimeoutError(execution.plan.name, seconds)
    execution.rare.timers.append(execution.kernel.timers.set(seconds, partial(_deadline_is_over, execution, error)))


def _deadline_is_over(execution: "Execution", error: ExecutionTimeoutError) -> None:
    if not execution.is_ending:
        execution.fail(None, error)
