"""The pytest plugin: tests in virtual time, under schedules that a seed decides.

Nothing of flowrt is imported before a test asks for it: every run of pytest loads this file.
"""

import re
from collections.abc import Awaitable, Callable, Generator
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from flowrt.testing.flow_runtime import FlowRuntime
    from flowrt.testing.simulation import Simulation
    from flowrt.testing.trace import Trace
    from flowrt.testing.virtual_clock import VirtualClock

AsyncTest: TypeAlias = Callable[..., Awaitable[None]]
_ASYNC_TEST: pytest.StashKey[AsyncTest] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of flowrt."""
    group = parser.getgroup("flowrt", "workflows in virtual time")
    group.addoption("--flow-seed", type=int, default=0, metavar="N", help="The seed of every simulation.")
    group.addoption(
        "--flow-seeds", type=_count, default=None, metavar="K", help="Run tests that use a seed under seeds 0 to K - 1."
    )
    group.addoption("--flow-update-traces", action="store_true", help="Write the files of `golden_trace` anew.")


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(f"{count} is less than 1")
    return count


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under several seeds."""
    count: int | None = metafunc.config.getoption("--flow-seeds")
    if count is not None and "flow_seed" in metafunc.fixturenames:
        metafunc.parametrize("flow_seed", range(count), ids=[f"seed={seed}" for seed in range(count)], indirect=True)


@pytest.fixture
def flow_seed(request: pytest.FixtureRequest) -> int:
    """The seed of the test's simulation: that of `--flow-seed`, or each of `--flow-seeds`."""
    seed: Any = getattr(request, "param", request.config.getoption("--flow-seed"))
    return int(seed)


@pytest.fixture
def flow_simulation(flow_seed: int) -> "Simulation":
    """The simulation in which an `async def` test runs."""
    from flowrt.testing.simulation import Simulation  # noqa: PLC0415 - loaded when a test asks for it

    return Simulation(flow_seed)


@pytest.fixture
def virtual_clock(flow_simulation: "Simulation") -> "VirtualClock":
    """The time of the test; it passes only when everybody waits."""
    return flow_simulation.clock


@pytest.fixture
def flow_runtime(flow_simulation: "Simulation", request: pytest.FixtureRequest) -> "FlowRuntime":
    """An open runtime in virtual time; the test fails if it leaves something behind."""
    from flowrt.testing.flow_runtime import FlowRuntime  # noqa: PLC0415

    if _ASYNC_TEST not in request.node.stash:
        raise pytest.UsageError(
            f"{request.node.name} uses flow_runtime, so it must be an `async def`; no mark is needed"
        )
    return FlowRuntime(flow_simulation)


@pytest.fixture
def golden_trace(request: pytest.FixtureRequest) -> "Callable[..., None]":
    """A function that compares a trace with the file `traces/NAME.txt` beside the test, or writes it.

    `golden_trace(trace, name=None)`: the name is that of the test unless given.
    """

    def compare(trace: "Trace", name: str | None = None) -> None:
        folder = Path(request.path).parent / "traces"
        update = bool(request.config.getoption("--flow-update-traces"))
        if update:
            folder.mkdir(exist_ok=True)
        file = re.sub(r"[^\w=.-]+", "_", name or request.node.name)
        trace.assert_matches_file(folder / f"{file}.txt", update=update)

    return compare


def pytest_itemcollected(item: pytest.Item) -> None:
    """Remember the tests that run in a simulation, before other plugins wrap them."""
    if isinstance(item, pytest.Function) and "flow_simulation" in item.fixturenames and iscoroutinefunction(item.obj):
        item.stash[_ASYNC_TEST] = item.obj


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Put a plain function in the place of such a test: plugins that look for coroutines leave it alone."""
    test = item.stash.get(_ASYNC_TEST, None)
    if test is not None and isinstance(item, pytest.Function):
        fixtures: dict[str, Any] = item.funcargs
        item.obj = _in_simulation(test, fixtures["flow_simulation"], fixtures.get("flow_runtime"))


def _in_simulation(test: AsyncTest, simulation: "Simulation", runtime: "FlowRuntime | None") -> Callable[..., None]:
    @wraps(test)
    def run(**arguments: Any) -> None:
        async def main() -> None:
            if runtime is None:
                await test(**arguments)
                return
            async with runtime:
                await test(**arguments)
                left = await runtime.find_left()
            if left:
                pytest.fail("the test left something behind:\n  " + "\n  ".join(left), pytrace=False)

        simulation.run(main)

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the seed of a test that failed."""
    report = yield
    seed = getattr(item, "funcargs", {}).get("flow_seed")
    if report.failed and seed is not None:
        report.sections.append(("flowrt", f"seed {seed}; rerun with --flow-seed {seed}"))
    return report
