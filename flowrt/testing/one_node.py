"""One node of a workflow, alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowrt.definition import Definition, LoadedDefinition, Node, Parameter, Workflow
from flowrt.definition.arguments import Argument, Constant, FromInput
from flowrt.definition.nearest import NearestNames
from flowrt.definition.signature import FunctionSignature
from flowrt.errors import DefinitionError, Problem
from flowrt.testing.fakes import StandIn
from flowrt.testing.simulated import Simulated, as_runnable, simulate_plan
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan
from flowrt.typing import BoundStep, StepCatalog

if TYPE_CHECKING:
    from flowrt.plans import Source


def run_node(
    workflow: "Workflow[..., Any] | Source",
    node_id: str,
    input: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    steps: Mapping[str, StandIn] | None = None,
    catalog: StepCatalog | None = None,
) -> Simulated[Any]:
    """Run one node of a workflow alone, with its own retries, timeout and `on_error`, in virtual time.

    An `on_error` that follows from the node's edges is `fail` here, as there are none. An input that can't be wired is
    refused like that of a workflow; arguments are converted to the types that the step's parameters have.

    Args:
        workflow: A Python workflow or a definition.
        node_id: The node.
        input: For a JSON node the record that it gets; for a Python node its arguments by parameter name. A constant
            that stands in the workflow need not be given.
        seed: Decides every random number.
        steps: What stands for steps, as `simulate` takes it; what is not for this node is not used.
        catalog: The step types of a definition; `None`: the built-in ones.

    Raises:
        TypeError: The seed is no integer.
        DefinitionError: The definition is wrong, there is no such node, or a stand-in fits no step.
        InputError: An argument is missing, unknown, or does not fit.
        RealWaitError: The step waited for something real, or read the real clock.
        InputMutatedError: The step changed what it was given.
        SimulationStuckError: The step waits for something that never comes.
    """
    simulation = Simulation(seed)
    whole = as_runnable(workflow, catalog, ())
    places = {node.id: place for place, node in enumerate(whole.definition.nodes)}
    types = {node.type for node in whole.definition.nodes}
    _refuse_unknown(whole.definition.name, "", (node_id,), tuple(places))
    _refuse_unknown(whole.definition.name, "steps: ", tuple(steps or ()), (*places, *types))
    node = whole.definition.nodes[places[node_id]]
    alone = _alone(whole.definition.name, node, whole.steps[places[node_id]], input or {})
    stand_ins = {name: stand_in for name, stand_in in (steps or {}).items() if name in {node.id, node.type}}
    return simulate_plan(simulated_plan(alone, stand_ins, simulation, check_inputs=True), input, simulation)


def _refuse_unknown(workflow: str, where: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            hint = NearestNames().hint(name, known) or ""
            reason = f"{where}there is no node {name!r}{hint}; there are {', '.join(dict.fromkeys(known))}"
            raise DefinitionError((Problem("", reason),), workflow)


def _alone(workflow: str, node: Node, step: BoundStep, given: Mapping[str, Any]) -> LoadedDefinition:
    """Return a workflow of one node; what it read of other nodes are parameters of the workflow."""
    parameters: tuple[Parameter, ...] = ()
    if step.arguments is not None:
        signature = FunctionSignature(step.call)
        wires = {name: _wire(name, step.arguments.get(name), given) for name in signature.parameters}
        required = {*signature.missing({name: wire for name, wire in wires.items() if isinstance(wire, Constant)})}
        parameters = tuple(
            Parameter(name=name, required=name in required)
            for name, wire in wires.items()
            if isinstance(wire, FromInput)
        )
        kept = {name: wire for name, wire in wires.items() if isinstance(wire, Constant) or name in {*given, *required}}
        step = step._replace(arguments=kept, input_types={name: signature.type_of(name) for name in kept})
    definition = Definition(name=workflow, nodes=(node,), parameters=parameters)
    return LoadedDefinition(definition, (step,))


def _wire(name: str, wired: Argument | None, given: Mapping[str, Any]) -> Argument:
    return wired if isinstance(wired, Constant) and name not in given else FromInput(name)
