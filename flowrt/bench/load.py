"""Offering executions to a workflow, as many at once or in a second as a limit says."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import cycle, islice
from math import ceil
from typing import Any, NamedTuple, TypeAlias

import anyio
import msgspec

from flowrt.bench.errors import ExtraMissingError
from flowrt.bench.measurement import Sample

Execute: TypeAlias = Callable[[int, Any], Awaitable[str | None]]
"""Runs the workflow on the input of a number, and returns why it failed, or `None`."""
LANE_PER_SECOND = 20
"""The most starts in a second that one lane is asked for."""
AHEAD = 1.25
"""How much faster than needed a lane begins: enough for an event loop that wakes it some milliseconds late."""


def find_aiometer() -> Callable[..., Coroutine[Any, Any, None]]:
    """Return `aiometer.run_on_each`.

    Raises:
        ExtraMissingError: aiometer is not installed.
    """
    try:
        import aiometer  # noqa: PLC0415 - an extra, for benches only
    except ImportError:
        raise ExtraMissingError("aiometer", "a bench") from None
    untyped: Any = aiometer
    run_on_each: Callable[..., Coroutine[Any, Any, None]] = untyped.run_on_each
    return run_on_each


def repeated(inputs: Sequence[Any], executions: int) -> list[Any]:
    """Return as many inputs as executions, again from the first where they are fewer."""
    return list(islice(cycle(inputs), executions))


class LoadLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions are under way, and how many begin in a second; `None` is no limit."""

    max_at_once: int | None = None
    max_per_second: float | None = None


class _Offer(NamedTuple):
    """An execution that is to begin."""

    number: int
    due_seconds: float | None
    """When, on the clock of the event loop; `None`: as soon as it may."""


class Load:
    """Runs one execution per input, begun by aiometer.

    With `max_at_once` alone the next execution begins when another one ends, and its latency begins with it. With
    `max_per_second` executions are due at even distances, whatever became of those before, and latencies begin when an
    execution was due: a late start, or a wait because `max_at_once` are under way, is not left out of them
    ("coordinated omission", https://www.youtube.com/watch?v=lJ8ydIuPFeU).

    aiometer counts each pause from the start before, so what its sleeps are late adds up: of 300 starts in a second it
    makes 230. It is therefore asked for starts that are a little ahead, in slow lanes; an execution that is early
    waits until it is due.

    Raises:
        ExtraMissingError: aiometer is not installed.
    """

    def __init__(self, limits: LoadLimits, execute: Execute, told: Callable[[int], None] = lambda _done: None) -> None:
        self._run_on_each = find_aiometer()
        self._limits = limits
        self._execute = execute
        self._told = told
        self._samples: list[Sample] = []

    async def run(self, inputs: Sequence[Any]) -> list[Sample]:
        """Run all, and return a sample of each, in the order of their ends. A cancel cancels what is under way.

        Raises:
            Exception: What the execution raises; the others are cancelled.
        """
        self._samples = []
        per_second = self._limits.max_per_second
        try:
            if per_second is None:
                offers = [_Offer(number, None) for number in range(len(inputs))]
                await self._run_on_each(partial(self._run_one, inputs), offers, max_at_once=self._limits.max_at_once)
            else:
                await self._run_paced(inputs, per_second)
        except BaseExceptionGroup as errors:
            raise _telling(errors) from None
        return self._samples

    async def _run_paced(self, inputs: Sequence[Any], per_second: float) -> None:
        begin = anyio.current_time()
        offers = [_Offer(number, begin + number / per_second) for number in range(len(inputs))]
        lanes = max(1, ceil(per_second / LANE_PER_SECOND))
        most = self._limits.max_at_once
        run = partial(self._run_when_due, inputs, nullcontext() if most is None else anyio.CapacityLimiter(most))
        async with anyio.create_task_group() as group:
            for lane in range(lanes):
                own = offers[lane::lanes]
                group.start_soon(partial(self._run_on_each, run, own, max_per_second=AHEAD * per_second / lanes))

    async def _run_when_due(self, inputs: Sequence[Any], slots: Any, offer: _Offer) -> None:
        await anyio.sleep_until(offer.due_seconds or 0.0)
        async with slots:
            await self._run_one(inputs, offer)

    async def _run_one(self, inputs: Sequence[Any], offer: _Offer) -> None:
        due = anyio.current_time() if offer.due_seconds is None else offer.due_seconds
        error = await self._execute(offer.number, inputs[offer.number])
        self._samples.append(Sample(due, anyio.current_time(), error))
        self._told(len(self._samples))


def _telling(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error of a nursery that tells most: Ctrl-C before what failed, and that before cancels."""
    for kind in (KeyboardInterrupt, Exception):
        found: BaseException | None = errors.subgroup(kind)
        while isinstance(found, BaseExceptionGroup):
            found = found.exceptions[0]
        if found is not None:
            return found
    return errors
