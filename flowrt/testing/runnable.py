"""Loading what a simulation is to run."""

from collections.abc import Collection
from typing import Any, cast

from flowrt.definition import LoadedDefinition, Workflow, load_definition
from flowrt.plans import Runnable
from flowrt.typing import StepCatalog


def as_runnable(workflow: Any, catalog: StepCatalog | None, python_modules: Collection[str]) -> Runnable:
    """Return a workflow with its bound steps; a definition is loaded.

    Raises:
        DefinitionError: The definition is wrong.
    """
    if isinstance(workflow, LoadedDefinition | Workflow):
        return cast("Runnable", workflow)
    if catalog is None:
        from flowrt.steps.registry import StepRegistry  # noqa: PLC0415 - loaded for definitions only

        catalog = StepRegistry.with_builtins(python_modules=python_modules)
    return load_definition(workflow, catalog)
