"""Measuring a sweep in virtual time: nodes take as long as distributions say."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from heapq import heapreplace
from random import Random
from typing import Any

from flowrt.bench.latency import Latency
from flowrt.bench.load import Load
from flowrt.bench.measurement import Point, Sample, make_point
from flowrt.bench.recording import Recording
from flowrt.bench.setting import Setting
from flowrt.clock import NANOSECONDS
from flowrt.definition import LoadedDefinition
from flowrt.errors import FlowrtError
from flowrt.testing.distributions import Distribution
from flowrt.testing.recording import RecordedError
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan
from flowrt.typing import BoundStep, Delay


class Station:
    """A latency with a queue: so many are served at once, and who comes meanwhile waits for the first that is free.

    Args:
        served: How long a service takes.
        capacity: How many are served at once.
        now_ns: The virtual time.
    """

    def __init__(self, served: Distribution, capacity: int, now_ns: Callable[[], int]) -> None:
        self._served = served
        self._now_ns = now_ns
        self._free_at = [0.0] * capacity

    def draw_seconds(self, random: Random) -> float:
        """Return how long one that comes now waits and is served."""
        now = self._now_ns() / NANOSECONDS
        end = max(now, self._free_at[0]) + self._served.draw_seconds(random)
        heapreplace(self._free_at, end)
        return end - now


class Replayed:
    """A step that takes its time, and then ends as it ended when it was recorded.

    Args:
        latency: How long it takes.
        produce: Returns what it returns, `None` for nothing, or raises `RecordedError`.
    """

    def __init__(self, latency: Distribution, produce: Callable[[], Any]) -> None:
        self._time = latency
        self._produce = produce

    def step(
        self,
        random: Random,
        *,
        takes_record: bool,
        execution_id: Callable[[], str],  # noqa: ARG002 - what it gives is no execution's own
    ) -> Callable[..., Delay]:
        """Return the function that is called for each attempt."""
        nothing: Any = {} if takes_record else None

        def attempt(*_args: Any, **_options: Any) -> Delay:
            seconds = self._time.draw_seconds(random)
            try:
                produced = self._produce()
            except RecordedError as error:
                return Delay(None, seconds, error)
            return Delay(nothing if produced is None else produced, seconds)

        return attempt


class SimulatedRuns:
    """Measures points of a sweep in virtual time, under the same load as for real.

    Args:
        latencies: How long nodes take, by node id; the other nodes run as they are, in virtual time.
        recording: What the nodes produce; `None`: nodes with a latency produce nothing.
        seed: Decides every order and every random number.
    """

    def __init__(self, latencies: Mapping[str, Latency], recording: Recording | None, seed: int) -> None:
        self._latencies = latencies
        self._recording = recording
        self._seed = seed
        self._number: ContextVar[int] = ContextVar("number of the execution")

    def measure(self, setting: Setting, inputs: Sequence[Any], told: Callable[[Setting, int], None]) -> Point:
        """Return what is measured at one value.

        Args:
            setting: What is measured.
            inputs: The input of each execution; with a recording, those that were recorded, in their order.
            told: Called when an execution has ended.

        Raises:
            ExtraMissingError: aiometer is not installed.
            SimulationError: A step waited for something real.
        """
        simulation = Simulation(self._seed, keep_events=False, limits=setting.limits)
        stand_ins = self._stand_ins(setting.workflow, simulation)
        plan = simulated_plan(setting.workflow, stand_ins, simulation, check_inputs=False)

        samples: list[Sample] = []

        async def main() -> None:
            async with simulation.open_engine() as engine:

                async def execute(number: int, given: Any) -> str | None:
                    self._number.set(number)
                    try:
                        await engine.run(plan, given)
                    except FlowrtError as error:
                        return str(error)
                    return None

                samples.extend(await Load(setting.load, execute, lambda done: told(setting, done)).run(inputs))

        simulation.run(main)
        return make_point(setting.value, samples, is_paced=setting.load.max_per_second is not None)

    def _stand_ins(self, workflow: LoadedDefinition, simulation: Simulation) -> dict[str, Replayed]:
        attempts: Counter[tuple[str, int]] = Counter()

        def made_up(node: str, step: BoundStep, served: Distribution, capacity: int | None) -> Replayed:
            def produce() -> Any:
                number = self._number.get()
                attempts[node, number] += 1
                recording = self._recording
                return None if recording is None else recording.produce(node, number, attempts[node, number], step)

            return Replayed(_timed(served, capacity, simulation), produce)

        return {
            node.id: made_up(node.id, step, latency.distribution, latency.capacity)
            for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True)
            if (latency := self._latencies.get(node.id)) is not None and latency.distribution is not None
        }


def _timed(served: Distribution, capacity: int | None, simulation: Simulation) -> Distribution:
    return served if capacity is None else Station(served, capacity, simulation.clock.monotonic_ns)
