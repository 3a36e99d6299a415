"""Branches of a workflow function: blocks whose steps run only if a result is true, or only if it is false."""

from types import TracebackType
from typing import Self

from flowrt.definition.flag_reader import FlagReader
from flowrt.definition.flags import NO_FLAGS, Flags
from flowrt.definition.recording import Recording, current_recording
from flowrt.errors import OutsideWorkflowError


class Branch:
    """A block of a workflow function whose steps depend on a flag; made by `when`.

    Every step that is called inside of it is skipped if the flag has the other value, or was skipped itself.
    """

    def __init__(self, recording: Recording, flags: Flags) -> None:
        self._recording = recording
        self._flags = flags
        self._around: list[Flags] = []
        """The flags of the blocks in which it was entered; it may be entered more than once."""

    def __repr__(self) -> str:
        return f"<Branch of the workflow {self._recording.workflow!r}>"

    def otherwise(self) -> "Branch":
        """Return the block that depends on the opposite."""
        return Branch(self._recording, self._flags.inverted())

    def __enter__(self) -> Self:
        current = current_recording()
        if current is not self._recording:
            reason = "a `with when(...)` stands in the workflow function in which `when` was called"
            (current or self._recording).refuse(reason)
        self._around.append(self._recording.flags)
        self._recording.flags = self._recording.flags.joined(self._flags)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._recording.flags = self._around.pop()


def when(flag: bool) -> Branch:  # noqa: FBT001 - it stands for one, known when the workflow runs
    """Begin a branch: a block of a workflow function whose steps run only if a flag is true.

        with when(is_paid) as paid:
            ship(order)
        with paid.otherwise():
            remind(order)

    For a single call there is `ship.when(is_paid)(order)`. What is skipped follows the usual rules: a parameter whose
    result was skipped gets its default, and `join_any(...)` is the result of the branch that ran.

    Args:
        flag: The result of a step that returns a bool, or a parameter of the workflow. At run time anything but `True`
            and `False` fails the nodes that depend on it with `FlagError`.

    Raises:
        OutsideWorkflowError: No workflow is being built.
    """
    recording = current_recording()
    if recording is None:
        raise OutsideWorkflowError("when", is_step=False)
    found = FlagReader(recording, "when(...)").read(flag, "it")
    return Branch(recording, NO_FLAGS if found is None else Flags(when=(found,)))
