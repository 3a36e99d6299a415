"""What the nodes of a workflow did for some inputs, one at a time: what simulations repeat."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.definition import LoadedDefinition
from flowrt.errors import FlowrtError, StoreError
from flowrt.events import AttemptEnded, ErrorDetails, Event
from flowrt.runtime import Runtime
from flowrt.testing.recording import recorded_error
from flowrt.typing import BoundStep

MAX_RECORDED = 50
"""How many of the inputs are recorded."""
MAX_PAYLOAD_BYTES = 2**31
"""No output is cut."""


class Observed(msgspec.Struct, frozen=True):
    """Durations that were measured, each as likely as any other."""

    seconds: tuple[float, ...]

    def draw_seconds(self, random: Random) -> float:
        """Return one of them."""
        return self.seconds[int(random.random() * len(self.seconds))]


class Recording:
    """How each attempt of each node ended for each of the first inputs, and how long it took.

    The inputs ran one after another, so the durations are those without any load.
    """

    def __init__(self) -> None:
        self.inputs: Sequence[Any] = ()
        """Those that ran."""
        self._case = 0
        self._ends: dict[tuple[str, int], list[bytes | ErrorDetails]] = {}
        self._seconds: dict[str, list[float]] = {}

    async def record(
        self,
        workflow: LoadedDefinition,
        inputs: Sequence[Any],
        make_runtime: Callable[..., Runtime],
        told: Callable[[int], None] = lambda _done: None,
    ) -> None:
        """Run the first inputs one at a time, and keep what the nodes did.

        Args:
            workflow: The workflow.
            inputs: The inputs; at most `MAX_RECORDED` of them run.
            make_runtime: Makes a runtime with the given options.
            told: Told how many of them have run.

        Raises:
            StoreError: The log can't be written.
        """
        self.inputs = inputs[:MAX_RECORDED]
        async with make_runtime(hooks=[self._hear], max_payload_bytes=MAX_PAYLOAD_BYTES) as runtime:
            for place, given in enumerate(self.inputs):
                told(place)
                self._case = place
                try:
                    await runtime.run(workflow, given)
                except StoreError:
                    raise
                except FlowrtError:
                    continue  # the node that failed was heard of, and fails in the simulation, too

    def _hear(self, event: Event) -> None:
        if not isinstance(event, AttemptEnded) or not event.attempt:
            return
        end = event.error if event.output is None else event.output.text
        if end is not None:
            self._ends.setdefault((event.node, self._case), []).append(end)
            self._seconds.setdefault(event.node, []).append(event.duration_ns / NANOSECONDS)

    def observed(self, node: str) -> Observed | None:
        """Return how long a node's attempts took; `None` if it never ran."""
        seconds = self._seconds.get(node)
        return None if seconds is None else Observed(tuple(seconds))

    def produce(self, node: str, number: int, attempt: int, step: BoundStep) -> Any:
        """Return what a node's step returned for an input; `None` if it did not run.

        Args:
            node: The node's id.
            number: The place of the input; after the last one that was recorded it is the first again.
            attempt: The number of the attempt, from 1; those after the last that was recorded end like that.
            step: The node's step.

        Raises:
            RecordedError: It failed.
        """
        ends = self._ends.get((node, number % len(self.inputs)))
        if ends is None:
            return None
        end = ends[min(attempt, len(ends)) - 1]
        if isinstance(end, ErrorDetails):
            raise recorded_error(end)
        produced: Any = msgspec.json.decode(end)
        return produced if step.output_key is None else produced[step.output_key]
