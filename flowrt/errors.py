"""Every error that flowrt raises.

    FlowrtError
    ├── DefinitionError              a workflow definition is wrong; lists every problem
    ├── OutsideWorkflowError         a step or a join was called where no workflow is being built
    ├── InputError                   an execution's input does not fit the workflow
    ├── ExecutionFailedError         a node failed and nothing handled it
    ├── ExecutionCancelledError      somebody else cancelled the execution that was waited for
    ├── StalledError                 an execution came to rest with nodes that never fired
    ├── RuntimeClosedError           the runtime is not open
    ├── RuntimeOpenError             the runtime is open already
    ├── WrongThreadError             a call was made in a thread where it can't be
    ├── NestedTooDeepError           executions began in each other's steps without end
    ├── StepError                    a step broke its contract
    │   ├── StepResultError          it returned what a node of its type can't produce
    │   ├── StepLeakedScopeError     it left a cancel scope or nursery open
    │   ├── StepCancelledItselfError it was cancelled although nobody cancelled it
    │   ├── StepExitedError          it raised SystemExit or another BaseException
    │   ├── StepTransferError        it can't be sent to a process, or what it returned can't be sent back
    │   └── StepCrashedError         its process ended without an answer
    ├── AttemptTimeoutError          an attempt took longer than its policy allows
    ├── QueueTimeoutError            an attempt waited for a thread or process for longer than its policy allows
    ├── NodeTimeoutError             a node with all of its attempts took longer than its policy allows
    ├── ExecutionTimeoutError        an execution was not over at its deadline
    ├── JoinTimeoutError             a join was not met in its time
    ├── FlagError                    what decides whether a node runs is neither true nor false
    ├── SignalTimeoutError           a signal did not come in time
    ├── SignalRefusedError           a signal was sent that nobody can take
    ├── UnknownNodeError             a workflow has no node of that id
    ├── EventOverflowError           more events came than their reader wanted to keep
    ├── UnknownExecutionError        nobody knows an execution of that id
    ├── RuntimeDrainingError         the runtime takes no new executions any more
    ├── UpstreamFailedError          a node never ran, because of the tokens that it was given
    ├── ExpressionError              an expression can't be compiled, or failed on real data
    └── StoreError                   the log can't be written or read
        ├── StoreUnavailableError    the database can't be opened or went away
        └── SchemaError              the database has another version of the schema

Step types may add their own: `flowrt.steps` has `DataValidationError`, `RecordKeyError`, `SchemaWorkError` and
`StepPluginError`.
Each keeps its facts in attributes, makes its message in `__str__`, and survives pickling.
"""

from typing import NamedTuple


class FlowrtError(Exception):
    """The root of all errors that flowrt raises."""


class Problem(NamedTuple):
    """One thing that is wrong with a definition."""

    pointer: str
    """The JSON pointer (RFC 6901) of the place; empty for the whole document."""
    message: str
    """What was found, what was expected, and what to do."""


class DefinitionError(FlowrtError):
    """A workflow definition is wrong: all of its problems at once.

    Args:
        problems: At least one problem, in the order of the document.
        source: Where the definition came from: a file's path or a workflow's name; `None` if unknown.
    """

    def __init__(self, problems: tuple[Problem, ...], source: str | None = None) -> None:
        super().__init__(problems, source)
        self.problems = problems
        self.source = source

    def __str__(self) -> str:
        count = len(self.problems)
        where = f" in {self.source}" if self.source else ""
        lines = [f"  {problem.pointer or '/'}: {problem.message}" for problem in self.problems]
        return "\n".join([f"{count} problem{'s' * (count > 1)}{where}:", *lines])


