"""What is asked of flowrt: the goals, as multiples of a baseline in the same run."""

from typing import NamedTuple

PYTHON, JSON = "flowrt, Python", "flowrt, JSON"


class Goal(NamedTuple):
    """The most that flowrt may take, as a multiple of hand-written asyncio (b1) with the same nodes."""

    python: float
    json: float

    def of(self, way: str) -> float | None:
        """Return what is asked of one way to run a workflow, if anything is."""
        return {PYTHON: self.python, JSON: self.json}.get(way)


KERNEL = Goal(python=0.35, json=0.50)
GOALS = {
    "W1": KERNEL,
    "W2": KERNEL,
    "W3": KERNEL,
    "W4": KERNEL,
    "W4c": KERNEL,
    "W5": Goal(python=1.0, json=1.0),
    "W5b": Goal(python=1.1, json=1.1),
}
LOG_GOALS = {"W6c": 3.0}
"""Times raw `executemany`, per row."""
PING_GOALS_MILLISECONDS = {"1,000 executions per second": 2.0, "20 callers, `def` workflows of 50 ms": 10.0}
"""The only goals that are times: at the 99th percentile."""
IMPORT_GOALS = {"import flowrt": 1.5, "flowrt --help": 1.8}
"""Times `import asyncio` and `import typer`, whole processes."""

GATE_LIMITS = {
    "W1": {PYTHON: 0.35, JSON: 0.50},
    "W2": {PYTHON: 0.35, JSON: 0.50},
    "W3": {PYTHON: 0.35, JSON: 0.50},
    "W4": {PYTHON: 0.60, JSON: 0.70},
    "W4c": {PYTHON: 0.75, JSON: 0.85},
    "W5b": {PYTHON: 1.1, JSON: 1.1},
    "W6c": {PYTHON: 3.0},
}
"""What the gate holds flowrt to: the goal, or what the slowest colour and backend reach where that is worse."""
MARGINS = {**dict.fromkeys(GATE_LIMITS, 1.2), "W5b": 1.3}
"""Times the limit: what noise alone does to a ratio; docs/benchmarks.md has the figures."""
