"""What the supervisor does for a node: the policies of one node, as data."""

from typing import Any, Literal, TypeAlias

import msgspec

from flowrt.policies.retry import NotNegative, Positive, Retry


class Timeout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long things may take, in seconds."""

    attempt: Positive | None = None
    """One attempt, from its call to its end; `None` is no limit."""
    queue: Positive | None = None
    """The wait of one attempt for a thread or process; `None` is no limit."""
    total: Positive | None = None
    """All of a node, from when it first began to its end: attempts, the pauses between them, queues; `None` is no
    limit. The time in which the execution is paused does not count."""


class Cancel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a node is interrupted."""

    grace_seconds: NotNegative | None = None
    """How long its step may take to end, before it is abandoned; `None`: the runtime's `grace_seconds`."""


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a node produces instead when its last attempt failed."""

    default: Any


OnError: TypeAlias = Literal["fail", "skip", "continue"] | Default


Placement: TypeAlias = Literal["inline", "thread", "process"]


class NodePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policies of one node."""

    retry: Retry | None = None
    """`None`: one attempt."""
    timeout: Timeout = Timeout()
    on_error: OnError | None = None
    """What becomes of the execution when the last attempt failed; `None`: `fail`, or `continue` where all `success`
    edges of the node end in joins that do without it."""
    placement: Placement = "inline"
    """Where a `def` step runs: on the event loop, in a thread, or in a process that can be killed."""
    cancel: Cancel = Cancel()


NO_POLICY = NodePolicy()
