"""Which flags a call in a workflow function depends on."""

from typing import TYPE_CHECKING, Any

from flowrt.definition.arguments import Flag, FromInput, FromNode
from flowrt.definition.compatibility import misfit
from flowrt.definition.flags import Flags
from flowrt.definition.modifiers import Modifiers
from flowrt.definition.recorded import facts_of, is_recorded

if TYPE_CHECKING:
    from flowrt.definition.recording import Recording


class FlagReader:
    """Reads the flags of one call or block, and reports what is wrong with them.

    Args:
        recording: The recording that they belong to.
        user: What uses them, for messages, such as `ship(...)`.
    """

    def __init__(self, recording: "Recording", user: str) -> None:
        self._recording = recording
        self._user = user

    def read_all(self, modifiers: Modifiers, path: tuple[str | int, ...]) -> Flags:
        """Return the flags of a call: those of the blocks around it, and its own."""
        own = Flags(
            when=self._read_each(modifiers.when, "`when`", path),
            unless=self._read_each(modifiers.unless, "`unless`", path),
        )
        flags = self._recording.flags.joined(own)
        if (flag := flags.contradiction()) is not None:
            reason = f"it never runs, because {flag} would have to be both true and false"
            self._report(f"{reason}: use it in one `when` or `unless`, or call a step for each case", path)
        return flags

    def _read_each(self, values: tuple[object, ...], word: str, path: tuple[str | int, ...]) -> tuple[Flag, ...]:
        flags = [self.read(value, word, path) for value in values]
        return tuple(flag for flag in flags if flag is not None)

    def read(self, value: Any, word: str, path: tuple[str | int, ...] = ()) -> Flag | None:
        """Return a flag; `None` if it is none, which is reported."""
        if not is_recorded(value):
            advice = ": decide about what is known already by a Python `if`" if isinstance(value, bool) else ""
            self._report(f"{word} has {value!r:.80}, expected the result of a step or a parameter{advice}", path)
            return None
        facts = facts_of(value)
        if facts.recording is not self._recording:
            self._report(f"{word} has {facts.seen_from_another}", path)
            return None
        reason = misfit(facts.type, value, bool)
        if reason is not None:
            self._report(f"{word} has {facts}, which {reason}: compare it inside a step that returns a bool", path)
        return facts.argument if isinstance(facts.argument, FromInput | FromNode) else None

    def _report(self, message: str, path: tuple[str | int, ...]) -> None:
        self._recording.problem(f"{self._user}: {message}", path)
