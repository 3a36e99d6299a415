"""Why an execution did not begin, how it ended, and what it can't be told."""

from flowrt.errors.base import FlowrtError
from flowrt.errors.wording import listed


class InputError(FlowrtError):
    """An execution's input does not fit the workflow; nothing ran.

    Args:
        workflow: The workflow's name.
        reason: What does not fit, and what was expected.
    """

    def __init__(self, workflow: str, reason: str) -> None:
        super().__init__(workflow, reason)
        self.workflow = workflow
        self.reason = reason

    def __str__(self) -> str:
        return f"bad input for workflow {self.workflow!r}: {self.reason}"


class NestedTooDeepError(FlowrtError):
    """An execution was to begin in a step of an execution that began in a step, and so on, too many times.

    Args:
        workflow: The workflow that was to run.
        max_depth: How many executions may be nested.
    """

    def __init__(self, workflow: str, max_depth: int) -> None:
        super().__init__(workflow, max_depth)
        self.workflow = workflow
        self.max_depth = max_depth

    def __str__(self) -> str:
        return (
            f"workflow {self.workflow!r} was to run in a step of a workflow that runs in a step, and so on, over "
            f"{self.max_depth} levels deep: does it run itself?"
        )


class ExecutionFailedError(FlowrtError):
    """A node failed after its last attempt and nothing handled it.

    `__cause__` is the step's own exception with its traceback; earlier attempts are notes on it. Where several nodes
    failed, it is an `ExceptionGroup` of them all.

    Args:
        execution_id: The execution.
        workflow: The workflow's name.
        node: The id of the node that failed first; empty if the execution was not over at its deadline.
        attempt: The number of its last attempt, from 1; 0 if the node failed because of its tokens, without running.
        reason: The exception's class name and message.
    """

    def __init__(self, execution_id: str, workflow: str, node: str, attempt: int, reason: str) -> None:
        super().__init__(execution_id, workflow, node, attempt, reason)
        self.execution_id = execution_id
        self.workflow = workflow
        self.node = node
        self.attempt = attempt
        self.reason = reason

    def __str__(self) -> str:
        if not self.node:
            return f"workflow {self.workflow!r} failed: {self.reason}"
        when = f"in attempt {self.attempt}" if self.attempt else "without running"
        return f"workflow {self.workflow!r} failed: node {self.node!r} failed {when}: {self.reason}"


class ExecutionCancelledError(FlowrtError):
    """The execution that was waited for was cancelled by somebody else than the one who waits.

    Args:
        execution_id: The execution.
        workflow: The workflow's name.
        reason: Who cancelled it, or why.
    """

    def __init__(self, execution_id: str, workflow: str, reason: str) -> None:
        super().__init__(execution_id, workflow, reason)
        self.execution_id = execution_id
        self.workflow = workflow
        self.reason = reason

    def __str__(self) -> str:
        return f"execution {self.execution_id} of workflow {self.workflow!r} was cancelled: {self.reason}"


class ExecutionTimeoutError(FlowrtError, TimeoutError):
    """An execution was not over at its deadline; what ran was interrupted.

    Args:
        workflow: The workflow's name.
        deadline_seconds: The time it was given, from its start.
    """

    def __init__(self, workflow: str, deadline_seconds: float) -> None:
        super().__init__(workflow, deadline_seconds)
        self.workflow = workflow
        self.deadline_seconds = deadline_seconds

    def __str__(self) -> str:
        return f"workflow {self.workflow!r} was not over at its deadline of {self.deadline_seconds:g} s"


class StalledError(FlowrtError):
    """An execution came to rest although reachable nodes never fired: a bug in flowrt, never in the workflow.

    Args:
        execution_id: The execution.
        workflow: The workflow's name.
        nodes: The ids of the nodes that never fired.
    """

    def __init__(self, execution_id: str, workflow: str, nodes: tuple[str, ...]) -> None:
        super().__init__(execution_id, workflow, nodes)
        self.execution_id = execution_id
        self.workflow = workflow
        self.nodes = nodes

    def __str__(self) -> str:
        named = listed(self.nodes, 10)
        return f"execution {self.execution_id} of workflow {self.workflow!r} stalled: {named} never fired"


class SignalRefusedError(FlowrtError):
    """A signal was sent that nobody can take; nothing was changed.

    Args:
        execution_id: The execution it was sent to.
        signal: The signal's name.
        reason: Why nobody can take it, and what to do.
    """

    def __init__(self, execution_id: str, signal: str, reason: str) -> None:
        super().__init__(execution_id, signal, reason)
        self.execution_id = execution_id
        self.signal = signal
        self.reason = reason

    def __str__(self) -> str:
        return f"the signal {self.signal!r} to execution {self.execution_id} was refused: {self.reason}"


class UnknownExecutionError(FlowrtError):
    """Nobody knows an execution of that id.

    Args:
        execution_id: The id that was asked for.
        reason: Who does not know it, or what else is missing.
    """

    def __init__(self, execution_id: str, reason: str) -> None:
        super().__init__(execution_id, reason)
        self.execution_id = execution_id
        self.reason = reason

    def __str__(self) -> str:
        return f"execution {self.execution_id!r}: {self.reason}"
