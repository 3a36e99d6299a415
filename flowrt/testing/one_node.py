"""One node of a workflow, alone."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from flowrt.definition import Definition, LoadedDefinition, Node, Parameter, Workflow
from flowrt.definition.arguments import Argument, Constant, FromInput
from flowrt.definition.nearest import NearestNames
from flowrt.definition.signature import FunctionSignature
from flowrt.errors import DefinitionError, Problem
from flowrt.testing.runnable import as_runnable
from flowrt.testing.simulated import Simulated, simulate_plan
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import StandIn, check_stand_ins, refuse_unknown, simulated_plan
from flowrt.typing import BoundStep, StepCatalog

if TYPE_CHECKING:
    from flowrt.plans import Runnable, Source


def run_node(
    workflow: "Workflow[..., Any] | Source",
    node_id: str,
    input: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    steps: Mapping[str, StandIn] | None = None,
    catalog: StepCatalog | None = None,
    python_modules: Collection[str] = (),
) -> Simulated[Any]:
    """Run one node of a workflow alone, with its own retries, timeout and `on_error`, in virtual time.

    An `on_error` that follows from the node's edges is `fail` here, as there are none, and it runs whatever its flags
    (`when`, `unless`) would say. An input that can't be wired is
    refused like that of a workflow; arguments are converted to the types that the step's parameters have.

    Args:
        workflow: A Python workflow or a definition.
        node_id: The node.
        input: For a JSON node the record that it gets; for a Python node its arguments by parameter name. A constant
            that stands in the workflow need not be given.
        seed: Decides every random number.
        steps: What stands for steps, as `simulate` takes it; what is not for this node is not used.
        catalog: The step types of a definition, as `load_definition` takes them; `None`: the built-in ones.
        python_modules: What `python` nodes of a definition may call; only with `catalog=None`.

    Raises:
        TypeError: The seed is no integer, or `steps` no mapping.
        RuntimeError: An event loop of trio's runs here, or a simulation in another thread.
        DefinitionError: The definition is wrong, there is no such node, or a stand-in fits no step.
        InputError: An argument is missing, unknown, or does not fit.
        RealWaitError: The step waited for something real, or read the real clock.
        InputMutatedError: The step changed what it was given.
        SimulationStuckError: The step waits for something that never comes.
        SimulationError: It can't go on for another reason; its kinds are drawn in `flowrt.testing.errors`.
    """
    simulation = Simulation(seed)
    stand_ins = check_stand_ins(steps)
    whole = as_runnable(workflow, catalog, python_modules)
    refuse_unknown(whole.definition, stand_ins)
    node, step = _find(whole, node_id)
    given: Mapping[str, Any] = {}
    if input is not None and isinstance(cast("object", input), Mapping):  # anything else is refused when it is run
        given = input
    alone = _alone(whole.definition.name, node, step, given)
    own = {name: stand_in for name, stand_in in stand_ins.items() if name in {node.id, node.type}}
    return simulate_plan(simulated_plan(alone, own, simulation, check_inputs=True), input, simulation)


def _find(workflow: "Runnable", node_id: str) -> tuple[Node, BoundStep]:
    for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True):
        if node.id == node_id:
            return node, step
    ids = [node.id for node in workflow.definition.nodes]
    hint = NearestNames().hint(node_id, ids) if isinstance(cast("object", node_id), str) else ""
    reason = f"there is no node {node_id!r}{hint}; there are {', '.join(ids)}"
    raise DefinitionError((Problem("", reason),), workflow.definition.name)


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
        types = {name: signature.type_of(name) for name in kept}
        step = step._replace(arguments=kept, input_types=types, when=(), unless=())
    definition = Definition(name=workflow, nodes=(node,), parameters=parameters)
    return LoadedDefinition(definition, (step,))


def _wire(name: str, wired: Argument | None, given: Mapping[str, Any]) -> Argument:
    return wired if isinstance(wired, Constant) and name not in given else FromInput(name)
