"""One node alone."""

import inspect
from collections.abc import Mapping
from typing import Any

import msgspec

from flowrt.definition import Definition, FromInput, LoadedDefinition, Node, Parameter
from flowrt.errors import DefinitionError, InputError, Problem
from flowrt.plans import Runnable
from flowrt.testing.fakes import StandIn
from flowrt.testing.simulated import Simulated, as_runnable, simulate_plan
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan
from flowrt.typing import BoundStep, StepCatalog


def run_node(
    workflow: Any,
    node_id: str,
    input: Mapping[str, Any],
    *,
    seed: int = 0,
    step: StandIn | None = None,
    catalog: StepCatalog | None = None,
) -> Simulated[Any]:
    """Run one node of a workflow alone, with its retries, timeout and `on_error`, in virtual time.

    Args:
        workflow: A Python workflow or a definition.
        node_id: The node.
        input: For a JSON node the record that it gets; for a Python node its arguments by parameter name.
        seed: Decides every random number.
        step: What stands for its step.
        catalog: The step types of a definition; `None`: the built-in ones.

    Raises:
        DefinitionError: The definition is wrong, there is no such node, or the stand-in does not fit.
        InputError: An argument is missing or unknown.
        SimulationError: The step waited for something real, or for something that never comes.
    """
    simulation = Simulation(seed)
    runnable = as_runnable(workflow, catalog, ())
    node, bound = _find(runnable, node_id)
    alone = _alone(runnable.definition.name, node, bound, input)
    plan = simulated_plan(alone, {} if step is None else {node_id: step}, simulation, check_inputs=True)
    return simulate_plan(plan, input, simulation)


def _find(workflow: Runnable, node_id: str) -> tuple[Node, BoundStep]:
    nodes = {node.id: (node, step) for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True)}
    if node_id not in nodes:
        problem = Problem("", f"there is no node {node_id!r}; there are {', '.join(nodes)}")
        raise DefinitionError((problem,), workflow.definition.name)
    return nodes[node_id]


def _alone(workflow: str, node: Node, step: BoundStep, given: Mapping[str, Any]) -> LoadedDefinition:
    parameters: tuple[Parameter, ...] = ()
    if step.arguments is not None:
        _refuse_misfit(workflow, step, given)
        parameters = tuple(Parameter(name=name) for name in given)
        step = step._replace(arguments={name: FromInput(name) for name in given}, input_types=None)
    name = f"{workflow}, {node.id} alone"
    definition = Definition(name=name, nodes=(msgspec.structs.replace(node, join="all"),), parameters=parameters)
    return LoadedDefinition(definition, (step,))


def _refuse_misfit(workflow: str, step: BoundStep, given: Mapping[str, Any]) -> None:
    try:
        inspect.signature(step.call).bind(**given)
    except TypeError as error:
        raise InputError(workflow, f"{error}; the step takes {inspect.signature(step.call)}") from None
