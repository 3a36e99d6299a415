"""What one value of a sweep means: limits of the load and of the runtime, and the workflow that runs."""

from collections.abc import Mapping
from typing import NamedTuple

from flowrt.bench.load import LoadLimits
from flowrt.bench.sweep import MAX_AT_ONCE, MAX_PER_SECOND, SLOT_LIMITS, Sweep, Value
from flowrt.bench.sweepable import check_sweepable, with_policy
from flowrt.definition import LoadedDefinition
from flowrt.typing import StepCatalog

USUAL_AT_ONCE = 100
"""How many executions are under way while something else than the load is swept."""


class Setting(NamedTuple):
    """What one point is measured with."""

    value: Value
    workflow: LoadedDefinition
    load: LoadLimits
    limits: Mapping[str, int]
    """Those of the runtime."""
    warm_up: int
    """How many executions run before, so that what is made once per slot is there: connections, threads, processes."""


def make_settings(
    sweep: Sweep, workflow: LoadedDefinition, catalog: StepCatalog, fixed: LoadLimits
) -> tuple[Setting, ...]:
    """Return the setting of each value of a sweep.

    Args:
        sweep: What is swept.
        workflow: The workflow.
        catalog: The step types with which it was loaded.
        fixed: The limits of the load that are not swept. Without any, `USUAL_AT_ONCE` are under way.

    Raises:
        OptionError: The workflow has not what is swept, or it is fixed, too.
        DefinitionError: A policy can't have one of the values.
    """
    check_sweepable(sweep, workflow.definition)
    return tuple(_setting(sweep.name, value, workflow, catalog, fixed) for value in sweep.values)


def _setting(name: str, value: Value, workflow: LoadedDefinition, catalog: StepCatalog, fixed: LoadLimits) -> Setting:
    if name == MAX_AT_ONCE:
        load = LoadLimits(max_at_once=int(value), max_per_second=fixed.max_per_second)
        return Setting(value, workflow, load, {}, int(value))
    if name == MAX_PER_SECOND:
        return Setting(value, workflow, LoadLimits(max_at_once=fixed.max_at_once, max_per_second=value), {}, 1)
    is_open = fixed.max_at_once is None and fixed.max_per_second is None
    load = LoadLimits(max_at_once=USUAL_AT_ONCE) if is_open else fixed
    if name in SLOT_LIMITS:
        return Setting(value, workflow, load, {SLOT_LIMITS[name]: int(value)}, int(value))
    return Setting(value, with_policy(workflow, name, value, catalog), load, {}, 1)
