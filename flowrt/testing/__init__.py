"""The test kit: workflows in virtual time, in an order that one seed decides.

`simulate(workflow, {"order_id": 7}, seed=1, steps={"charge": Fake(latency=lognormal(0.2, 0.5))})` returns the result
and a trace.
"""

from flowrt.testing.arrivals import SimulatedArrivals, simulate_arrivals
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
from flowrt.testing.simulate import Simulated, simulate
from flowrt.testing.simulation import Simulation
from flowrt.testing.trace import Attempt, Trace, TraceEvent
from flowrt.testing.virtual_clock import VirtualClock

__all__ = [
    "Attempt",
    "Constant",
    "Distribution",
    "Exponential",
    "Fake",
    "InputMutatedError",
    "Lognormal",
    "RealWaitError",
    "Recorded",
    "RecordedError",
    "Simulated",
    "SimulatedArrivals",
    "Simulation",
    "SimulationError",
    "SimulationStuckError",
    "Trace",
    "TraceEvent",
    "Uniform",
    "VirtualClock",
    "constant",
    "exponential",
    "lognormal",
    "poisson",
    "recorded",
    "simulate",
    "simulate_arrivals",
    "uniform",
]
