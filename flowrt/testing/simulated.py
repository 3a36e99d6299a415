"""One execution in virtual time."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from flowrt.actors.execution import Execution
from flowrt.actors.limits import NO_LIMITS, Limits
from flowrt.actors.results import result_of
from flowrt.definition import Workflow
from flowrt.errors import FlowrtError
from flowrt.events import ExecutionStatus
from flowrt.graph.plan import Plan
from flowrt.testing.runnable import as_runnable
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import StandIn, check_stand_ins, simulated_plan
from flowrt.testing.trace import Trace
from flowrt.typing import StepCatalog

if TYPE_CHECKING:
    from flowrt.plans import Source

R = TypeVar("R")


class Simulated(Generic[R]):
    """How a simulated execution ended. `result, trace = simulate(...)` takes it apart.

    Attributes:
        status: How it ended; `running` if `until_seconds` came first.
        error: What `run` would have raised; `None` if it completed, or still runs.
        trace: What happened, event by event.
    """

    def __init__(self, status: ExecutionStatus, output: R | None, error: FlowrtError | None, trace: Trace) -> None:
        self.status = status
        self.error = error
        self.trace = trace
        self._output = output

    def __repr__(self) -> str:
        return f"<Simulated {self.status}, {self.trace!r}>"

    @property
    def result(self) -> R:
        """The workflow's result; `None` if the execution was still running.

        Raises:
            ExecutionFailedError: A node failed; its `__cause__` is the step's exception.
        """
        if self.error is not None:
            raise self.error
        return cast("R", self._output)

    def __iter__(self) -> Iterator[Any]:
        yield self.result
        yield self.trace


@overload
def simulate(
    workflow: Workflow[..., R],
    input: Mapping[str, Any] | None = None,
    *,
    seed: int,
    steps: Mapping[str, StandIn] | None = None,
    until_seconds: float | None = None,
    check_inputs: bool = True,
    limits: Limits = NO_LIMITS,
) -> Simulated[R]: ...
@overload
def simulate(
    workflow: "Source",
    input: Mapping[str, Any] | None = None,
    *,
    seed: int,
    steps: Mapping[str, StandIn] | None = None,
    until_seconds: float | None = None,
    check_inputs: bool = True,
    catalog: StepCatalog | None = None,
    python_modules: Collection[str] = (),
    limits: Limits = NO_LIMITS,
) -> Simulated[Any]: ...
def simulate(
    workflow: Any,
    input: Mapping[str, Any] | None = None,
    *,
    seed: int,
    steps: Mapping[str, StandIn] | None = None,
    until_seconds: float | None = None,
    check_inputs: bool = True,
    catalog: StepCatalog | None = None,
    python_modules: Collection[str] = (),
    limits: Limits = NO_LIMITS,
) -> Simulated[Any]:
    """Run a workflow once in virtual time: the real definition, the real policies, one order out of many.

    The same seed gives the same trace, in any process; another seed gives another schedule. Delays, retries and
    timeouts take no real time. Nothing is logged.

    Args:
        workflow: A Python workflow or a definition.
        input: Its input, as `Runtime.run` takes it.
        seed: Decides every order and every random number.
        steps: What stands for steps, by node id or node type: a function with the step's parameters, a `Fake`, or a
            `Recorded` one. The other steps run as they are.
        until_seconds: The virtual time at which to stop, whatever still runs.
        check_inputs: Find steps that change what they are given; each call costs a copy of its input.
        catalog: The step types of a definition, as `load_definition` takes them; `None`: the built-in ones.
        python_modules: What `python` nodes of a definition may call; only with `catalog=None`.
        limits: How many steps placed in a `thread` or `process` run at once, each in its virtual time: as for a
            `Runtime`, but with 4 processes on every machine.

    Raises:
        TypeError: The seed is no integer, `steps` no mapping, or another option of another kind than expected.
        ValueError: `until_seconds` or a limit has an impossible value.
        RuntimeError: An event loop of trio's runs here, or a simulation in another thread.
        DefinitionError: The definition is wrong, or a stand-in fits no step.
        InputError: The input does not fit.
        RealWaitError: A step waited for something real, or read the real clock.
        InputMutatedError: A step changed what it was given.
        SimulationStuckError: A step waits for something that never comes.
        SimulationError: It can't go on for another reason; its kinds are drawn in `flowrt.testing.errors`.
    """
    simulation = Simulation(seed, until_seconds=until_seconds, limits=limits)
    stand_ins = check_stand_ins(steps)
    loaded = as_runnable(workflow, catalog, python_modules)
    plan = simulated_plan(loaded, stand_ins, simulation, check_inputs=check_inputs)
    return simulate_plan(plan, input, simulation)


def simulate_plan(plan: Plan, input: Mapping[str, Any] | None, simulation: Simulation) -> Simulated[Any]:
    """Run a plan once; `simulate` for one that is compiled already."""
    begun: list[Execution] = []

    async def main() -> None:
        async with simulation.open_engine() as engine:
            begun.append(engine.begin_plan(plan, input))
            engine.kernel.crew.call(begun[0])
            await begun[0].wait_ended()

    simulation.run(main)
    simulation.refuse_left_tasks()
    trace = simulation.recorder.trace()
    if simulation.is_cut:
        return Simulated("running", None, None, trace)
    try:
        return Simulated(begun[0].status, result_of(begun[0]), None, trace)
    except FlowrtError as error:
        return Simulated(begun[0].status, None, error, trace)
