"""How many firings may do something at once: a limiter for each thing that there is a limited number of."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from flowrt.channels.slots import Slots
from flowrt.option_checks import check_part, check_whole
from flowrt.typing import Limiter

Limits: TypeAlias = Mapping[str, int | Limiter]
"""By name: how many, or a limiter. Of a runtime: `thread` and `process`, for the steps that are placed there."""

NO_LIMITS: Limits = MappingProxyType({})
MAX_THREADS = 40
"""As many as anyio's own limit."""


def usable_cpus() -> int:
    """Return the number of CPUs that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return (os.cpu_count() or 1) if affinity is None else len(affinity(0))


def as_limiters(limits: Limits, *, max_processes: int | None = None) -> dict[str, Limiter]:
    """Return the limiters of a runtime.

    Args:
        limits: What was asked for.
        max_processes: How many processes there are if nothing was; `None`: one for each CPU.

    Raises:
        TypeError: They are no mapping, or one is neither a number nor a limiter.
        ValueError: One has an unknown name, or is less than 1.
    """
    if not isinstance(cast("object", limits), Mapping):
        raise TypeError(f"limits was {limits!r}; expected numbers by name, such as {{'thread': 10}}")
    usual: dict[str, int] = {"thread": MAX_THREADS, "process": max_processes or usable_cpus()}
    unknown = sorted(set(limits).difference(usual), key=str)
    if unknown:
        raise ValueError(f"limits has {unknown[0]!r}; there are: {', '.join(usual)}")
    return {name: _as_limiter(name, limits.get(name, most)) for name, most in usual.items()}


def _as_limiter(name: str, limit: Any) -> Limiter:
    place = f"the limit {name!r}"
    if isinstance(limit, int | float):
        check_whole(place, limit, least=1)
        return Slots(int(limit))
    check_part(place, limit, "take_nowait", "a whole number, or a limiter")
    return cast("Limiter", limit)
