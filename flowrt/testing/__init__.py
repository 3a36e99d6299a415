"""The test kit: workflows in virtual time, in an order that one seed decides.

`simulate(workflow, {"order_id": 7}, seed=1, steps={"charge": Fake(latency=lognormal(0.2, 0.5))})` returns the result
and a trace.
"""

from typing import TYPE_CHECKING

from flowrt.lazy import lazy_names

if TYPE_CHECKING:
    from flowrt.testing.arrivals import SimulatedArrivals, simulate_arrivals
    from flowrt.testing.capture import CapturedEvents, capture_events
    from flowrt.testing.distributions import Distribution, constant, exponential, lognormal, poisson, uniform
    from flowrt.testing.errors import (
        DurationDrawnError,
        InputMutatedError,
        RealWaitError,
        SimulationError,
        SimulationSpinError,
        SimulationStuckError,
        SimulationTooLongError,
        TaskLeftError,
    )
    from flowrt.testing.fake import Fake
    from flowrt.testing.flow_runtime import FlowRuntime
    from flowrt.testing.golden_trace import GoldenTrace
    from flowrt.testing.one_node import run_node
    from flowrt.testing.recording import Recorded, RecordedError, recorded
    from flowrt.testing.scripted import ScriptedType
    from flowrt.testing.simulated import Simulated, simulate
    from flowrt.testing.simulation import Simulation
    from flowrt.testing.trace import Attempt, Trace, TraceEvent
    from flowrt.testing.virtual_clock import VirtualClock
else:  # not for type checkers: to them every name would be there
    _HOMES = {
        "arrivals": ("SimulatedArrivals", "simulate_arrivals"),
        "capture": ("CapturedEvents", "capture_events"),
        "distributions": ("Distribution", "constant", "exponential", "lognormal", "poisson", "uniform"),
        "errors": (
            "DurationDrawnError",
            "InputMutatedError",
            "RealWaitError",
            "SimulationError",
            "SimulationSpinError",
            "SimulationStuckError",
            "SimulationTooLongError",
            "TaskLeftError",
        ),
        "fake": ("Fake",),
        "flow_runtime": ("FlowRuntime",),
        "golden_trace": ("GoldenTrace",),
        "one_node": ("run_node",),
        "recording": ("Recorded", "RecordedError", "recorded"),
        "scripted": ("ScriptedType",),
        "simulated": ("Simulated", "simulate"),
        "simulation": ("Simulation",),
        "trace": ("Attempt", "Trace", "TraceEvent"),
        "virtual_clock": ("VirtualClock",),
    }
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)

__all__ = [
    "Attempt",
    "CapturedEvents",
    "Distribution",
    "DurationDrawnError",
    "Fake",
    "FlowRuntime",
    "GoldenTrace",
    "InputMutatedError",
    "RealWaitError",
    "Recorded",
    "RecordedError",
    "ScriptedType",
    "Simulated",
    "SimulatedArrivals",
    "Simulation",
    "SimulationError",
    "SimulationSpinError",
    "SimulationStuckError",
    "SimulationTooLongError",
    "TaskLeftError",
    "Trace",
    "TraceEvent",
    "VirtualClock",
    "capture_events",
    "constant",
    "exponential",
    "lognormal",
    "poisson",
    "recorded",
    "run_node",
    "simulate",
    "simulate_arrivals",
    "uniform",
]
