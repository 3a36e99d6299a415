"""The pytest plugin: `async def` tests in virtual time, in an order that a seed decides.

Every run of pytest loads this file where flowrt is installed, so it imports nothing of flowrt until a test asks for it.
"""

import inspect
from argparse import ArgumentTypeError
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flowrt.testing.flow_runtime import FlowRuntime
    from flowrt.testing.golden_trace import GoldenTrace
    from flowrt.testing.simulation import Simulation
    from flowrt.testing.virtual_clock import VirtualClock

_IS_SIMULATED = pytest.StashKey[bool]()


# --- options ----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of flowrt."""
    group = parser.getgroup("flowrt", "flowrt: workflows in virtual time")
    group.addoption(
        "--flow-seed", type=_integer, metavar="N", help="run the tests that use a seed with this one; 0 by default"
    )
    group.addoption(
        "--flow-seeds", type=_count, metavar="K", help="run each test that uses a seed with the seeds 0 to K - 1"
    )
    group.addoption("--flow-update-traces", action="store_true", help="write the files of golden_trace anew")


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no integer") from None


def _count(text: str) -> int:
    count = _integer(text)
    if count < 1:
        raise ArgumentTypeError(f"{count} is too few; it must be 1 or more")
    return count


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that contradict each other.

    Raises:
        UsageError: Both one seed and many were asked for.
    """
    if config.getoption("--flow-seed") is not None and config.getoption("--flow-seeds") is not None:
        raise pytest.UsageError("--flow-seed runs one seed and --flow-seeds many: give one of them")


# --- fixtures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def flow_seed(request: pytest.FixtureRequest) -> int:
    """The seed of the test: that of `--flow-seed`, each of `--flow-seeds`, or 0."""
    seed: int = getattr(request, "param", request.config.getoption("--flow-seed") or 0)
    return seed


@pytest.fixture
def flow_simulation(flow_seed: int) -> "Simulation":
    """The `Simulation` that an `async def` test runs in."""
    from flowrt.testing.simulation import Simulation  # noqa: PLC0415 - loaded when a test asks for it

    return Simulation(flow_seed)


@pytest.fixture
def virtual_clock(flow_simulation: "Simulation") -> "VirtualClock":
    """The `VirtualClock` of the test; an `async def` test that uses it runs in virtual time."""
    return flow_simulation.clock


@pytest.fixture
def flow_runtime_options() -> dict[str, Any]:
    """The options of `Runtime` for `flow_runtime`, such as `steps`; to be overridden by a fixture of the same name."""
    return {}


@pytest.fixture
def flow_runtime(
    request: pytest.FixtureRequest, flow_simulation: "Simulation", flow_runtime_options: dict[str, Any]
) -> "FlowRuntime":
    """An open `FlowRuntime` in virtual time; the `async def` test that uses it fails if it leaves something behind."""
    if not request.node.stash.get(_IS_SIMULATED, False):
        pytest.fail(f"{request.node.name} uses flow_runtime: {_why_not_simulated(request.node)}", pytrace=False)
    from flowrt.testing.flow_runtime import FlowRuntime  # noqa: PLC0415 - loaded when a test asks for it

    return FlowRuntime(flow_simulation, **flow_runtime_options)


@pytest.fixture
def golden_trace(request: pytest.FixtureRequest) -> "GoldenTrace":
    """`golden_trace(trace, name=None)` compares a trace with a file, or writes it with `--flow-update-traces`."""
    from flowrt.testing.golden_trace import GoldenTrace  # noqa: PLC0415 - loaded when a test asks for it

    return GoldenTrace(request)


# --- collection -------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test run under many seeds, and one that runs in a simulation on no other backend."""
    if "flow_simulation" in metafunc.fixturenames and _async_test(metafunc.function) is not None:
        _drop_backend(metafunc)
    count: int | None = metafunc.config.getoption("--flow-seeds")
    if count is not None and "flow_seed" in metafunc.fixturenames and not has_own_seeds(metafunc.definition):
        metafunc.parametrize("flow_seed", range(count), indirect=True, ids=[f"seed={seed}" for seed in range(count)])


def _drop_backend(metafunc: pytest.Metafunc) -> None:
    """Take away what anyio's mark asks for: a run on each backend. A simulation is what the test runs on."""
    found: dict[str, Any] = getattr(metafunc, "_arg2fixturedefs", {})
    asked = {name for definitions in found.values() for each in definitions for name in each.argnames}
    own = inspect.signature(metafunc.function).parameters
    if "anyio_backend" in metafunc.fixturenames and "anyio_backend" not in {*asked, *own}:
        metafunc.fixturenames.remove("anyio_backend")


def has_own_seeds(item: pytest.Item) -> bool:
    """Say whether a test parametrises `flow_seed` itself."""
    names = (mark.args[0] if mark.args else mark.kwargs["argnames"] for mark in item.iter_markers("parametrize"))
    return any("flow_seed" in (each.replace(" ", "").split(",") if isinstance(each, str) else each) for each in names)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put a plain function in the place of a test that runs in a simulation.

    Plugins that run coroutine functions, anyio's and pytest-trio, leave it alone then.
    """
    if not isinstance(item, pytest.Function) or "flow_simulation" not in item.fixturenames:
        return
    test: Any = item.obj
    inner = _async_test(test)
    if inner is None:
        return
    from flowrt.testing.simulated_test import in_simulation, in_simulations  # noqa: PLC0415 - loaded for such a test

    item.stash[_IS_SIMULATED] = True
    item.obj = in_simulation(item, test) if inner is test else in_simulations(item, test, inner)


def _why_not_simulated(item: pytest.Item) -> str:
    """Return what to do with a test that uses `flow_runtime` and does not run in a simulation."""
    test: Any = getattr(item, "obj", None)
    if _async_test(test) is not None:
        return "name it as a parameter of the test, or of a fixture; getfixturevalue asks for it too late"
    if inspect.isasyncgenfunction(test):
        return "make it an `async def` that does not yield"
    return "make it an `async def`; it needs no mark"


def _async_test(test: Any) -> Any:
    """Return the coroutine function that a test is, or that hypothesis runs for it; `None` if there is none."""
    handle: Any = getattr(test, "hypothesis", None)
    inner = test if handle is None else handle.inner_test
    return inner if inspect.iscoroutinefunction(inner) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse async fixtures of a test that runs in a simulation: what they return belongs to another event loop."""
    if not item.stash.get(_IS_SIMULATED, False):
        return
    known: dict[str, Any] = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    for name, definitions in known.items():
        if any(_is_async(each.func) for each in definitions):
            reason = f"the test runs in a simulation, which the async fixture {name!r} is no part of"
            advice = "make it a plain `def`, or an async context manager that the test enters"
            pytest.fail(f"{reason}: {advice}", pytrace=False)


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


# --- reports ----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the seed of a test that failed."""
    report = yield
    arguments: dict[str, Any] = getattr(item, "funcargs", None) or {}
    if report.failed and "flow_seed" in arguments:
        seed = arguments["flow_seed"]
        advice = "a parameter of the test" if has_own_seeds(item) else f"run it again with --flow-seed={seed}"
        report.sections.append(("flowrt seed", f"seed {seed}: {advice}"))
    return report
