"""What is asked of flowrt: the goals, most of them multiples of a baseline in the same run."""

PYTHON, JSON = "flowrt, Python", "flowrt, JSON"
KERNEL = {PYTHON: 0.35, JSON: 0.50}
GOALS = {
    "W1": KERNEL,
    "W2": KERNEL,
    "W3": KERNEL,
    "W4": KERNEL,
    "W4c": KERNEL,
    "W5": {PYTHON: 1.0, JSON: 1.0},
    "W5b": {PYTHON: 1.1, JSON: 1.1},
}
"""The most that flowrt may take, as a multiple of hand-written asyncio (b1) with the same nodes."""
LOG_GOALS = {"W6c": 3.0}
"""Times raw `executemany`, per row."""
PING_GOALS_MILLISECONDS = {"1,000 executions per second": 2.0, "20 callers, `def` workflows of 50 ms": 10.0}
"""At the 99th percentile."""
IMPORT_GOALS = {"import flowrt": 1.5, "flowrt --help": 1.8}
"""Times `import asyncio` and `import typer`, whole processes."""
COMPILE_GOAL_MICROSECONDS = 5.0
"""For a node of a workflow of 1,000 nodes or more."""
RUN_GOAL = 1.5
"""For a node of a larger workflow: times a node of one of 1,000."""
WAITING_GOAL_BYTES = 1_500
"""For an execution that waits."""
MAP_GOAL = 1.05
"""For the resident memory at the end of a `map`: times that at 10 %."""

NOT_YET = {("W4c", PYTHON, "async"): 0.38}
"""What the gate holds flowrt to until the goal is reached, by workload, way and colour; elsewhere that is the goal."""
MARGINS = {"W1": 1.2, "W2": 1.2, "W3": 1.2, "W4": 1.2, "W4c": 1.2, "W5b": 1.3, "W6c": 1.2}
"""What the gate runs, and times what a ratio may be over its limit by noise: docs/benchmarks.md has the figures."""


def gate_limit(workload: str, way: str, colour: str) -> float:
    """Return the most that a ratio may be in the gate, the margin for noise included."""
    goal = LOG_GOALS[workload] if workload in LOG_GOALS else GOALS[workload][way]
    return NOT_YET.get((workload, way, colour), goal) * MARGINS[workload]
