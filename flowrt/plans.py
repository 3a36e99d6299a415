"""The plans of one runtime: what was compiled already, and under which id it is stored."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from flowrt.definition import Definition, LoadedDefinition, Workflow, canonical_json, load_definition
from flowrt.graph.compile import compile_plan
from flowrt.graph.inputs import converter_of
from flowrt.graph.plan import Plan
from flowrt.option_checks import check_part
from flowrt.typing import BoundStep, StepCatalog

if TYPE_CHECKING:
    from flowrt.storage.protocols import Store

Source: TypeAlias = LoadedDefinition | Mapping[str, Any] | Path | str | bytes
"""A workflow as data: loaded, or what `load_definition` takes."""

Runnable: TypeAlias = LoadedDefinition | Workflow[..., Any]
"""A workflow with its bound steps."""

MAX_PLANS, MAX_NODES = 1024, 300_000
"""How many plans are kept, and how many nodes in all of them."""
LEAST_PLANS = 16
"""So many are kept, however large they are: who uses some in turn waits for none to be compiled again."""
EXPECTED = "a workflow: a function with @workflow, or a definition as a dict, a JSON text or a Path"


def compile_workflow(workflow: Runnable, steps: Sequence[BoundStep]) -> Plan:
    """Return the plan of a workflow whose nodes run `steps`, its own or what stands for them."""
    definition = workflow.definition
    if isinstance(workflow, LoadedDefinition):
        return compile_plan(definition, steps, converter_of(definition, steps))
    return compile_plan(definition, steps, workflow.convert_input)


class StoredPlan(NamedTuple):
    """A plan, and the id of the workflow's version in the store."""

    plan: Plan
    workflow_id: str | None


class Plans:
    """Compiles workflows, and keeps the plans of those that were used last, and the workflows with them.

    Args:
        store: Where versions of workflows are kept; `None` keeps none.
        steps: The step types of JSON nodes; `None`: the built-in ones, loaded when the first definition comes.
        python_modules: What `python` nodes may call, with the built-in step types.

    Raises:
        TypeError: `steps` is no registry.
    """

    def __init__(self, store: "Store | None", steps: StepCatalog | None, python_modules: Collection[str]) -> None:
        if steps is not None:
            check_part("steps", steps, "find", "a registry, such as StepRegistry.with_builtins()")
        self._store = store
        self._steps = steps
        self._python_modules = python_modules
        # by identity: the key's object is kept beside the plan, so that its id is not given to another
        self._plans: OrderedDict[int, tuple[object, StoredPlan]] = OrderedDict()
        self._nodes = 0
        """How many nodes are in them."""

    def known(self, workflow: object) -> StoredPlan | None:
        """Return the plan of a workflow that was used lately; `find` without waiting for anything."""
        known = self._plans.get(id(workflow))
        if known is None:
            return None
        self._plans.move_to_end(id(workflow))
        return known[1]

    async def find(self, workflow: Runnable | Source | Plan) -> StoredPlan:
        """Return the plan of a workflow; compiled and stored when it is seen for the first time.

        A definition that is no `LoadedDefinition` is loaded and compiled every time; a plan stands for itself.

        Raises:
            DefinitionError: The definition is wrong.
            StoreError: The version could not be stored.
            TypeError: It is no workflow.
        """
        known = self.known(workflow)
        if known is not None:
            return known
        match workflow:
            case Plan():
                return StoredPlan(workflow, None)
            case Mapping() | Path() | str() | bytes():
                return await self._make(load_definition(workflow, self.catalog()))
            case LoadedDefinition() | Workflow():
                pass
            case _:
                raise TypeError(f"the workflow was {workflow!r}; expected {EXPECTED}")
        found = await self._make(workflow)
        self._keep(workflow, found)
        return found

    def _keep(self, workflow: Runnable, made: StoredPlan) -> None:
        if id(workflow) in self._plans:  # somebody else has compiled it meanwhile
            return
        self._plans[id(workflow)] = (workflow, made)
        self._nodes += len(made.plan.nodes)
        while len(self._plans) > (LEAST_PLANS if self._nodes > MAX_NODES else MAX_PLANS):
            _, (_, oldest) = self._plans.popitem(last=False)
            self._nodes -= len(oldest.plan.nodes)

    async def _make(self, workflow: Runnable) -> StoredPlan:
        plan = compile_workflow(workflow, workflow.steps)
        return StoredPlan(plan, await self._stored_id(plan.definition))

    def catalog(self) -> StepCatalog:
        """Return the step types of JSON nodes."""
        if self._steps is None:
            from flowrt.steps.registry import StepRegistry  # noqa: PLC0415 - loaded when the first definition comes

            self._steps = StepRegistry.with_builtins(python_modules=self._python_modules)
        return self._steps

    async def _stored_id(self, definition: Definition) -> str | None:
        if self._store is None:
            return None
        stored = await self._store.workflows.save(definition.name, canonical_json(definition), definition.version)
        return stored.id
