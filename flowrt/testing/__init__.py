"""The test kit: workflows in virtual time, in an order that one seed decides.

`simulate(workflow, {"order_id": 7}, seed=1, steps={"charge": Fake(latency=lognormal(0.2, 0.5))})` returns the result
and a trace.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowrt.testing.arrivals import SimulatedArrivals, simulate_arrivals
    from flowrt.testing.capture import CapturedEvents, capture_events
    from flowrt.testing.distributions import (
        Constant,
        Distribution,
        Exponential,
        Lognormal,
        Uniform,
        constant,
        exponential,
        lognormal,
        poisson,
        uniform,
    )
    from flowrt.testing.errors import InputMutatedError, RealWaitError, SimulationError, SimulationStuckError
    from flowrt.testing.fakes import Fake, Recorded, RecordedError, recorded
    from flowrt.testing.flow_runtime import FlowRuntime
    from flowrt.testing.golden_trace import GoldenTrace
    from flowrt.testing.one_node import run_node
    from flowrt.testing.scripted import ScriptedType
    from flowrt.testing.simulated import Simulated, simulate
    from flowrt.testing.simulation import Simulation
    from flowrt.testing.trace import Attempt, Trace, TraceEvent
    from flowrt.testing.virtual_clock import VirtualClock

__all__ = [
    "Attempt",
    "CapturedEvents",
    "Constant",
    "Distribution",
    "Exponential",
    "Fake",
    "FlowRuntime",
    "GoldenTrace",
    "InputMutatedError",
    "Lognormal",
    "RealWaitError",
    "Recorded",
    "RecordedError",
    "ScriptedType",
    "Simulated",
    "SimulatedArrivals",
    "Simulation",
    "SimulationError",
    "SimulationStuckError",
    "Trace",
    "TraceEvent",
    "Uniform",
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

_MODULES = {
    "Attempt": "trace",
    "CapturedEvents": "capture",
    "Constant": "distributions",
    "Distribution": "distributions",
    "Exponential": "distributions",
    "Fake": "fakes",
    "FlowRuntime": "flow_runtime",
    "GoldenTrace": "golden_trace",
    "InputMutatedError": "errors",
    "Lognormal": "distributions",
    "RealWaitError": "errors",
    "Recorded": "fakes",
    "RecordedError": "fakes",
    "ScriptedType": "scripted",
    "Simulated": "simulated",
    "SimulatedArrivals": "arrivals",
    "Simulation": "simulation",
    "SimulationError": "errors",
    "SimulationStuckError": "errors",
    "Trace": "trace",
    "TraceEvent": "trace",
    "Uniform": "distributions",
    "VirtualClock": "virtual_clock",
    "capture_events": "capture",
    "constant": "distributions",
    "exponential": "distributions",
    "lognormal": "distributions",
    "poisson": "distributions",
    "recorded": "fakes",
    "run_node": "one_node",
    "simulate": "simulated",
    "simulate_arrivals": "arrivals",
    "uniform": "distributions",
}


def __getattr__(name: str) -> Any:
    # loaded when they are first named: pytest loads the plugin in this package in every run, which needs none of it
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
