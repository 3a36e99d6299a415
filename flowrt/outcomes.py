"""How nodes ended, as the nodes behind `failure` and `always` edges see it."""

from typing import Any, Literal, TypeAlias

import msgspec

Outcome: TypeAlias = Literal["completed", "failed", "cancelled", "skipped"]
"""`skipped` is only what a join tells; an edge carries no outcome of a skipped node."""


class NodeFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The failure of a node after its last attempt: what a `failure` edge carries."""

    node: str
    """The id of the node that failed."""
    type: str
    """The exception's class name, with its module where that is not `builtins`."""
    message: str
    attempts: int
    """How many attempts there were; 0 if the node failed because of its tokens, without running."""

    def as_record(self) -> dict[str, Any]:
        """Return the keys that a JSON node sees."""
        return {"error": msgspec.structs.asdict(self)}


class NodeOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a node ended: what an `always` edge carries, and what `join_settled` gives for each result."""

    outcome: Outcome
    value: Any = None
    """What the node produced, if it completed."""
    error: NodeFailure | None = None
    """Why it failed, if it failed."""

    def as_record(self) -> dict[str, Any]:
        """Return the keys that a JSON node sees."""
        record: dict[str, Any] = {"outcome": self.outcome}
        if self.outcome == "completed":
            record["value"] = self.value
        return record if self.error is None else record | self.error.as_record()
