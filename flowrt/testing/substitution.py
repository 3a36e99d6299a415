"""Putting stand-ins for the steps of a workflow."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from random import Random
from typing import Any, Protocol, TypeAlias, cast

import anyio

from flowrt.definition import Definition, Node
from flowrt.definition.nearest import NearestNames
from flowrt.definition.signature import yields
from flowrt.errors import DefinitionError, Problem
from flowrt.graph.plan import Plan
from flowrt.plans import Runnable, compile_workflow
from flowrt.testing.recording import Recorded
from flowrt.testing.simulation import Simulation
from flowrt.typing import BoundStep, Delay


class MadeUp(Protocol):
    """A step that is made up, such as a `Fake` or a `Recorded` one."""

    def step(self, random: Random, *, takes_record: bool, execution_id: Callable[[], str]) -> Callable[..., Delay]:
        """Return the function that is called for each attempt of a node in one simulation.

        Args:
            random: Its own random numbers.
            takes_record: The step of the node is called with a record, and produces one.
            execution_id: Returns the id of the execution to which the attempt belongs that runs now.
        """
        ...


StandIn: TypeAlias = Callable[..., Any] | MadeUp
"""What may stand for a step: a function with its parameters, plain or async, or one that is made up."""


def simulated_plan(
    workflow: Runnable, stand_ins: Mapping[str, StandIn], simulation: Simulation, *, check_inputs: bool
) -> Plan:
    """Return the plan of a workflow in which stand-ins run instead of steps, and real steps are looked at.

    Args:
        workflow: The workflow.
        stand_ins: By node id, or by a type of nodes, for all of them that are not named by id.
        simulation: Gives the random numbers, and looks at the steps.
        check_inputs: Look whether steps change what they are given.

    Raises:
        DefinitionError: There is no such node, a function can't be called as its step is, or what a log holds of a
            node can't be repeated.
    """
    definition = workflow.definition
    refuse_unknown(definition, stand_ins)
    _refuse_unrepeatable(workflow, stand_ins)
    steps = [
        _simulated(node, step, stand_ins.get(node.id, stand_ins.get(node.type)), simulation, check_inputs=check_inputs)
        for node, step in zip(definition.nodes, workflow.steps, strict=True)
    ]
    return compile_workflow(workflow, steps)


def check_stand_ins(steps: Any) -> Mapping[str, StandIn]:
    """Return what was given as stand-ins; nothing for `None`.

    Raises:
        TypeError: It is no mapping.
    """
    if steps is not None and not isinstance(steps, Mapping):
        raise TypeError(f"steps was {steps!r}; expected stand-ins by node id or type; step types belong into catalog=")
    return cast("Mapping[str, StandIn]", steps or {})


def refuse_unknown(definition: Definition, stand_ins: Mapping[str, object]) -> None:
    """Refuse what stands for no node of a definition, or can't stand for one.

    Raises:
        DefinitionError: There is such a stand-in.
    """
    ids = [node.id for node in definition.nodes]
    known = dict.fromkeys([*ids, *(node.type for node in definition.nodes)])
    nearest = NearestNames()
    problems = [
        f"there is no node or type {name!r}{nearest.hint(str(name), known)}; there are the nodes {', '.join(ids)}"
        for name in stand_ins
        if name not in known
    ]
    problems += [
        f"{name!r} is to be {stand_in!r}; expected a function, a Fake or a Recorded"
        for name, stand_in in stand_ins.items()
        if not callable(stand_in) and not callable(getattr(stand_in, "step", None))
    ]
    problems += [
        f"{name!r} is to be {stand_in!r}, a generator: return a list of all values instead of yielding them"
        for name, stand_in in stand_ins.items()
        if not hasattr(stand_in, "step") and callable(stand_in) and yields(stand_in)
    ]
    if problems:
        raise DefinitionError(tuple(Problem("", f"steps: {problem}") for problem in problems), definition.name)


def _refuse_unrepeatable(workflow: Runnable, stand_ins: Mapping[str, StandIn]) -> None:
    problems: list[str] = []
    for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True):
        stand_in = stand_ins.get(node.id, stand_ins.get(node.type))
        if isinstance(stand_in, Recorded) and step.handles is not None:
            problems.append(f"{node.id!r} branches, and a log does not say which way it went")
        elif isinstance(stand_in, Recorded) and stand_in.is_cut:
            problems.append(
                f"what {node.id!r} produced was cut in the log: write one with a larger `max_payload_bytes`"
            )
    if problems:
        advice = "; leave it out, so that the step itself runs, or put something else in its place"
        found = tuple(Problem("", f"steps: {problem}{advice}") for problem in problems)
        raise DefinitionError(found, workflow.definition.name)


def _simulated(
    node: Node, step: BoundStep, stand_in: StandIn | None, simulation: Simulation, *, check_inputs: bool
) -> BoundStep:
    if stand_in is not None and not callable(stand_in):
        random = simulation.random(f"fake of {node.id}")
        made = stand_in.step(random, takes_record=step.arguments is None, execution_id=simulation.execution_id)
        made = simulation.watch.reporting(made)
        if node.policy.placement != "inline":
            made = _in_slot(made)
        fake = _with_signature(made, step.call)
        return step._replace(call=fake, output_key=None if isinstance(stand_in, Recorded) else step.output_key)
    call = step.call
    if stand_in is not None:
        _refuse_misfit(node, step, stand_in)
        call = _with_signature(stand_in, step.call)
    return step._replace(call=simulation.watch.guard(node.id, call, check_inputs=check_inputs))


def _in_slot(attempt: Callable[..., Any]) -> Callable[..., Any]:
    """Return a made-up step that takes its time in its slot, as what it stands for does in its thread or process."""

    async def run(*args: Any, **options: Any) -> Any:
        result = attempt(*args, **options)
        if not isinstance(result, Delay):
            return result
        await anyio.sleep(result.delay_seconds)
        if result.error is not None:
            raise result.error
        return result.produced

    return run


def _with_signature(stand_in: Callable[..., Any], step: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is wired as the step is: its parameters' names, types and defaults are the step's.

    The stand-in gets arguments by position where it can, so its parameters may have other names.
    """
    bind = inspect.signature(step).bind

    @wraps(step)
    async def run_async(*args: Any, **options: Any) -> Any:
        return await run(*args, **options)

    @wraps(step)
    def run(*args: Any, **options: Any) -> Any:
        if not options:
            return stand_in(*args)
        bound = bind(*args, **options)
        return stand_in(*bound.args, **bound.kwargs)

    return run_async if inspect.iscoroutinefunction(stand_in) else run


def _refuse_misfit(node: Node, step: BoundStep, stand_in: Callable[..., Any]) -> None:
    wired = {"record": None} if step.arguments is None else dict.fromkeys(step.arguments)
    try:
        bind = inspect.signature(step.call).bind_partial
        bound = bind({}) if step.arguments is None else bind(**wired)
        inspect.signature(stand_in).bind(*bound.args, **bound.kwargs)
    except (TypeError, ValueError) as error:
        reason = (
            f"steps: what stands for {node.id!r} is called with {', '.join(wired)}, which it does not take: {error}"
        )
        raise DefinitionError((Problem("", reason),)) from None
