"""What steps may do wrong."""

from flowrt.errors.base import FlowrtError


class StepError(FlowrtError):
    """A step broke its contract.

    Args:
        node: The node whose step it was.
        detail: What it did.
    """

    advice = "see the step's documentation"

    def __init__(self, node: str, detail: str) -> None:
        super().__init__(node, detail)
        self.node = node
        self.detail = detail

    def __str__(self) -> str:
        return f"the step of node {self.node!r} {self.detail}: {self.advice}"


class StepResultError(StepError):
    """A step returned something that a node of its type can't produce."""

    advice = "return a JSON object (a dict), or set `output_key` where the type has it"


class StepInstructionError(StepResultError):
    """A step asked the runtime for something that its node can't do, or not like that."""

    advice = "Python steps branch with `when`, nodes of type `wait_signal` wait for signals, and a delay is 0 s or more"


class StepLeakedScopeError(StepError):
    """A step entered a cancel scope, task group or nursery and ended without leaving it."""

    advice = "enter it with `with` or `async with`"


class StepCancelledItselfError(StepError):
    """A step ended with `CancelledError` although neither it nor its execution was cancelled (asyncio only)."""

    advice = "it probably awaited a task that somebody cancelled; catch that where it is awaited"


class StepExitedError(StepError):
    """A step raised `SystemExit` or another `BaseException` that is no `Exception`; it is never retried."""

    advice = "raise an ordinary exception to fail the node"


class StepTransferError(StepError):
    """A step that is placed in a process can't be sent there, or its result can't be sent back; it is never retried."""

    advice = "pass what pickle can take, or set its placement to 'thread'"


class StepCrashedError(StepError):
    """The process of a step ended without an answer: killed from outside, by a crash, or by `os._exit`."""

    advice = "look for a crash in its libraries, for os._exit, and for too little memory"
