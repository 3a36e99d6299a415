"""What fires next in an execution that is overseen: where a gate decides that, or somebody listens."""

from typing import TYPE_CHECKING

from flowrt.actors import live, placing

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


def take(execution: "Execution") -> "PlanNode":
    """Return the ready node that fires next, as the gate decides if there is one, and tell that it fires."""
    ready, gate = execution.flow.ready, execution.kernel.gate
    if (asking := placing.first_without_slot(execution)) is not None:
        ready.remove(asking)  # it only asks for its slot: nothing starts, so no gate decides
        return asking
    place = 0
    if gate is not None:
        execution.kernel.turn.expire()
        place = gate.pick(execution.id, [node.id for node in ready])
    node = ready[place]
    del ready[place]
    live.attempt_started(execution, node)
    return node
