"""The policies of a whole execution, as data."""

from typing import Annotated

import msgspec

from flowrt.policies.retry import Positive


class WorkflowPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policies of a workflow's executions."""

    deadline_seconds: Positive | None = None
    """How long an execution may take, from its start; `None` is no limit."""
    max_retries: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """How many retries there may be in one execution, of all nodes together; `None` is no limit."""


NO_WORKFLOW_POLICY = WorkflowPolicy()
