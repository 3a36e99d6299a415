"""The nodes of a Python workflow, as they are recorded."""

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from flowrt.definition.arguments import Argument, FromNode, Gives
from flowrt.definition.flags import Flags
from flowrt.definition.model import Join
from flowrt.definition.recorded_source import RecordedSource

if TYPE_CHECKING:
    from flowrt.definition.python_step import Step


class RecordedCall(NamedTuple):
    """One call of a step."""

    id: str
    step: "Step[..., object]"
    arguments: dict[str, Argument]
    """By parameter of the step, in their order."""
    flags: Flags
    sources: tuple[RecordedSource, ...]
    """Each once."""


class RecordedJoin(NamedTuple):
    """One call of `join_any` and the like."""

    id: str
    join: Join
    gives: Gives
    flags: Flags
    """Those that all of its sources have: where they are skipped, so is the join."""
    sources: tuple[RecordedSource, ...]


class RecordedBranch(NamedTuple):
    """What skips a value by flags where no call of a step does."""

    id: str
    value: FromNode
    flags: Flags
    sources: tuple[RecordedSource, ...]


RecordedNode: TypeAlias = RecordedCall | RecordedJoin | RecordedBranch
