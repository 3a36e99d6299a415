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
    ├── LoopTimeError                the event loop runs in virtual time, the runtime's clock does not
    ├── WrongThreadError             a call was made in a thread where it can't be
    ├── NestedTooDeepError           executions began in each other's steps without end
    ├── StepError                    a step broke its contract
    │   ├── StepResultError          it returned what a node of its type can't produce
    │   │   └── StepInstructionError it asked the runtime for what its node can't do
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

Step types may add their own: `flowrt.steps` has `DataValidationError`, `RecordKeyError`, `SchemaWorkError`,
`SchemaReferenceError` and `StepPluginError`.
Each keeps its facts in attributes, makes its message in `__str__`, and survives pickling.
"""

from flowrt.errors.base import FlowrtError
from flowrt.errors.definitions import (
    DefinitionError,
    ExpressionError,
    OutsideWorkflowError,
    Problem,
    UnknownNodeError,
)
from flowrt.errors.executions import (
    ExecutionCancelledError,
    ExecutionFailedError,
    ExecutionTimeoutError,
    InputError,
    NestedTooDeepError,
    SignalRefusedError,
    StalledError,
    UnknownExecutionError,
)
from flowrt.errors.nodes import (
    AttemptTimeoutError,
    FlagError,
    JoinTimeoutError,
    NodeTimeoutError,
    QueueTimeoutError,
    SignalTimeoutError,
    UpstreamFailedError,
)
from flowrt.errors.runtime import (
    EventOverflowError,
    LoopTimeError,
    RuntimeClosedError,
    RuntimeDrainingError,
    RuntimeOpenError,
    WrongThreadError,
)
from flowrt.errors.steps import (
    StepCancelledItselfError,
    StepCrashedError,
    StepError,
    StepExitedError,
    StepInstructionError,
    StepLeakedScopeError,
    StepResultError,
    StepTransferError,
)
from flowrt.errors.store import (
    SchemaError,
    StoreError,
    StoreUnavailableError,
)

__all__ = [
    "AttemptTimeoutError",
    "DefinitionError",
    "EventOverflowError",
    "ExecutionCancelledError",
    "ExecutionFailedError",
    "ExecutionTimeoutError",
    "ExpressionError",
    "FlagError",
    "FlowrtError",
    "InputError",
    "JoinTimeoutError",
    "LoopTimeError",
    "NestedTooDeepError",
    "NodeTimeoutError",
    "OutsideWorkflowError",
    "Problem",
    "QueueTimeoutError",
    "RuntimeClosedError",
    "RuntimeDrainingError",
    "RuntimeOpenError",
    "SchemaError",
    "SignalRefusedError",
    "SignalTimeoutError",
    "StalledError",
    "StepCancelledItselfError",
    "StepCrashedError",
    "StepError",
    "StepExitedError",
    "StepInstructionError",
    "StepLeakedScopeError",
    "StepResultError",
    "StepTransferError",
    "StoreError",
    "StoreUnavailableError",
    "UnknownExecutionError",
    "UnknownNodeError",
    "UpstreamFailedError",
    "WrongThreadError",
]

for _name in __all__:  # this is what logs, tracebacks and pickles call them, wherever they are written
    globals()[_name].__module__ = __name__
