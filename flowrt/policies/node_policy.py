"""What the supervisor does for a node: the policies of one node, as data."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from flowrt.policies.retry import Retry


class Timeout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long things may take, in seconds."""

    attempt: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """One attempt, from its call to its end; `None` is no limit."""


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a node produces instead when its last attempt failed."""

    default: Any


OnError: TypeAlias = Literal["fail", "skip", "continue"] | Default


class NodePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policies of one node."""

    retry: Retry | None = None
    """`None`: one attempt."""
    timeout: Timeout = Timeout()
    on_error: OnError | None = None
    """What becomes of the execution when the last attempt failed; `None`: `fail`, or `continue` where all edges of
    the node end in joins that do without it."""


NO_POLICY = NodePolicy()
