"""Running a workflow as it was written and as it was loaded from its own export, which must be the same."""

import json

from authoring import order_steps

from flowrt import Runtime, StepRegistry, load_definition
from flowrt.testing import simulate

CATALOG = StepRegistry.with_builtins(python_modules=[order_steps.__name__], entry_points=False)


def loaded_twin(flow):
    """Return what a workflow's export is loaded as."""
    twin = load_definition(json.dumps(flow.export()), CATALOG)
    assert twin.definition == flow.definition
    assert twin.warnings == ()
    wiring = [(bound.arguments, bound.when, bound.unless) for bound in flow.steps]
    assert [(bound.arguments, bound.when, bound.unless) for bound in twin.steps] == wiring
    return twin


async def run_twins(flow, value):
    """Return the result of a workflow that both forms give."""
    async with Runtime() as runtime:
        result = await runtime.run(flow, value)
        assert await runtime.run(loaded_twin(flow), value) == result
    return result


def simulate_twins(flow, value):
    """Return how both forms end in virtual time, with the same trace."""
    found = simulate(flow, value, seed=1)
    twin = simulate(flow.export(), value, seed=1, python_modules=[order_steps.__name__])
    assert twin.trace.hash == found.trace.hash
    return found
