"""Pausing an execution: what runs goes on, and nothing starts."""

from typing import TYPE_CHECKING

from flowrt.actors import ending, live, placing, waiting

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution


def pause(execution: "Execution") -> None:
    """Let no firing start until `resume`; what runs goes on. Does nothing once the execution is ending."""
    if not (execution.is_ending or execution.is_paused):
        execution.is_paused = execution.is_held = True
        _freeze_totals(execution)
        placing.stand_back(execution)
        ending.sift(execution)
        live.paused(execution)


def resume(execution: "Execution") -> None:
    """Let firings start again."""
    if execution.is_paused:
        end_pause(execution)
        live.went_on(execution)
        execution.call_hands()


def _freeze_totals(execution: "Execution") -> None:
    """Stop the clocks of nodes: the execution is paused."""
    now_ns, rare = execution.kernel.monotonic_ns(), execution.rare
    for node, timer in rare.totals.items():
        timer.cancel()
        rare.totals_left_ns[node] = timer.due_ns - now_ns
    rare.totals.clear()


def end_pause(execution: "Execution") -> None:
    """Let what is ready start again, and the clocks of nodes go on."""
    execution.is_paused = False
    execution.flow.ready.extend(execution.rare.held)
    execution.rare.held.clear()
    now_ns, left_ns = execution.kernel.monotonic_ns(), execution.rare.totals_left_ns
    for node, nanoseconds in left_ns.items():
        if not execution.flow.states[node.index]:
            waiting.set_total(execution, node, now_ns + nanoseconds)
    left_ns.clear()
