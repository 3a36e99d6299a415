"""Measuring a sweep for real."""

from collections.abc import Callable, Sequence
from typing import Any

from flowrt.bench.load import Load
from flowrt.bench.measurement import Point, make_point
from flowrt.bench.setting import Setting
from flowrt.errors import FlowrtError, StoreError
from flowrt.runtime import Runtime

Told = Callable[[Setting, int], None]
"""Told how many executions of a setting have ended."""


async def measure(
    setting: Setting,
    inputs: Sequence[Any],
    make_runtime: Callable[..., Runtime],
    *,
    warm_up: int | None,
    told: Told,
) -> Point:
    """Return what is measured at one value, in a runtime of its own.

    Args:
        setting: What is measured.
        inputs: The input of each execution.
        make_runtime: Makes a runtime with the given options.
        warm_up: How many of the inputs run before, under the same load, and are not measured; `None`: the setting's.
        told: Called when an execution has ended.

    Raises:
        ExtraMissingError: aiometer is not installed.
        StoreError: The log can't be written.
    """
    async with make_runtime(limits=setting.limits) as runtime:

        async def execute(_number: int, given: Any) -> str | None:
            try:
                await runtime.run(setting.workflow, given)
            except StoreError:
                raise
            except FlowrtError as error:
                return str(error)
            return None

        before = inputs[: setting.warm_up if warm_up is None else warm_up]
        if before:
            await Load(setting.load, execute).run(before)
        samples = await Load(setting.load, execute, lambda done: told(setting, done)).run(inputs)
    return make_point(setting.value, samples, is_paced=setting.load.max_per_second is not None)
