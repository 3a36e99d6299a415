"""Measuring a sweep in virtual time: nodes take as long as distributions say."""

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
from flowrt.testing.fake import Fake
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan

Produce = Callable[[str, int], Any]
"""Returns what a node's step returns for the execution of a number."""


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


class SimulatedSweep:
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

        async def main() -> list[Sample]:
            async with simulation.open_engine() as engine:

                async def execute(number: int, given: Any) -> str | None:
                    self._number.set(number)
                    try:
                        await engine.run(plan, given)
                    except FlowrtError as error:
                        return str(error)
                    return None

                return await Load(setting.load, execute, lambda done: told(setting, done)).run(inputs)

        samples = simulation.run(main) or []
        return make_point(setting.value, samples, is_paced=setting.load.max_per_second is not None)

    def _stand_ins(self, workflow: LoadedDefinition, simulation: Simulation) -> dict[str, Fake]:
        steps = {node.id: step for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True)}

        def returns(node: str) -> Callable[..., Any]:
            def produce(*_args: Any, **_options: Any) -> Any:
                recording = self._recording
                return None if recording is None else recording.produce(node, self._number.get(), steps[node])

            return produce

        return {
            node: Fake(returns=returns(node), latency=_timed(latency.distribution, latency.capacity, simulation))
            for node, latency in self._latencies.items()
            if latency.distribution is not None
        }


def _timed(served: Distribution, capacity: int | None, simulation: Simulation) -> Distribution:
    return served if capacity is None else Station(served, capacity, simulation.clock.monotonic_ns)
