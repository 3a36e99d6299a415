"""The step types that flowrt brings along."""

from collections.abc import Collection

from flowrt.steps.approval import ApprovalType
from flowrt.steps.branch import BranchType
from flowrt.steps.condition import ConditionType
from flowrt.steps.data_validation import DataValidationType
from flowrt.steps.delay import DelayType
from flowrt.steps.input import InputType
from flowrt.steps.join import JoinType
from flowrt.steps.output import OutputType
from flowrt.steps.pass_through import PassThroughType
from flowrt.steps.process import ProcessType
from flowrt.steps.python import PythonStepType
from flowrt.steps.transform import TransformType
from flowrt.steps.wait_signal import WaitSignalType
from flowrt.typing import StepType


def builtin_types(python_modules: Collection[str]) -> tuple[StepType, ...]:
    """Return them all, new ones at each call.

    Args:
        python_modules: The modules whose functions nodes of type `python` may call.
    """
    return (
        PassThroughType("start", "Where a workflow begins: passes the input on."),
        PassThroughType("trigger", "Where a workflow begins because something happened: passes the input on."),
        PassThroughType("end", "Where a workflow ends: passes the record on as the result."),
        InputType(),
        ProcessType(),
        TransformType(),
        DataValidationType(),
        ConditionType("condition"),
        ConditionType("decision"),
        BranchType(),
        JoinType(),
        DelayType(),
        WaitSignalType(),
        ApprovalType(),
        OutputType(),
        PythonStepType(python_modules),
    )
