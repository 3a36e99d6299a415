"""What steps may ask of the runtime, as their nodes can follow it."""

from typing import TYPE_CHECKING, Any

from flowrt.errors import StepInstructionError
from flowrt.option_checks import LONGEST_SECONDS, check_number, check_whole
from flowrt.typing import Choice, Delay, DelayUntil, SignalWait

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution
    from flowrt.graph.plan import PlanNode


def check_instruction(execution: "Execution", node: "PlanNode", instruction: Any) -> None:
    """Refuse what a node can't follow.

    Raises:
        StepInstructionError: It can't.
    """
    try:
        match instruction:
            case Choice() if not node.takes_record:
                raise StepInstructionError(node.id, "returned a Choice, but it has no handles")
            case Delay():
                check_number("delay_seconds", instruction.delay_seconds, least=0, most=LONGEST_SECONDS)
            case DelayUntil():
                check_whole("at_ns", instruction.at_ns, least=0)
            case SignalWait() if node not in execution.plan.signals.get(instruction.name, ()):
                what = f"returned a SignalWait for {instruction.name!r}, which its step type has not declared"
                raise StepInstructionError(node.id, what)
            case _:
                pass
    except (TypeError, ValueError) as error:
        raise StepInstructionError(node.id, f"returned a {type(instruction).__name__} whose {error}") from None
