"""Running an `async def` test of pytest in a simulation."""

import inspect
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any, TypeAlias

import pytest

from flowrt.errors import StoreError
from flowrt.testing.flow_runtime import FlowRuntime
from flowrt.testing.simulation import Simulation

AsyncTest: TypeAlias = Callable[..., Awaitable[object]]
PlainTest: TypeAlias = Callable[..., None]
MADE_ANEW = frozenset({"flow_seed", "flow_simulation", "virtual_clock", "flow_runtime"})
"""The fixtures that are made anew for each example of hypothesis, or never change."""


def in_simulation(item: pytest.Function, test: AsyncTest) -> PlainTest:
    """Return a plain function that runs a test in the simulation of its fixtures, with its runtime open.

    Args:
        item: The collected test; its fixtures are looked up when it runs.
        test: The coroutine function.
    """

    @wraps(test)
    def run(**arguments: Any) -> None:
        fixtures: dict[str, Any] = item.funcargs
        _run(fixtures["flow_simulation"], fixtures.get("flow_runtime"), partial(test, **arguments))

    return _left_alone(run)


def in_simulations(item: pytest.Function, test: Callable[..., Any], inner: AsyncTest) -> PlainTest:
    """Return a plain function that runs a test of hypothesis, each example in a simulation of its own.

    Args:
        item: The collected test.
        test: What `@given` made.
        inner: The coroutine function that `@given` was put on.
    """

    @wraps(inner)
    def run_example(*positional: Any, **arguments: Any) -> None:
        made = _make(item)
        arguments |= {name: made[name] for name in made.keys() & arguments.keys()}
        _run(made["flow_simulation"], made.get("flow_runtime"), partial(inner, *positional, **arguments))

    _left_alone(run_example)

    @wraps(test)
    def run(**arguments: Any) -> None:
        # `@given` keeps it in one place for all items of a test, and other plugins put theirs there
        vars(test)["hypothesis"].inner_test = run_example
        test(**arguments)

    signature = inspect.signature(test)
    others = [each for name, each in signature.parameters.items() if name not in MADE_ANEW]
    # hypothesis refuses fixtures that examples share; it need not see those that they don't
    vars(run)["__signature__"] = signature.replace(parameters=others)
    return run


def _make(item: pytest.Function) -> dict[str, Any]:
    fixtures: dict[str, Any] = item.funcargs
    simulation = Simulation(fixtures["flow_seed"])
    made: dict[str, Any] = {"flow_simulation": simulation, "virtual_clock": simulation.clock}
    if "flow_runtime" in fixtures:
        made["flow_runtime"] = FlowRuntime(simulation, **fixtures["flow_runtime_options"])
    return made


def _left_alone(test: PlainTest) -> PlainTest:
    """Keep pytest-trio from refusing a test that has its mark but is no coroutine function: it passes its own by."""
    vars(test)["_trio_test_runner_wrapped"] = True
    return test


def _run(simulation: Simulation, runtime: object, body: Callable[[], Awaitable[object]]) -> None:
    left: list[str] = []
    if isinstance(runtime, FlowRuntime):
        left += simulation.run(partial(_open_around, runtime, body)) or []
    else:
        simulation.run(body)
    left += [f"the task {name!r} still runs" for name in simulation.left_tasks]
    if left:
        pytest.fail("the test left something behind:\n" + "\n".join(f"  {what}" for what in left), pytrace=False)


async def _open_around(runtime: FlowRuntime, body: Callable[[], Awaitable[object]]) -> list[str]:
    """Run a test with its runtime open, and return what it left behind; what the test raises goes on."""
    left: list[str] | None = None
    try:
        async with runtime:
            await body()
            left = await runtime.find_left()
    except StoreError:
        if left is None:
            raise  # the test's own
    return [*(left or ()), *runtime.find_unwritten()]
