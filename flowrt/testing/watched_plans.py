"""The plans of a runtime whose steps are looked at while they run."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from flowrt.plans import Plans, Runnable, StoredPlan
from flowrt.testing.simulation import Simulation
from flowrt.testing.substitution import simulated_plan
from flowrt.typing import StepCatalog

if TYPE_CHECKING:
    from flowrt.storage.protocols import Store


class WatchedPlans(Plans):
    """Compiles workflows so that a simulation looks at their steps.

    Args:
        store: As for `Plans`.
        steps: As for `Plans`.
        python_modules: As for `Plans`.
        simulation: What looks at the steps.
        check_inputs: Look whether they change what they are given, too.

    Raises:
        TypeError: `steps` is no registry.
    """

    def __init__(
        self,
        store: "Store",
        steps: StepCatalog | None,
        python_modules: Collection[str],
        *,
        simulation: Simulation,
        check_inputs: bool,
    ) -> None:
        super().__init__(store, steps, python_modules)
        self._simulation = simulation
        self._check_inputs = check_inputs

    async def _make(self, workflow: Runnable) -> StoredPlan:
        plan = simulated_plan(workflow, {}, self._simulation, check_inputs=self._check_inputs)
        return StoredPlan(plan, await self._stored_id(plan.definition))