class OutsideWorkflowError(FlowrtError):
    """A step, `when` or a join was called where no workflow is being built.

    Args:
        step: The name of the step or function.
        is_step: It is a step, which has a plain function to call instead.
    """

    def __init__(self, step: str, is_step: bool = True) -> None:  # noqa: FBT001, FBT002 - pickled by position
        super().__init__(step, is_step)
        self.step = step
        self.is_step = is_step

    def __str__(self) -> str:
        if not self.is_step:
            return (
                f"`{self.step}(...)` was called outside of a workflow function, where it wires steps: call it in a "
                "function that is decorated with `@workflow`"
            )
        return (
            f"the step {self.step!r} was called outside of a workflow function, where a call is a node of the "
            f"workflow: call the plain function, `{self.step}.function(...)`"
        )


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
        named = ", ".join(map(repr, self.nodes[:10])) + (", ..." if len(self.nodes) > 10 else "")  # noqa: PLR2004
        return f"execution {self.execution_id} of workflow {self.workflow!r} stalled: {named} never fired"


class RuntimeClosedError(FlowrtError):
    """The runtime was not entered yet, or was left already."""

    def __str__(self) -> str:
        return "the runtime is not open: use it inside `async with Runtime() as runtime:`"


class RuntimeOpenError(FlowrtError):
    """The runtime was entered while it was open."""

    def __str__(self) -> str:
        return "the runtime is open already: enter it once, and share it"


class WrongThreadError(FlowrtError):
    """A call was made in a thread where it can't be: it would wait for itself, or disturb another thread's event loop.

    Args:
        call: What was called.
        is_in_loop: It was called in the event loop's own thread; otherwise in another one than its loop's.
    """

    def __init__(self, call: str, is_in_loop: bool = True) -> None:  # noqa: FBT001, FBT002 - pickled by position
        super().__init__(call, is_in_loop)
        self.call = call
        self.is_in_loop = is_in_loop

    def __str__(self) -> str:
        if self.is_in_loop:
            return f"{self.call} was called in the event loop's own thread: use `await runtime.run(...)` there"
        return f"{self.call} was used in another thread than its event loop's: use `runtime.run_from_thread(...)` there"


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


class FlagError(FlowrtError):
    """What decides whether a node runs is neither true nor false; it is not retried.

    Args:
        node: The node.
        flag: What decides: the result of which node, or which parameter.
        found: The class of what it is.
    """

    def __init__(self, node: str, flag: str, found: str) -> None:
        super().__init__(node, flag, found)
        self.node = node
        self.flag = flag
        self.found = found

    def __str__(self) -> str:
        return (
            f"whether node {self.node!r} runs depends on {self.flag}, which is of the type {self.found}: "
            "expected True or False, such as a step returns with `return total > 100`"
        )


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


class AttemptTimeoutError(FlowrtError, TimeoutError):
    """An attempt took longer than `timeout.attempt` of its node allows, and was cancelled.

    A retry policy that names `TimeoutError` means it, too.

    Args:
        node: The node.
        attempt: The number of the attempt, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return (
            f"attempt {self.attempt} of node {self.node!r} took longer than its timeout of {self.timeout_seconds:g} s"
        )


class QueueTimeoutError(FlowrtError, TimeoutError):
    """An attempt waited for a thread or process for longer than `timeout.queue` of its node allows; it never began.

    Args:
        node: The node.
        attempt: The number of the attempt, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return (
            f"attempt {self.attempt} of node {self.node!r} got no thread or process within its queue timeout of "
            f"{self.timeout_seconds:g} s"
        )


