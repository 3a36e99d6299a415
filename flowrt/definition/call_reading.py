"""How a call of a step in a workflow function becomes a node."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowrt.definition.argument_reader import ArgumentReader
from flowrt.definition.flag_reader import FlagReader
from flowrt.definition.flags import NO_FLAGS
from flowrt.definition.modifiers import NO_MODIFIERS
from flowrt.definition.recorded_nodes import RecordedCall
from flowrt.definition.recorded_source import RecordedSource

if TYPE_CHECKING:
    from flowrt.definition.python_step import Step
    from flowrt.definition.recording import Recording


def read_call(
    recording: "Recording",
    node_id: str,
    step: "Step[..., Any]",
    positional: tuple[Any, ...],
    named: Mapping[str, Any],
) -> RecordedCall:
    """Return the node of a call; report what is wrong with it.

    Args:
        recording: The recording that the call belongs to.
        node_id: The node's id.
        step: The step that is called, with its modifiers.
        positional: The arguments that are given by position.
        named: The arguments that are given by name.
    """
    place = ("nodes", len(recording.nodes))
    reader = ArgumentReader(recording, step)
    modifiers = step.modifiers
    watched = [reader.watch(watch, place) for watch in modifiers.watches]
    given, problems = step.signature.assign((*watched, *positional), named)
    for message in problems:
        recording.problem(f"{step.name}(...): {message}; {_takes(step)}", (*place, "data", "arguments"))
    arguments = {
        name: reader.read(value, step.signature.type_of(name), (*place, "data", "arguments", name))
        for name, value in given.items()
    }
    flags = recording.flags
    if modifiers is not NO_MODIFIERS or flags is not NO_FLAGS:
        flags = FlagReader(recording, f"{step.name}(...)").read_all(modifiers, place)
        for result in modifiers.after:
            reader.read_order(result, place)
    sources = tuple(reader.sources)
    if flags is not NO_FLAGS:
        sources = tuple(dict.fromkeys((*sources, *flags.sources())))
    if watched:
        _check_failures(recording, step, sources, place)
    return RecordedCall(node_id, step.unmodified(), arguments, flags, sources)


def _takes(step: "Step[..., Any]") -> str:
    words = " and ".join(f"`{watch.word}`" for watch in step.modifiers.watches)
    return f"it takes {step.signature}" + (f", and {words} gives what comes first" if words else "")


def _check_failures(
    recording: "Recording", step: "Step[..., Any]", sources: tuple[RecordedSource, ...], path: tuple[str | int, ...]
) -> None:
    """Report nodes whose failure and whose result are both needed."""
    for source in sources:
        if source.on == "failure" and RecordedSource(source.node) in sources:
            reason = f"it runs only if {source.node!r} has failed, and then there is no result of {source.node!r}"
            recording.problem(f"{step.name}(...): {reason}: take the other results that it needs", path)
