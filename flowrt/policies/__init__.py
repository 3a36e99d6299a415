"""Policies: facts in, decision out. Frozen values with pure functions; the supervisor acts on what they say."""

from flowrt.policies.node_policy import NO_POLICY, Cancel, Default, NodePolicy, OnError, Placement, Timeout
from flowrt.policies.retry import Retry
from flowrt.policies.workflow_policy import NO_WORKFLOW_POLICY, WorkflowPolicy

__all__ = [
    "NO_POLICY",
    "NO_WORKFLOW_POLICY",
    "Cancel",
    "Default",
    "NodePolicy",
    "OnError",
    "Placement",
    "Retry",
    "Timeout",
    "WorkflowPolicy",
]