class NodeTimeoutError(FlowrtError, TimeoutError):
    """A node took longer than its `timeout.total` allows, all attempts and pauses included; it is not retried.

    Args:
        node: The node.
        attempt: The number of the attempt that was under way, or for which it waited, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return f"node {self.node!r} took longer than its total timeout of {self.timeout_seconds:g} s"


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


class JoinTimeoutError(FlowrtError, TimeoutError):
    """A node never ran: its join was not met within its time, and has no `else`.

    Args:
        node: The node.
        within_seconds: The time that the join was given, from its first token.
        missing: The ids of the nodes from which no token had come, in the order of the edges.
    """

    def __init__(self, node: str, within_seconds: float, missing: tuple[str, ...]) -> None:
        super().__init__(node, within_seconds, missing)
        self.node = node
        self.within_seconds = within_seconds
        self.missing = missing

    def __str__(self) -> str:
        named = ", ".join(map(repr, self.missing[:10])) + (", ..." if len(self.missing) > 10 else "")  # noqa: PLR2004
        return (
            f"node {self.node!r} never ran: its join was not met within {self.within_seconds:g} s of the first token; "
            f"nothing had come from {named}"
        )


class SignalTimeoutError(FlowrtError, TimeoutError):
    """A signal did not come in the time that its node waits for it, and the node has no default.

    Args:
        signal: The signal's name.
        timeout_seconds: The time it was given.
    """

    def __init__(self, signal: str, timeout_seconds: float) -> None:
        super().__init__(signal, timeout_seconds)
        self.signal = signal
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return f"the signal {self.signal!r} did not come within {self.timeout_seconds:g} s"


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


class EventOverflowError(FlowrtError):
    """A stream of events that is to fail rather than to lose any got more than its reader wanted to keep.

    Args:
        max_kept: How many events were to be kept until they are read.
    """

    def __init__(self, max_kept: int) -> None:
        super().__init__(max_kept)
        self.max_kept = max_kept

    def __str__(self) -> str:
        return (
            f"more than {self.max_kept} events came before they were read, and the stream was to fail then; "
            "read faster, or open it with a greater max_kept or on_overflow='drop_oldest'"
        )


class UnknownNodeError(FlowrtError):
    """A workflow has no node of that id.

    Args:
        workflow: The workflow's name.
        node: The id that was asked for.
        known: The ids of its nodes.
        nearest: The id among them that is most like it, if one is.
    """

    def __init__(self, workflow: str, node: str, known: tuple[str, ...], nearest: str | None = None) -> None:
        super().__init__(workflow, node, known, nearest)
        self.workflow = workflow
        self.node = node
        self.known = known
        self.nearest = nearest

    def __str__(self) -> str:
        if self.nearest is not None:
            return f"workflow {self.workflow!r} has no node {self.node!r}; did you mean {self.nearest!r}?"
        named = ", ".join(map(repr, self.known[:20])) + (", ..." if len(self.known) > 20 else "")  # noqa: PLR2004
        return f"workflow {self.workflow!r} has no node {self.node!r}: it has {named}"


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


class RuntimeDrainingError(FlowrtError):
    """The runtime is being drained: what runs goes on, new executions are refused."""

    def __str__(self) -> str:
        return "the runtime is being drained and takes no new executions: send them to another one"


class UpstreamFailedError(FlowrtError):
    """A node never ran: its join can't be met, because nodes that feed it failed.

    Args:
        node: The node that never ran.
        upstream: The ids of the failed nodes that feed it, in the order of the edges.
        root_cause: The first failure that started it: its node, error class and message.
    """

    def __init__(self, node: str, upstream: tuple[str, ...], root_cause: str) -> None:
        super().__init__(node, upstream, root_cause)
        self.node = node
        self.upstream = upstream
        self.root_cause = root_cause

    def __str__(self) -> str:
        return f"node {self.node!r} never ran: {', '.join(map(repr, self.upstream))} failed ({self.root_cause})"


class ExpressionError(FlowrtError):
    """An expression can't be compiled, or failed on real data.

    Args:
        expression: The expression's text.
        reason: What is wrong with it.
        known: The names that were there, when it failed on real data.
    """

    def __init__(self, expression: str, reason: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(expression, reason, known)
        self.expression = expression
        self.reason = reason
        self.known = known

    def __str__(self) -> str:
        shown = self.expression if len(self.expression) <= 200 else self.expression[:200] + "..."  # noqa: PLR2004
        names = f" (the data has: {', '.join(self.known[:20])})" if self.known else ""
        return f"expression {shown!r}: {self.reason}{names}"


class StoreError(FlowrtError):
    """The log can't be written or read.

    Args:
        url: The database, without its password.
        reason: What happened, and what to do.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"database {self.url}: {self.reason}"


class StoreUnavailableError(StoreError):
    """The database can't be opened, or went away and did not come back in time."""


class SchemaError(StoreError):
    """The database has another version of the schema than this flowrt; `flowrt db upgrade` migrates an older one."""
