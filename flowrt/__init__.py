"""flowrt: a reactive, actor-style dataflow runtime for Python.

A workflow is a graph, written as typed Python functions or as data. Every node is an actor that fires when the tokens
on all its inputs have arrived, so order and parallelism follow from the data.

    from flowrt import Runtime, step, workflow
"""

from typing import TYPE_CHECKING, Any

from flowrt.control import DrainReport
from flowrt.definition import (
    Definition,
    LoadedDefinition,
    Step,
    Workflow,
    export_definition,
    load_definition,
    step,
    workflow,
)
from flowrt.errors import (
    AttemptTimeoutError,
    DefinitionError,
    ExecutionCancelledError,
    ExecutionFailedError,
    ExecutionTimeoutError,
    ExpressionError,
    FlowrtError,
    InputError,
    JoinTimeoutError,
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
    StepError,
    StepExitedError,
    StepLeakedScopeError,
    StepResultError,
    StoreError,
    StoreUnavailableError,
    UnknownNodeError,
    UpstreamFailedError,
    WrongThreadError,
)
from flowrt.handle import ExecutionHandle
from flowrt.mapping import ExecutionResult, ExecutionResults
from flowrt.outcomes import NodeFailure, NodeOutcome
from flowrt.policies import Cancel, Default, NodePolicy, Retry, Timeout, WorkflowPolicy
from flowrt.runtime import Runtime
from flowrt.scripts import run
from flowrt.typing import Choice, Delay, DelayUntil, Record, SignalWait

if TYPE_CHECKING:
    from flowrt.steps.registry import StepRegistry
    from flowrt.storage import MemoryStore, SqlStore

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
    "ExecutionCancelledError",
    "ExecutionFailedError",
    "ExecutionHandle",
    "ExecutionResult",
    "ExecutionResults",
    "ExecutionTimeoutError",
    "ExpressionError",
    "FlowrtError",
    "InputError",
    "JoinTimeoutError",
    "LoadedDefinition",
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
    "StepError",
    "StepExitedError",
    "StepLeakedScopeError",
    "StepRegistry",
    "StepResultError",
    "StoreError",
    "StoreUnavailableError",
    "Timeout",
    "UnknownNodeError",
    "UpstreamFailedError",
    "Workflow",
    "WorkflowPolicy",
    "WrongThreadError",
    "export_definition",
    "load_definition",
    "run",
    "step",
    "workflow",
]


def __getattr__(name: str) -> Any:
    # loaded when they are first named: a runtime without JSON nodes or a store needs neither
    if name == "StepRegistry":
        from flowrt.steps.registry import StepRegistry  # noqa: PLC0415

        return StepRegistry
    if name in {"MemoryStore", "SqlStore"}:
        from flowrt import storage  # noqa: PLC0415

        return getattr(storage, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
