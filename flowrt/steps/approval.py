"""`approval`: a person decides which way an execution goes on."""

from typing import Annotated, Any, Literal

import msgspec

from flowrt.definition.expression_kinds import is_mapping
from flowrt.errors import Problem
from flowrt.policies.retry import Positive
from flowrt.steps.data import NodeData
from flowrt.steps.wait_signal import waiting_step
from flowrt.typing import BoundStep, Choice, SignalWait, StepBindError

APPROVED, REJECTED = "approved", "rejected"


class ApprovalData(NodeData, frozen=True, kw_only=True):
    """The data of an `approval` node."""

    name: Annotated[
        str, msgspec.Meta(min_length=1, max_length=200, description="The name of the signal that decides.")
    ] = "approval"
    timeout_seconds: Annotated[
        Positive | None, msgspec.Meta(description="How long to wait; without it there is no limit.")
    ] = None
    default: Annotated[
        Literal["approved", "rejected"] | None,
        msgspec.Meta(description="What is decided when the time is over; without it the node fails then."),
    ] = None


class ApprovalType:
    """Waits for a decision, takes the edges of `approved` or `rejected`, and produces the decision."""

    name = "approval"
    description = "Waits until a person approves or rejects."
    data_type: type[msgspec.Struct] = ApprovalData

    def bind(self, data: ApprovalData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: There is a default that nobody would wait for.
        """
        if data.default is not None and data.timeout_seconds is None:
            raise StepBindError(Problem("/default", "it is for when the time is over: give `timeout_seconds` too"))
        default = msgspec.UNSET if data.default is None else _decide({"approved": data.default == APPROVED})
        wait = SignalWait(data.name, _decide, data.timeout_seconds, default)
        return waiting_step(wait)._replace(handles=frozenset({APPROVED, REJECTED}))


def _decide(payload: Any) -> Choice:
    approved = payload.get("approved") if is_mapping(payload) else None
    if not isinstance(approved, bool):
        message = 'expected an object with "approved": true or false, and whatever else is worth knowing'
        raise ValueError(message)  # noqa: TRY004 - the payload is wrong, not a type of ours
    return Choice({"approval": payload}, (APPROVED if approved else REJECTED,))
