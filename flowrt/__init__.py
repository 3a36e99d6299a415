"""flowrt: a reactive, actor-style dataflow runtime for Python.

A workflow is a graph, written as typed Python functions or as data. Every node is an actor that fires when the tokens
on all its inputs have arrived, so order and parallelism follow from the data.

    from flowrt import Runtime, step, workflow
"""

from typing import TYPE_CHECKING

from flowrt.errors import (
    AttemptTimeoutError,
    DefinitionError,
    EventOverflowError,
    ExecutionCancelledError,
    ExecutionFailedError,
    ExecutionTimeoutError,
    ExpressionError,
    FlagError,
    FlowrtError,
    InputError,
    JoinTimeoutError,
    LoopTimeError,
    NestedTooDeepError,
    NodeTimeoutError,
    OutsideWorkflowError,
    Problem,
    QueueTimeoutError,
    RuntimeClosedError,
    RuntimeDrainingError,
    RuntimeOpenError,
    SchemaError,
    SignalRefusedError,
    SignalTimeoutError,
    StalledError,
    StepCancelledItselfError,
    StepCrashedError,
    StepError,
    StepExitedError,
    StepInstructionError,
    StepLeakedScopeError,
    StepResultError,
    StepTransferError,
    StoreError,
    StoreUnavailableError,
    UnknownExecutionError,
    UnknownNodeError,
    UpstreamFailedError,
    WrongThreadError,
)
from flowrt.lazy import lazy_names

if TYPE_CHECKING:
    from flowrt.channels.event_stream import EventStream
    from flowrt.control import DrainReport
    from flowrt.definition import (
        Definition,
        LoadedDefinition,
        Step,
        Workflow,
        export_definition,
        join_any,
        join_quorum,
        join_settled,
        load_definition,
        step,
        when,
        workflow,
    )
    from flowrt.explain import Explanation
    from flowrt.handle import ExecutionHandle
    from flowrt.mapping import ExecutionResult, ExecutionResults
    from flowrt.outcomes import NodeFailure, NodeOutcome
    from flowrt.policies import Cancel, Default, NodePolicy, Retry, Timeout, WorkflowPolicy
    from flowrt.runtime import Runtime
    from flowrt.scripts import run
    from flowrt.steps.registry import StepRegistry
    from flowrt.storage import MemoryStore, SqlStore
    from flowrt.typing import Choice, Delay, DelayUntil, Record, SignalWait
else:  # not for type checkers: to them every name would be there
    _HOMES = {
        "channels.event_stream": ("EventStream",),
        "control": ("DrainReport",),
        "definition": (
            "Definition",
            "LoadedDefinition",
            "Step",
            "Workflow",
            "export_definition",
            "join_any",
            "join_quorum",
            "join_settled",
            "load_definition",
            "step",
            "when",
            "workflow",
        ),
        "explain": ("Explanation",),
        "handle": ("ExecutionHandle",),
        "mapping": ("ExecutionResult", "ExecutionResults"),
        "outcomes": ("NodeFailure", "NodeOutcome"),
        "policies": ("Cancel", "Default", "NodePolicy", "Retry", "Timeout", "WorkflowPolicy"),
        "runtime": ("Runtime",),
        "scripts": ("run",),
        "steps.registry": ("StepRegistry",),
        "storage": ("MemoryStore", "SqlStore"),
        "typing": ("Choice", "Delay", "DelayUntil", "Record", "SignalWait"),
    }
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)

__version__ = "0.1.0"

__all__ = [
    "AttemptTimeoutError",
    "Cancel",
    "Choice",
    "Default",
    "Definition",
    "DefinitionError",
    "Delay",
    "DelayUntil",
    "DrainReport",
    "EventOverflowError",
    "EventStream",
    "ExecutionCancelledError",
    "ExecutionFailedError",
    "ExecutionHandle",
    "ExecutionResult",
    "ExecutionResults",
    "ExecutionTimeoutError",
    "Explanation",
    "ExpressionError",
    "FlagError",
    "FlowrtError",
    "InputError",
    "JoinTimeoutError",
    "LoadedDefinition",
    "LoopTimeError",
    "MemoryStore",
    "NestedTooDeepError",
    "NodeFailure",
    "NodeOutcome",
    "NodePolicy",
    "NodeTimeoutError",
    "OutsideWorkflowError",
    "Problem",
    "QueueTimeoutError",
    "Record",
    "Retry",
    "Runtime",
    "RuntimeClosedError",
    "RuntimeDrainingError",
    "RuntimeOpenError",
    "SchemaError",
    "SignalRefusedError",
    "SignalTimeoutError",
    "SignalWait",
    "SqlStore",
    "StalledError",
    "Step",
    "StepCancelledItselfError",
    "StepCrashedError",
    "StepError",
    "StepExitedError",
    "StepInstructionError",
    "StepLeakedScopeError",
    "StepRegistry",
    "StepResultError",
    "StepTransferError",
    "StoreError",
    "StoreUnavailableError",
    "Timeout",
    "UnknownExecutionError",
    "UnknownNodeError",
    "UpstreamFailedError",
    "Workflow",
    "WorkflowPolicy",
    "WrongThreadError",
    "export_definition",
    "join_any",
    "join_quorum",
    "join_settled",
    "load_definition",
    "run",
    "step",
    "when",
    "workflow",
]
