"""Which nodes of a workflow are made up in a simulation, and how long they take."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from flowrt.bench.errors import LatencyError
from flowrt.bench.latency import MEASURED, Latency, parse_latency
from flowrt.bench.recording import Recording
from flowrt.definition import LoadedDefinition, Node
from flowrt.testing.fake import Fake
from flowrt.testing.substitution import refuse_unknown
from flowrt.typing import BoundStep

PLAIN = frozenset(
    {"start", "trigger", "end", "input", "output", "process", "transform", "data_validation"}
    | {"condition", "decision", "branch", "join", "delay"}
)
"""The built-in types that wait for nothing real: a simulation runs them as they are."""


class Latencies:
    """How long nodes take in a simulation; those that are not named run as they are, in virtual time.

    Args:
        workflow: The workflow.
        texts: For each node, or for all nodes of a type, a text as `parse_latency` takes it; `measured` stands for all
            nodes that may wait for something real.

    Raises:
        LatencyError: A text means nothing, or a node chooses branches, which a made-up one could not.
        DefinitionError: There is no such node or type.
    """

    def __init__(self, workflow: LoadedDefinition, texts: Sequence[str]) -> None:
        given = dict(parse_latency(text) for text in texts if text != MEASURED)
        stand_ins: Mapping[str, Any] = dict.fromkeys(given, Fake())
        refuse_unknown(workflow.definition, stand_ins)
        self._by_node: dict[str, Latency] = {}
        for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True):
            latency = given.get(node.id, given.get(node.type))
            if latency is None and MEASURED in texts and _may_wait(node, step):
                latency = Latency(distribution=None)
            if latency is not None:
                self._by_node[node.id] = _checked(node, step, latency)

    @property
    def need_recording(self) -> bool:
        """A node is to take as long as it was measured to."""
        return any(latency.distribution is None for latency in self._by_node.values())

    def resolve(self, recording: Recording | None) -> dict[str, Latency]:
        """Return the latency of each node by its id, with what was measured filled in.

        A node that was to take as long as it was measured to, and never ran, runs as it is.
        """
        measured = {
            node: msgspec.structs.replace(latency, distribution=observed)
            for node, latency in self._by_node.items()
            if latency.distribution is None and recording is not None
            if (observed := recording.observed(node)) is not None
        }
        return {node: latency for node, latency in self._by_node.items() if latency.distribution is not None} | measured


def _may_wait(node: Node, step: BoundStep) -> bool:
    return node.type not in PLAIN and step.handles is None and step.signal is None


def _checked(node: Node, step: BoundStep, latency: Latency) -> Latency:
    if step.handles is not None or step.signal is not None:
        raise LatencyError(node.id, "the node chooses branches or waits for a signal, so it can't be made up")
    return latency
