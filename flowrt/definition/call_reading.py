"""How a call of a step in a workflow function becomes a node."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowrt.definition.argument_reader import ArgumentReader
from flowrt.definition.flag_reader import FlagReader
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
    user = f"{step.name}(...)"
    reader = ArgumentReader(recording, step)
    watched = [reader.watch(watch, place) for watch in step.modifiers.watches]
    given, problems = step.signature.assign((*watched, *positional), named)
    words = " and ".join(f"`{watch.word}`" for watch in step.modifiers.watches)
    takes = f"it takes {step.signature}" + (f", and {words} gives what comes first" if words else "")
    for message in problems:
        recording.problem(f"{user}: {message}; {takes}", (*place, "data", "arguments"))
    arguments = {
        name: reader.read(value, step.signature.type_of(name), (*place, "data", "arguments", name))
        for name, value in given.items()
    }
    flags = FlagReader(recording, user).read_all(step.modifiers, place)
    for result in step.modifiers.after:
        reader.read_order(result, place)
    sources = dict.fromkeys((*reader.sources, *flags.sources()))
    for source in sources:
        if source.on == "failure" and RecordedSource(source.node) in sources:
            reason = f"it runs only if {source.node!r} has failed, and then there is no result of {source.node!r}"
            recording.problem(f"{user}: {reason}: take the other results that it needs", place)
    return RecordedCall(node_id, step, arguments, flags, tuple(sources))
