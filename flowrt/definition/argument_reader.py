"""Where the arguments of a step's call in a workflow function come from."""

from typing import TYPE_CHECKING, Any, TypeAlias

from flowrt.definition.arguments import Argument, Constant, DictOf, FromFailure, FromNode, FromOutcome, ListOf
from flowrt.definition.compatibility import misfit
from flowrt.definition.modifiers import Watch
from flowrt.definition.nesting import finds_recorded
from flowrt.definition.recorded import RecordedFacts, RecordedResult, facts_of, is_recorded
from flowrt.definition.recorded_source import RecordedSource
from flowrt.outcomes import NodeFailure, NodeOutcome

if TYPE_CHECKING:
    from flowrt.definition.python_step import Step
    from flowrt.definition.recording import Recording

Path: TypeAlias = tuple[str | int, ...]


class ArgumentReader:
    """Reads where the arguments of one call come from.

    Args:
        recording: The recording that the call belongs to.
        step: The step that is called.
    """

    def __init__(self, recording: "Recording", step: "Step[..., Any]") -> None:
        self._recording = recording
        self._step = step
        self.sources: dict[RecordedSource, None] = {}
        """Where what was read comes from, each once, in the order of reading."""

    def read(self, value: Any, wanted: Any, path: Path) -> Argument:
        """Return where an argument comes from; report what is wrong with it."""
        argument, kind = self._read(value, path)
        reason = misfit(kind, value, wanted)
        if reason is not None:
            self._report(f"{_name_of(path)} {reason}", path)
        return argument

    def read_order(self, result: Any, path: Path) -> None:
        """Read a result that the call waits for without taking it."""
        if finds_recorded(result):
            self._read(result, path)
        else:
            self._report(f"it comes after {result!r:.80}, expected the result of a step", path)

    def watch(self, watch: Watch, path: Path) -> Any:
        """Return what stands for the failure or the outcome of a node."""
        result: Any = watch.result
        facts = facts_of(result) if is_recorded(result) else None
        node = ""
        if facts is None or not isinstance(facts.argument, FromNode):
            found = f"{result!r:.80}" if facts is None else f"{facts}, which can't fail"
            self._report(f"`{watch.word}` has {found}: expected the result of a step", path)
        elif facts.recording is not self._recording:
            self._report(f"`{watch.word}` has {facts.seen_from_another}", path)
        else:
            node = facts.argument.node
        if watch.on == "failure":
            return RecordedResult(RecordedFacts(self._recording, FromFailure(node), NodeFailure))
        return RecordedResult(RecordedFacts(self._recording, FromOutcome(node), NodeOutcome))

    def _read(self, value: Any, path: Path) -> tuple[Argument, Any]:
        if is_recorded(value):
            return self._read_recorded(facts_of(value), path)
        if finds_recorded(value):
            return self._read_container(value, path)
        if (name := self._name_of_step(value)) is not None:
            self._report(f"{_name_of(path)} is a step itself: call it, as `{name}(...)`", path)
        return Constant(value), _type_of(value)

    def _read_container(self, value: Any, path: Path) -> tuple[Argument, Any]:
        kind = _type_of(value)
        if kind is list or kind is tuple:
            return ListOf(tuple(self._read(item, (*path, at))[0] for at, item in enumerate(value))), kind
        if kind is dict:
            return self._read_dict(value, path), kind
        found = kind.__name__
        self._report(f"{_name_of(path)} is a {found} that holds a result: make the {found} inside a step", path)
        return Constant(None), Any

    def _read_recorded(self, facts: RecordedFacts, path: Path) -> tuple[Argument, Any]:
        if facts.recording is not self._recording:
            self._report(f"{_name_of(path)} is {facts.seen_from_another}", path)
        elif (source := facts.source) is not None:
            self.sources[source] = None
        return facts.argument, facts.type

    def _read_dict(self, value: dict[Any, Any], path: Path) -> Argument:
        if not all(isinstance(key, str) for key in value):
            self._report(f"{_name_of(path)} is a dict that holds a result: its keys must be texts", path)
        return DictOf({str(key): self._read(item, (*path, str(key)))[0] for key, item in value.items()})

    def _name_of_step(self, value: object) -> str | None:
        return value.name if isinstance(value, type(self._step)) else None

    def _report(self, message: str, path: Path) -> None:
        self._recording.problem(f"{self._step.name}(...): {message}", path)


def _name_of(path: Path) -> str:
    """Return an argument by its name, of a path as `/nodes/3/data/arguments/lead`."""
    return f"the argument {path[4]!r}" if len(path) > 4 else "what it comes after"  # noqa: PLR2004 - see the docstring


def _type_of(value: object) -> type[Any]:
    return type(value)
