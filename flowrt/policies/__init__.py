"""Policies: facts in, decision out. Frozen values with pure functions; the supervisor acts on what they say."""

from flowrt.policies.node_policy import NO_POLICY, Default, NodePolicy, OnError, Timeout
from flowrt.policies.retry import Retry

__all__ = ["NO_POLICY", "Default", "NodePolicy", "OnError", "Retry", "Timeout"]
